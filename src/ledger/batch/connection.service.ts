import type { Socket } from 'node:net';
import type { DataSource, QueryRunner } from 'typeorm';
import type { Tx } from '../command.js';

/** What the driver's client has beside `query`: the socket its statements leave by. */
interface SocketClient extends Tx {
  connection: { stream: Pick<Socket, 'cork' | 'uncork'> };
  end(): Promise<void>;
}

/** Statements of one round trip leave in one packet: a write to a socket costs more than a row. */
function corked(client: SocketClient): Tx {
  let isCorked = false;
  return {
    query: (statement) => {
      if (!isCorked) {
        const { stream } = client.connection;
        isCorked = true;
        stream.cork();
        process.nextTick(() => {
          isCorked = false;
          stream.uncork();
        });
      }
      return client.query(statement);
    },
  };
}

/** One connection kept for good, opened when first needed and again after it was given up. */
export class KeptConnection {
  private queryRunner: QueryRunner | undefined;
  private client: SocketClient | undefined;
  private opening: Promise<Tx> | undefined;

  constructor(private readonly dataSource: DataSource) {}

  async tx(): Promise<Tx> {
    this.opening ??= this.open();
    return this.opening;
  }

  /** Lets the connection go; the next statement opens another one. */
  async giveUp(): Promise<void> {
    const { queryRunner, client } = this;
    this.queryRunner = undefined;
    this.client = undefined;
    this.opening = undefined;
    // The pool would lend a dying connection once more; an ending one it throws away.
    client?.end().catch(() => undefined);
    await queryRunner?.release().catch(() => undefined);
  }

  private async open(): Promise<Tx> {
    this.queryRunner = this.dataSource.createQueryRunner();
    const client = (await this.queryRunner.connect()) as SocketClient;
    this.client = client;
    return corked(client);
  }
}
