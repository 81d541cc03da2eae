import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Which delivery: an event's place in its stream, on its way to an endpoint. */
export interface DeliveryKey {
  bucket: number;
  endpoint: string;
  /** What is kept in order: a member id, or `notice/...`, `programme/...`, `test/...`. */
  stream: string;
  seq: number;
  n: number;
}

export interface NewDelivery extends DeliveryKey {
  event: string;
  type: string;
}

/** One try, as the log shows it. */
export interface Attempt {
  /** RFC 3339. */
  at: string;
  ms: number;
  status: number | null;
  problem: string | null;
}

export interface DueDelivery extends NewDelivery {
  tries: number;
  attempts: Attempt[];
  /** The database's clock when it was found due. */
  now: Date;
}

/** What became of a delivery in a try. */
export interface Settled {
  delivery: DueDelivery;
  attempt: Attempt;
  /** Milliseconds until the next try; undefined when there is none. */
  wait: number | undefined;
}

/** Tries that a delivery remembers. */
const ATTEMPTS_KEPT = 20;
/** Days after which what has ended is forgotten; what was given up is of interest for longer. */
const KEPT_DAYS = { delivered: 7, given_up: 30 };
export const FORGOTTEN_AT_ONCE = 2_000;

type Stream = Pick<DeliveryKey, 'bucket' | 'endpoint' | 'stream'>;

/** The table of deliveries. Of each stream at most one is due; the others wait for it. */
@Injectable()
export class DeliveriesQueries {
  /** Adds what is not there yet, behind what waits already. */
  async add(tx: EntityManager, rows: readonly NewDelivery[]): Promise<void> {
    if (rows.length === 0) return;
    await tx.query(`${insert} ON CONFLICT DO NOTHING`, valuesOf(rows));
    await this.promote(tx, rows);
  }

  /** Sends again what has ended, and adds what is not there; what is on its way stays as it is. */
  async addAgain(tx: EntityManager, rows: readonly NewDelivery[]): Promise<void> {
    if (rows.length === 0) return;
    await tx.query(
      `${insert} ON CONFLICT (bucket, endpoint, stream, seq, n) DO UPDATE
          SET state = 'waiting', tries = 0, ended_at = NULL, next_at = excluded.next_at,
              made_at = excluded.made_at
        WHERE deliveries.state IN ('delivered', 'given_up')`,
      valuesOf(rows),
    );
    await this.promote(tx, rows);
  }

  /** What is due for an endpoint in some buckets, longest first. */
  async due(
    tx: Pick<EntityManager, 'query'>,
    endpoint: string,
    buckets: readonly number[],
    limit: number,
  ): Promise<DueDelivery[]> {
    return tx.query<DueDelivery[]>(
      `SELECT bucket, endpoint, stream, seq, n, event, type, tries, attempts,
              clock_timestamp() AS now
         FROM deliveries
        WHERE endpoint = $1 AND state = 'due' AND next_at <= clock_timestamp()
          AND bucket = ANY ($2::smallint[])
        ORDER BY next_at LIMIT $3`,
      [endpoint, buckets, limit],
    );
  }

  /** Writes what became of deliveries that nobody has settled meanwhile, and goes on behind them. */
  async settle(tx: EntityManager, settled: readonly Settled[]): Promise<void> {
    if (settled.length === 0) return;
    await tx.query(
      `UPDATE deliveries d
          SET tries = d.tries + 1, attempts = u.attempts, state = u.state,
              next_at = clock_timestamp() + u.wait * interval '1 millisecond',
              ended_at = CASE WHEN u.state = 'due' THEN NULL ELSE clock_timestamp() END
         FROM unnest($1::smallint[], $2::uuid[], $3::text[], $4::integer[], $5::smallint[],
                     $6::integer[], $7::text[], $8::bigint[], $9::json[])
              AS u (bucket, endpoint, stream, seq, n, tries, state, wait, attempts)
        WHERE d.bucket = u.bucket AND d.endpoint = u.endpoint AND d.stream = u.stream
          AND d.seq = u.seq AND d.n = u.n AND d.state = 'due' AND d.tries = u.tries`,
      [
        ...keysOf(settled.map(({ delivery }) => delivery)),
        settled.map(({ delivery }) => delivery.tries),
        settled.map(stateAfter),
        settled.map(({ wait }) => wait ?? 0),
        settled.map(({ delivery: { attempts }, attempt }) =>
          JSON.stringify([...attempts, attempt].slice(-ATTEMPTS_KEPT)),
        ),
      ],
    );
    const ended = settled.filter((each) => stateAfter(each) !== 'due');
    await this.promote(
      tx,
      ended.map(({ delivery }) => delivery),
    );
  }

  /** Forgets some of what ended long ago; returns how many rows went. */
  async forget(tx: EntityManager, buckets: readonly number[]): Promise<number> {
    let forgotten = 0;
    for (const [state, days] of Object.entries(KEPT_DAYS)) {
      const [rows] = await tx.query<[unknown[], number]>(
        `DELETE FROM deliveries WHERE (bucket, endpoint, stream, seq, n) IN (
           SELECT bucket, endpoint, stream, seq, n FROM deliveries
            WHERE bucket = ANY ($1::smallint[]) AND state = $2
              AND ended_at < clock_timestamp() - make_interval(days => $3)
            LIMIT $4) RETURNING bucket`,
        [buckets, state, days, FORGOTTEN_AT_ONCE],
      );
      forgotten += rows.length;
    }
    return forgotten;
  }

  /** Forgets some of what was to be sent to endpoints that are removed; returns how many rows. */
  async forgetRemoved(tx: EntityManager): Promise<number> {
    const [rows] = await tx.query<[unknown[], number]>(
      `DELETE FROM deliveries WHERE (bucket, endpoint, stream, seq, n) IN (
         SELECT d.bucket, d.endpoint, d.stream, d.seq, d.n
           FROM webhook_endpoints e JOIN deliveries d ON d.endpoint = e.id
          WHERE e.state = 'removed' LIMIT $1) RETURNING bucket`,
      [FORGOTTEN_AT_ONCE],
    );
    return rows.length;
  }

  /** Makes the first of each stream due, unless one is. */
  private async promote(tx: EntityManager, streams: readonly Stream[]): Promise<void> {
    if (streams.length === 0) return;
    const distinct = new Map(
      streams.map((each) => [`${String(each.bucket)}/${each.endpoint}/${each.stream}`, each]),
    );
    const rows = [...distinct.values()];
    await tx.query(
      `UPDATE deliveries d SET state = 'due'
         FROM unnest($1::smallint[], $2::uuid[], $3::text[]) AS u (bucket, endpoint, stream)
        CROSS JOIN LATERAL (
           SELECT o.seq, o.n FROM deliveries o
            WHERE o.bucket = u.bucket AND o.endpoint = u.endpoint AND o.stream = u.stream
              AND o.state IN ('waiting', 'due')
            ORDER BY o.seq, o.n LIMIT 1) first
        WHERE d.bucket = u.bucket AND d.endpoint = u.endpoint AND d.stream = u.stream
          AND d.seq = first.seq AND d.n = first.n AND d.state = 'waiting'
          AND NOT EXISTS (
           SELECT FROM deliveries o
            WHERE o.bucket = u.bucket AND o.endpoint = u.endpoint AND o.stream = u.stream
              AND o.state = 'due')`,
      [
        rows.map(({ bucket }) => bucket),
        rows.map(({ endpoint }) => endpoint),
        rows.map(({ stream }) => stream),
      ],
    );
  }
}

const insert = `INSERT INTO deliveries
    (bucket, endpoint, stream, seq, n, event, type, state, tries, made_at, next_at, attempts)
  SELECT bucket, endpoint, stream, seq, n, event, type, 'waiting', 0, clock_timestamp(),
         clock_timestamp(), '[]'
    FROM unnest($1::smallint[], $2::uuid[], $3::text[], $4::integer[], $5::smallint[],
                $6::text[], $7::text[]) AS u (bucket, endpoint, stream, seq, n, event, type)
   ORDER BY bucket, endpoint, stream, seq, n`;

const valuesOf = (rows: readonly NewDelivery[]): unknown[] => [
  ...keysOf(rows),
  rows.map(({ event }) => event),
  rows.map(({ type }) => type),
];

const keysOf = (rows: readonly DeliveryKey[]): unknown[] => [
  rows.map(({ bucket }) => bucket),
  rows.map(({ endpoint }) => endpoint),
  rows.map(({ stream }) => stream),
  rows.map(({ seq }) => seq),
  rows.map(({ n }) => n),
];

function stateAfter({ attempt, wait }: Settled): 'delivered' | 'given_up' | 'due' {
  if (attempt.problem === null) return 'delivered';
  return wait === undefined ? 'given_up' : 'due';
}
