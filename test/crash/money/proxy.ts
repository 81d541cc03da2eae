/** A TCP proxy that cuts connections at random bytes of the request or of the reply. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

type Direction = 'request' | 'reply';

export class Proxy {
  /** Where it goes on to; connections to a server that is gone end at once. */
  target = 0;
  readonly cuts: Record<Direction, number> = { request: 0, reply: 0 };
  private readonly open = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly draw: () => number,
    private readonly bytesMax: number,
  ) {
    server.on('connection', (client) => this.pass(client));
  }

  /** Each connection is cut after less than `bytesMax` bytes in a direction that is drawn too. */
  static async listen(draw: () => number, bytesMax: number): Promise<Proxy> {
    const proxy = new Proxy(createServer({ noDelay: true }), draw, bytesMax);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.open) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private pass(client: Socket): void {
    const upstream = connect({ host: '127.0.0.1', port: this.target, noDelay: true });
    const cut: Direction = this.draw() < 0.5 ? 'request' : 'reply';
    const after = Math.floor(this.draw() * this.bytesMax);
    const pair = [client, upstream];
    const end = (): void => {
      for (const socket of pair) socket.destroy();
    };
    for (const socket of pair) {
      this.open.add(socket);
      socket.on('error', end).on('close', () => {
        this.open.delete(socket);
        end();
      });
    }
    const forward = (from: Socket, to: Socket, direction: Direction): void => {
      let left = direction === cut ? after : Infinity;
      from.on('data', (chunk: Buffer) => {
        if (left <= 0) return;
        if (chunk.length < left) {
          left -= chunk.length;
          if (!to.write(chunk)) {
            from.pause();
            to.once('drain', () => from.resume());
          }
          return;
        }
        // What was let through arrives, then both ends learn that there is no more.
        this.cuts[direction] += 1;
        to.write(chunk.subarray(0, left), end);
        left = 0;
      });
    };
    forward(client, upstream, 'request');
    forward(upstream, client, 'reply');
  }
}
