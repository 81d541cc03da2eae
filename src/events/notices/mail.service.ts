import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport, type Transporter } from 'nodemailer';
import { Settings } from '../../platform/config/settings.js';
import { receiptOf } from './notice.js';

/** Milliseconds that a mail server has to connect, to greet, and between two answers. */
const CONNECT_MS = 10_000;
const ANSWER_MS = 20_000;
const CONNECTIONS = 4;

export interface Mail {
  to: string;
  title: string;
  text: string;
  /** Named in the mail, so that a second copy of it is known for one, and a bounce says what of. */
  id: string;
}

/** What the mail server made of it: why it did not take it, or what it said when it did. */
export type MailReply = { problem: string } | { problem: undefined; receipt: string };

/** Hands notices to the mail server of the settings. */
@Injectable()
export class MailDesk implements OnApplicationShutdown {
  private readonly transport: Transporter | undefined;

  private readonly from: string;

  constructor(@Inject(Settings) { mail, production }: Settings) {
    this.from = mail?.from ?? '';
    if (mail === undefined) return;
    this.transport = createTransport({
      url: mail.url,
      pool: true,
      maxConnections: CONNECTIONS,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: ANSWER_MS,
      requireTLS: production && !isOnThisMachine(mail.url),
      // What a notice says is text of ours: nothing in it may name a file or an address to fetch.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  /** Whether there is a mail server to hand anything to. */
  get isOpen(): boolean {
    return this.transport !== undefined;
  }

  /** Never rejects. */
  async send({ to, title, text, id }: Mail): Promise<MailReply> {
    const { transport } = this;
    if (transport === undefined) return { problem: 'no_mail_server' };
    try {
      const sent = await transport.sendMail({
        from: this.from,
        to: { name: '', address: to },
        subject: title,
        text,
        messageId: `<${id}@fealty.invalid>`,
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Notice': id },
      });
      const { accepted = [], response = '' } = sent;
      if (accepted.length === 0) return { problem: 'smtp_refused' };
      return { problem: undefined, receipt: receiptOf(response) };
    } catch (error) {
      return { problem: problemOf(error) };
    }
  }

  onApplicationShutdown(): void {
    this.transport?.close();
  }
}

const isOnThisMachine = (url: string): boolean =>
  /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);

/** A code only: the words of mail servers and of errors name the address. */
function problemOf(error: unknown): string {
  const { responseCode, code } = error as { responseCode?: unknown; code?: unknown };
  if (typeof responseCode === 'number') return `smtp_${String(responseCode)}`;
  return typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code.toLowerCase() : 'failed';
}
