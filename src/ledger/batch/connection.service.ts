import type { DataSource, QueryRunner } from 'typeorm';
import { RoundTrip, type Prepared } from '../../platform/database/round-trip.service.js';
import type { Result, Tx } from '../command.js';

/** What the driver's client has that statements go through. */
interface Client {
  query(trip: RoundTrip): unknown;
  end(): Promise<void>;
}

/** Statements asked for without awaiting any between them leave in one round trip. */
function inRoundTrips(client: Client): Tx {
  const prepared: Prepared = new Map();
  let trip: RoundTrip | undefined;
  return {
    query: async <Row extends object>(statement: Parameters<Tx['query']>[0]) => {
      if (trip === undefined) {
        const leaving = (trip = new RoundTrip(prepared));
        process.nextTick(() => {
          trip = undefined;
          client.query(leaving);
        });
      }
      const named =
        typeof statement === 'string'
          ? { name: statement, text: statement, values: [] }
          : statement;
      return (await trip.add(named)) as Result<Row>;
    },
  };
}

/** One connection kept for good, opened when first needed and again after it was given up. */
export class KeptConnection {
  private queryRunner: QueryRunner | undefined;
  private client: Client | undefined;
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
    const client = (await this.queryRunner.connect()) as Client;
    this.client = client;
    return inRoundTrips(client);
  }
}
