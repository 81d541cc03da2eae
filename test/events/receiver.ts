/** Whoever listens: a server of the test's own that takes, refuses, dawdles or breaks off. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { brotliCompressSync } from 'node:zlib';
import { Webhook } from 'standardwebhooks';

export interface Arrived {
  id: string;
  headers: Record<string, string>;
  text: string;
  event: { type: string; timestamp: string; data: Record<string, unknown> };
  /** How it was answered. */
  answer: string;
}

export type Answer =
  'take' | '500' | '302' | '410' | 'cut' | 'reset' | 'encoded' | 'slow' | 'long' | '429' | 'hang';

export interface Receiver {
  readonly url: string;
  /** In the order in which they came, refused ones included. */
  readonly arrived: Arrived[];
  /** How the next ones are answered; everything is taken at first. */
  answering: (arrived: Arrived) => Answer;
  /** Closes the port for a while, so that nobody listens. */
  down(ms: number): Promise<void>;
  close(): Promise<void>;
}

const replies: Record<Answer, (answer: ServerResponse) => Promise<void> | void> = {
  take: (answer) => void answer.writeHead(204).end(),
  '500': (answer) => void answer.writeHead(500).end('not now'),
  '302': (answer) => void answer.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  '410': (answer) => void answer.writeHead(410).end(),
  '429': (answer) => void answer.writeHead(429, { 'retry-after': '1' }).end(),
  cut: (answer) => {
    answer.writeHead(200, { 'content-length': '100' });
    answer.write('half');
    setTimeout(() => answer.destroy(), 10);
  },
  reset: (answer) => void answer.destroy(),
  encoded: (answer) => {
    answer.writeHead(200, { 'content-encoding': 'br' }).end(brotliCompressSync(Buffer.alloc(1e6)));
  },
  slow: async (answer) => {
    await pause(300);
    answer.writeHead(200).end();
  },
  long: (answer) => void answer.writeHead(200).end(Buffer.alloc(1_000_000, 'x')),
  hang: () => undefined,
};

export async function receive(): Promise<Receiver> {
  const arrived: Arrived[] = [];
  const state = { answering: (() => 'take') as (each: Arrived) => Answer };
  const handle = async (request: IncomingMessage, answer: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    const event = JSON.parse(text) as Arrived['event'];
    const each = { id: headers['webhook-id'] ?? '', headers, text, event, answer: '' };
    each.answer = state.answering(each);
    arrived.push(each);
    await replies[each.answer as Answer](answer);
  };
  const server = createServer((request, answer) => {
    // Who is cut off while asking has not asked.
    handle(request, answer).catch(() => answer.destroy());
  });
  const listen = (port: number): Promise<number> =>
    new Promise((resolve) => {
      server.listen(port, '127.0.0.1', () => {
        resolve((server.address() as AddressInfo).port);
      });
    });
  const stop = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
    });
  const port = await listen(0);
  return {
    url: `http://127.0.0.1:${port}/hook`,
    arrived,
    get answering() {
      return state.answering;
    },
    set answering(answering) {
      state.answering = answering;
    },
    down: async (ms) => {
      await stop();
      await pause(ms);
      await listen(port);
    },
    close: stop,
  };
}

/** Throws unless the unmodified library takes it. */
export function verified(secret: string, { text, headers }: Arrived): unknown {
  return new Webhook(secret).verify(text, headers);
}

/** Waits until something is so. */
export async function until(isSo: () => boolean | Promise<boolean>, ms = 20_000): Promise<void> {
  const end = Date.now() + ms;
  while (!(await isSo())) {
    if (Date.now() > end) throw new Error('It did not become so in time.');
    await pause(25);
  }
}
