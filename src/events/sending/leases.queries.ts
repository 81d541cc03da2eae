import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';

/** Seconds for which a bucket belongs to a process that says nothing. */
export const LEASE_SECONDS = 15;

/** The turn in which a process has a bucket: who writes with an older one is turned away. */
export type Fences = ReadonlyMap<number, string>;

interface LeaseRow {
  bucket: number;
  fence: string;
}

const toFences = (rows: readonly LeaseRow[]): Map<number, string> =>
  new Map(rows.map(({ bucket, fence }) => [bucket, fence]));

/**
 * Which process sends the events of a bucket. A lease that is taken over gets a higher fence, and
 * every write of a sender asks, under a lock, whether its fence still stands.
 */
@Injectable()
export class LeasesQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Keeps what the process has, up to its share among all that are seen, and takes what is free. */
  async renew(holder: string): Promise<Map<number, string>> {
    return this.dataSource.transaction(async (tx) => {
      const share = await this.share(tx, holder);
      const [kept] = await tx.query<[LeaseRow[], number]>(
        `UPDATE event_leases l SET until = clock_timestamp() + make_interval(secs => $2)
           FROM (SELECT bucket FROM event_leases
                  WHERE holder = $1 AND until > clock_timestamp()
                  ORDER BY bucket LIMIT $3 FOR NO KEY UPDATE) mine
          WHERE l.bucket = mine.bucket RETURNING l.bucket, l.fence`,
        [holder, LEASE_SECONDS, share],
      );
      const fences = toFences(kept);
      await tx.query(
        `UPDATE event_leases SET until = 'epoch', holder = NULL
          WHERE holder = $1 AND bucket <> ALL ($2::smallint[])`,
        [holder, [...fences.keys()]],
      );
      const [taken] = await tx.query<[LeaseRow[], number]>(
        `UPDATE event_leases l SET fence = l.fence + 1, holder = $1,
                until = clock_timestamp() + make_interval(secs => $2)
           FROM (SELECT bucket FROM event_leases WHERE until <= clock_timestamp()
                  ORDER BY bucket LIMIT $3 FOR NO KEY UPDATE SKIP LOCKED) free
          WHERE l.bucket = free.bucket RETURNING l.bucket, l.fence`,
        [holder, LEASE_SECONDS, Math.max(0, share - fences.size)],
      );
      return new Map([...fences, ...toFences(taken)]);
    });
  }

  /** Those of the fences that still stand; they stand until the transaction ends. */
  async standing(tx: EntityManager, fences: Fences): Promise<Set<number>> {
    const rows = await tx.query<{ bucket: number }[]>(
      `SELECT l.bucket FROM unnest($1::smallint[], $2::bigint[]) AS u (bucket, fence)
         JOIN event_leases l ON l.bucket = u.bucket AND l.fence = u.fence
        WHERE l.until > clock_timestamp() ORDER BY l.bucket FOR SHARE OF l`,
      [[...fences.keys()], [...fences.values()]],
    );
    return new Set(rows.map(({ bucket }) => bucket));
  }

  /** Keeps senders from writing about some buckets until the transaction ends. */
  async hold(tx: EntityManager, buckets: readonly number[]): Promise<void> {
    await tx.query(
      'SELECT FROM event_leases WHERE bucket = ANY ($1::smallint[]) ORDER BY bucket FOR UPDATE',
      [buckets],
    );
  }

  /** Lets others take over at once. */
  async release(holder: string): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await tx.query(`UPDATE event_leases SET until = 'epoch', holder = NULL WHERE holder = $1`, [
        holder,
      ]);
      await tx.query('DELETE FROM event_senders WHERE holder = $1', [holder]);
    });
  }

  /** How many buckets are this process's part, by how many have been seen lately. */
  private async share(tx: EntityManager, holder: string): Promise<number> {
    await tx.query(
      `INSERT INTO event_senders (holder, seen_at) VALUES ($1, clock_timestamp())
       ON CONFLICT (holder) DO UPDATE SET seen_at = excluded.seen_at`,
      [holder],
    );
    await tx.query(
      `DELETE FROM event_senders WHERE seen_at < clock_timestamp() - make_interval(secs => $1)`,
      [2 * LEASE_SECONDS],
    );
    const [row] = await tx.query<{ share: number }[]>(
      `SELECT ceil(64.0 / greatest(1, count(*)))::int AS share FROM event_senders
        WHERE seen_at > clock_timestamp() - make_interval(secs => $1)`,
      [LEASE_SECONDS],
    );
    return row?.share ?? 0;
  }
}
