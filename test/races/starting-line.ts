/** Requests that wait for their last byte on as many sockets, and get it all at once. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Request {
  path: string;
  key: string;
  /** Undefined = it says all in its path. */
  body?: object | undefined;
}

export interface Reply {
  status: number;
  body: Record<string, unknown>;
}

class Runner {
  private received = Buffer.alloc(0);
  private wake: () => void = () => undefined;

  private constructor(
    private readonly socket: Socket,
    private readonly credential: string,
  ) {
    socket.on('data', (chunk: Buffer) => {
      this.received = Buffer.concat([this.received, chunk]);
      this.wake();
    });
    socket.on('close', () => this.wake());
    socket.on('error', () => this.wake());
  }

  static async at(url: string, credential: string): Promise<Runner> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    await once(socket, 'connect');
    return new Runner(socket, credential);
  }

  /** Sends everything but the last byte; returns what sends that. */
  async ready({ path, key, body }: Request): Promise<() => void> {
    const text = body === undefined ? '' : JSON.stringify(body);
    const head = [
      `POST ${path} HTTP/1.1`,
      'host: fealty',
      `authorization: Bearer ${this.credential}`,
      `idempotency-key: ${key}`,
      'content-type: application/json',
      `content-length: ${Buffer.byteLength(text)}`,
    ];
    const bytes = Buffer.from(`${head.join('\r\n')}\r\n\r\n${text}`);
    await new Promise<void>((resolve, reject) => {
      this.socket.write(bytes.subarray(0, -1), (error) => (error ? reject(error) : resolve()));
    });
    return () => void this.socket.write(bytes.subarray(-1));
  }

  async reply(): Promise<Reply> {
    for (;;) {
      const found = this.whole();
      if (found !== undefined) return found;
      if (this.socket.destroyed) throw new Error('The server hung up.');
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  close(): void {
    this.socket.destroy();
  }

  private whole(): Reply | undefined {
    const end = this.received.indexOf('\r\n\r\n');
    if (end === -1) return undefined;
    const head = this.received.toString('latin1', 0, end);
    const [, length = 'NaN'] = /^content-length: (\d+)$/im.exec(head) ?? [];
    const [, status = 'NaN'] = /^HTTP\/1\.1 (\d+)/.exec(head) ?? [];
    const until = end + 4 + Number(length);
    if (Number.isNaN(until)) throw new Error(`An answer without a length: ${head}`);
    if (this.received.length < until) return undefined;
    const body = JSON.parse(this.received.toString('utf8', end + 4, until)) as Reply['body'];
    this.received = this.received.subarray(until);
    return { status: Number(status), body };
  }
}

export class StartingLine {
  private next = 0;

  private constructor(private readonly runners: readonly Runner[]) {}

  /** As many connections as can run at once, spread over the servers. */
  static async at(
    urls: readonly string[],
    credential: string,
    most: number,
  ): Promise<StartingLine> {
    const runners = Array.from({ length: most }, async (_, index) =>
      Runner.at(urls[index % urls.length] ?? '', credential),
    );
    return new StartingLine(await Promise.all(runners));
  }

  /** The answers, in the order of the requests, which are no more than the connections. */
  async run(requests: readonly Request[]): Promise<Reply[]> {
    const pairs = requests.map((request) => ({ request, runner: this.take() }));
    const starts = pairs.map(async ({ request, runner }) => runner.ready(request));
    for (const go of await Promise.all(starts)) go();
    return Promise.all(pairs.map(async ({ runner }) => runner.reply()));
  }

  close(): void {
    for (const runner of this.runners) runner.close();
  }

  /** In turn, since a server ends a connection that was not used for a minute. */
  private take(): Runner {
    const runner = this.runners[this.next];
    if (runner === undefined) throw new Error('There is nobody to run.');
    this.next = (this.next + 1) % this.runners.length;
    return runner;
  }
}
