/** Sends an operation under its key until its answer is known, as a till does. */
import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Asked, Facts, Told } from './journal.js';

interface Reply {
  status: number;
  body: string;
  replayed: boolean;
  /** False when the connection broke before its end. */
  isWhole: boolean;
}

type Body = Record<string, unknown>;

export interface Tally {
  /** Requests that went out. */
  sent: number;
  /** Connections that broke before the answer was whole. */
  broken: number;
  /** Answers that say "come again", by status and code. */
  passing: Record<string, number>;
  /** Answers to a key that was done before. */
  replayed: number;
}

const ANSWER_WITHIN_MS = 15_000;
const PAUSE_MS = 50;
/** A server or a database that was killed comes back long before. */
const GIVE_UP_AFTER_MS = 180_000;

export class Client {
  readonly tally: Tally = { sent: 0, broken: 0, passing: {}, replayed: 0 };
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(
    private readonly ports: readonly number[],
    private readonly credentials: ReadonlyMap<string, string>,
    private readonly draw: () => number,
  ) {}

  close(): void {
    this.agent.destroy();
  }

  /** The final answers, in the order of the operations; several are the lines of one request. */
  async settle(operations: readonly Asked[]): Promise<Told[]> {
    const known = new Map<string, Told>();
    const giveUpAt = performance.now() + GIVE_UP_AFTER_MS;
    const first = Math.floor(this.draw() * this.ports.length);
    for (let attempt = 1; known.size < operations.length; attempt++) {
      if (attempt > 1) await pause(PAUSE_MS * (0.5 + this.draw()) * Math.min(attempt, 10));
      const open = operations.filter(({ key }) => !known.has(key));
      // Who was not answered asks the next server.
      const port = this.ports[(first + attempt) % this.ports.length] ?? 0;
      for (const told of await this.attempt(open, port, attempt)) known.set(told.key, told);
      if (performance.now() > giveUpAt) throw new Error(`No answer to ${open[0]?.key ?? ''}.`);
    }
    return operations.flatMap(({ key }) => known.get(key) ?? []);
  }

  /** Sends once what was answered before; undefined when it must be sent again. */
  async again(asked: Asked): Promise<{ told: Told; replayed: boolean } | undefined> {
    const before = this.tally.replayed;
    const port = this.ports[Math.floor(this.draw() * this.ports.length)] ?? 0;
    const [told] = await this.attempt([asked], port, 1);
    return told === undefined ? undefined : { told, replayed: this.tally.replayed > before };
  }

  private async attempt(open: readonly Asked[], port: number, attempt: number): Promise<Told[]> {
    const [first] = open;
    if (first === undefined) return [];
    const reply = await this.send(port, first, textOf(open));
    if (!reply.isWhole) this.tally.broken += 1;
    if (first.kind === 'line' && reply.status === 200) return this.lines(open, reply, attempt);
    if (!reply.isWhole) return [];
    const body = JSON.parse(reply.body) as Body;
    const told = this.told(first, { ...reply, body }, attempt);
    return told === undefined ? [] : [told];
  }

  /** Lines that arrived whole are answers, also when those after them were cut off. */
  private lines(open: readonly Asked[], { body }: Reply, attempt: number): Told[] {
    const texts = body.split('\n').slice(0, -1);
    return texts.flatMap((text, index) => {
      const asked = open[index];
      const { line, status, replayed, problem, ...booked } = JSON.parse(text) as Body;
      if (asked === undefined || line !== index + 1) throw new Error(`Answered twice: ${text}`);
      const answer = (problem ?? booked) as Body;
      const reply = { status: Number(status), replayed: replayed === true, body: answer };
      return this.told(asked, reply, attempt) ?? [];
    });
  }

  private told(
    { key }: Asked,
    { status, replayed, body }: { status: number; replayed: boolean; body: Body },
    attempts: number,
  ): Told | undefined {
    const code = status < 400 ? null : String(body['code']);
    if (status >= 500 || code === 'request_in_flight') {
      const name = `${status} ${String(code)}`;
      this.tally.passing[name] = (this.tally.passing[name] ?? 0) + 1;
      return undefined;
    }
    if (replayed) this.tally.replayed += 1;
    const { requestId: _, ...rest } = body;
    const digest = createHash('sha256').update(JSON.stringify(rest)).digest('base64url');
    const isFault = 'errors' in body;
    return { what: 'told', key, status, code, isFault, digest, attempts, facts: factsOf(body) };
  }

  private async send(
    port: number,
    { kind, key, path, caller }: Asked,
    text: string,
  ): Promise<Reply> {
    const type = kind === 'line' ? 'application/x-ndjson' : 'application/json';
    this.tally.sent += 1;
    return new Promise((resolve) => {
      const reply: Reply = { status: 0, body: '', replayed: false, isWhole: false };
      const end = (): void => resolve(reply);
      const headers = {
        authorization: `Bearer ${this.credentials.get(caller) ?? ''}`,
        'content-type': type,
        'content-length': Buffer.byteLength(text),
        ...(kind !== 'line' && { 'idempotency-key': key }),
      };
      const options = { host: '127.0.0.1', port, path, method: 'POST', headers, agent: this.agent };
      const sending = request(options, (incoming) => {
        reply.status = incoming.statusCode ?? 0;
        reply.replayed = incoming.headers['idempotency-replayed'] === 'true';
        incoming.setEncoding('utf8');
        incoming.on('data', (chunk: string) => (reply.body += chunk));
        incoming.on('end', () => (reply.isWhole = incoming.complete));
        incoming.on('error', end).on('close', end);
      });
      sending.setTimeout(ANSWER_WITHIN_MS, () => sending.destroy(new Error('No answer.')));
      sending.on('error', end);
      sending.end(text);
    });
  }
}

function textOf(open: readonly Asked[]): string {
  const [first] = open;
  if (first?.kind !== 'line') return first?.body ? JSON.stringify(first.body) : '';
  return open
    .map(({ key, body }) => `${JSON.stringify({ ...body, idempotencyKey: key })}\n`)
    .join('');
}

interface Answer extends Omit<Facts, 'lines' | 'exchange'> {
  lines?: { line: number; quantity: number; amount: number }[];
  exchange?: { posting: string; purchase: string } | null;
}

function factsOf(body: Body): Facts {
  const { posting, purchase, id, points, lines, exchange }: Answer = body;
  return {
    ...(posting !== undefined && { posting }),
    ...(purchase !== undefined && { purchase }),
    ...(id !== undefined && { id }),
    ...(points !== undefined && { points }),
    ...(lines !== undefined && {
      lines: lines.map(({ line, quantity, amount }) => [line, quantity, amount]),
    }),
    ...(exchange && { exchange: { posting: exchange.posting, purchase: exchange.purchase } }),
  };
}
