import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { BUCKETS } from '../../ledger/address.js';
import { LeaseTable, type Lease, type Statement } from '../../platform/leases/lease-table.js';

/** The turn in which a process has a bucket: who writes with an older one is turned away. */
export type Fences = ReadonlyMap<number, string>;

export const eventLeases = new LeaseTable(
  { table: 'event_leases', part: 'bucket', holder: 'holder' },
  15,
);

const leasesOf = (fences: Fences): Lease[] =>
  [...fences].map(([part, fence]) => ({ whose: '', part, fence }));

const fencesOf = (leases: readonly Lease[]): [number, string][] =>
  leases.map(({ part, fence }) => [part, fence]);

const changed = async (tx: EntityManager, { text, values }: Statement): Promise<Lease[]> =>
  (await tx.query<[Lease[], number]>(text, values))[0];

/** Which process sends the events of a bucket: each has its share of them. */
@Injectable()
export class LeasesQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Keeps what the process has, up to its share among all that are seen, and takes what is free. */
  async renew(holder: string, held: Fences): Promise<Map<number, string>> {
    return this.dataSource.transaction(async (tx) => {
      const share = await this.share(tx, holder);
      const leases = leasesOf(held).sort((a, b) => a.part - b.part);
      const kept = await changed(tx, eventLeases.renew(leases.slice(0, share)));
      await changed(tx, eventLeases.letGo(leases.slice(share)));
      const atMost = Math.max(0, share - kept.length);
      const taken = await changed(tx, eventLeases.take({ holder, atMost }));
      return new Map(fencesOf([...kept, ...taken]));
    });
  }

  /** Those of the fences that still stand; they stand until the transaction ends. */
  async standing(tx: EntityManager, fences: Fences): Promise<Set<number>> {
    const { text, values } = eventLeases.standing(leasesOf(fences));
    const leases = await tx.query<Lease[]>(text, values);
    return new Set(leases.map(({ part }) => part));
  }

  /** Keeps senders from writing about some buckets until the transaction ends. */
  async hold(tx: EntityManager, buckets: readonly number[]): Promise<void> {
    const { text, values } = eventLeases.lock(buckets);
    await tx.query(text, values);
  }

  /** Lets others take over at once. */
  async release(holder: string, held: Fences): Promise<void> {
    await this.dataSource.transaction(async (tx) => {
      await changed(tx, eventLeases.letGo(leasesOf(held)));
      await tx.query('DELETE FROM event_senders WHERE holder = $1', [holder]);
    });
  }

  /**
   * How many buckets are this process's part, by how many have been seen lately. One that was seen
   * later than now is of a clock that was set back since, and takes no share.
   */
  private async share(tx: EntityManager, holder: string): Promise<number> {
    await tx.query(
      `INSERT INTO event_senders (holder, seen_at) VALUES ($1, clock_timestamp())
       ON CONFLICT (holder) DO UPDATE SET seen_at = excluded.seen_at`,
      [holder],
    );
    await tx.query(
      `DELETE FROM event_senders WHERE seen_at < clock_timestamp() - make_interval(secs => $1)
           OR seen_at > clock_timestamp() + interval '1 s'`,
      [2 * eventLeases.seconds],
    );
    const [row] = await tx.query<{ senders: number }[]>(
      `SELECT count(*)::int AS senders FROM event_senders
        WHERE seen_at > clock_timestamp() - make_interval(secs => $1)`,
      [eventLeases.seconds],
    );
    return Math.ceil(BUCKETS / Math.max(1, row?.senders ?? 1));
  }
}
