/** A mail server of the test's own, which takes mail, refuses it, or says nothing. */
import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';

export type MailAnswer = 'take' | 'refuse' | 'later' | 'hang';

export interface Mailbox {
  readonly url: string;
  /** Whole mails, with their headers, in the order in which they came. */
  readonly mails: { to: string; text: string }[];
  /** How the next ones are answered. */
  answering: MailAnswer;
  /** Mails whose sender is still waiting for an answer. */
  hanging: number;
  close(): Promise<void>;
}

export async function openMailbox(): Promise<Mailbox> {
  const mails: Mailbox['mails'] = [];
  const state = { answering: 'take' as MailAnswer, hanging: 0 };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const to = session.envelope.rcptTo.map(({ address }) => address).join();
        if (state.answering === 'take') {
          mails.push({ to, text: Buffer.concat(chunks).toString() });
          done(null, `2.0.0 queued for <${to}> as 4711`);
        } else if (state.answering === 'hang') state.hanging += 1;
        else {
          const responseCode = state.answering === 'refuse' ? 550 : 451;
          done(Object.assign(new Error(`no mail for ${to}`), { responseCode }));
        }
      });
    },
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('It listens on a port.');
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    mails,
    get answering() {
      return state.answering;
    },
    set answering(answer) {
      state.answering = answer;
    },
    get hanging() {
      return state.hanging;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(resolve);
      }),
  };
}
