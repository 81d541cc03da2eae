import { Inject, Injectable } from '@nestjs/common';
import { DataSource, QueryFailedError, type EntityManager } from 'typeorm';
import type { Review } from '../rules/ladder.js';
import { BILLION } from '../rules/points.js';
import { counterKey, type CounterNeed } from '../rules/state.js';
import { bucketOf, type RowAddress } from './address.js';
import { postingColumns, toPosting, type PostingRow } from './batch/postings.queries.js';
import type { Posting } from './posting.js';
import { toAccount, type Account, type AccountRow } from './batch/accounts.queries.js';

/** How many members hold a tier and reach the same thresholds of two ladders. */
export interface TierCount {
  /** Code of the tier held; empty while no posting has said one. */
  tier: string;
  /** Index of the highest threshold of each ladder that their qualifying points reach; -1 = none. */
  rungs: [number, number];
  members: number;
  /** Points they have, held ones included. */
  points: number;
}

/** A member whose tier is to be reviewed, and since when. */
export interface ReviewDue {
  memberId: string;
  dueAt: number;
}

/** Before every member in the order of ids. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Read-only questions about points; each is answered from postings and accounts. */
@Injectable()
export class LedgerQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** The programme's now in milliseconds. */
  async now(): Promise<number> {
    const [row] = await this.dataSource.query<{ now: Date }[]>('SELECT programme_now() AS now');
    if (row === undefined) throw new Error('invariant: the database tells the time');
    return row.now.getTime();
  }

  async account(
    memberId: string,
    from: Pick<EntityManager, 'query'> = this.dataSource,
  ): Promise<Account | undefined> {
    const rows = await from.query<AccountRow[]>(
      `SELECT bucket, member_id, version, head, points, held, owed, pending, qualifying, remainder,
              tier, changes_at, newest_at, heard_at, review
         FROM accounts WHERE bucket = $1 AND member_id = $2`,
      [bucketOf(memberId), memberId],
    );
    return rows[0] === undefined ? undefined : toAccount(rows[0]);
  }

  /**
   * The figures that say where a member stands, and the counters that `wanted` names, of one
   * snapshot.
   */
  async standing(
    memberId: string,
    wanted: (review: Review | undefined) => readonly CounterNeed[],
  ): Promise<(Account & { counters: ReadonlyMap<string, number> }) | undefined> {
    return this.dataSource.transaction('REPEATABLE READ', async (tx) => {
      const account = await this.account(memberId, tx);
      if (account === undefined) return undefined;
      const ranges = wanted(account.review);
      if (ranges.length === 0) return { ...account, counters: new Map() };
      const rows = await tx.query<{ counter: string; period_start: Date; used: string }[]>(
        `SELECT c.counter, c.period_start, c.used
           FROM unnest($3::text[], $4::timestamptz[]) AS u (counter, since)
           JOIN counters c ON c.bucket = $1 AND c.member_id = $2
            AND c.counter = u.counter AND c.period_start >= u.since`,
        [
          bucketOf(memberId),
          memberId,
          ranges.map(({ counter }) => counter),
          ranges.map(({ periodStart }) => new Date(periodStart)),
        ],
      );
      const counters = new Map(
        rows.map(({ counter, period_start, used }) => [
          counterKey(counter, period_start.getTime()),
          Number(used),
        ]),
      );
      return { ...account, counters };
    });
  }

  /** Members whose tier is due for a review by an instant, those longest due first, behind one of them. */
  async dueForReview(
    bucket: number,
    until: number,
    { after, limit }: { after: ReviewDue | undefined; limit: number },
  ): Promise<ReviewDue[]> {
    const rows = await this.dataSource.query<{ member_id: string; review_at: Date }[]>(
      `SELECT member_id, review_at FROM accounts
        WHERE bucket = $1 AND review_at <= $2
          AND (review_at, member_id) > (coalesce($3::timestamptz, '-infinity'), $4::uuid)
        ORDER BY review_at, member_id LIMIT $5`,
      [bucket, new Date(until), after && new Date(after.dueAt), after?.memberId ?? NOBODY, limit],
    );
    return rows.map(({ member_id, review_at }) => ({
      memberId: member_id,
      dueAt: review_at.getTime(),
    }));
  }

  /** The newest posting recorded up to an instant. */
  async lastPosting(memberId: string, asOf: number): Promise<Posting | undefined> {
    const rows = await this.dataSource.query<PostingRow[]>(
      `SELECT ${postingColumns} FROM postings p
        WHERE p.bucket = $1 AND p.member_id = $2 AND p.recorded_at <= $3
        ORDER BY p.seq DESC LIMIT 1`,
      [bucketOf(memberId), memberId, new Date(asOf)],
    );
    return rows[0] === undefined ? undefined : toPosting(rows[0]);
  }

  /** When what some postings of a member are about happened, by their numbers. */
  async occurrences(memberId: string, seqs: readonly number[]): Promise<Map<number, number>> {
    const rows = await this.dataSource.query<{ seq: number; occurred_at: Date }[]>(
      `SELECT seq, occurred_at FROM postings
        WHERE bucket = $1 AND member_id = $2 AND seq = ANY ($3::int[])`,
      [bucketOf(memberId), memberId, [...seqs]],
    );
    return new Map(rows.map(({ seq, occurred_at }) => [seq, occurred_at.getTime()]));
  }

  async posting({ memberId, seq }: RowAddress): Promise<Posting | undefined> {
    const rows = await this.dataSource.query<PostingRow[]>(
      `SELECT ${postingColumns} FROM postings p
        WHERE p.bucket = $1 AND p.member_id = $2 AND p.seq = $3`,
      [bucketOf(memberId), memberId, seq],
    );
    return rows[0] === undefined ? undefined : toPosting(rows[0]);
  }

  /**
   * Every member by the tier they hold and what they reach, in one pass over all accounts.
   * Thresholds are whole qualifying points and ascend. Undefined = it took longer than allowed.
   */
  async countByTier(
    ladders: readonly [readonly number[], readonly number[]],
    withinMs: number,
  ): Promise<TierCount[] | undefined> {
    return this.dataSource
      .transaction(async (tx) => {
        await tx.query(`SET LOCAL statement_timeout = ${String(withinMs)}`);
        return tx.query<TierCount[]>(
          `SELECT tier, array[before, after] AS rungs, members, points
             FROM (SELECT tier, width_bucket(qualifying, $1::numeric[]) - 1 AS before,
                          width_bucket(qualifying, $2::numeric[]) - 1 AS after,
                          count(*)::int AS members, sum(points + held)::float8 AS points
                     FROM accounts GROUP BY 1, 2, 3) counted
            ORDER BY 1, 2`,
          ladders.map((ladder) => ladder.map((each) => String(BigInt(each) * BILLION))),
        );
      })
      .catch((error: unknown) => {
        if (isTimeout(error)) return undefined;
        throw error;
      });
  }

  /** The member for whom a retailer's purchase reference is booked. */
  async memberOfReference(retailer: string, hmac: string): Promise<string | undefined> {
    const rows = await this.dataSource.query<{ member_id: string }[]>(
      `SELECT member_id FROM purchase_references WHERE hmac = decode($1, 'hex') AND retailer = $2`,
      [hmac, retailer],
    );
    return rows[0]?.member_id;
  }
}

/** PostgreSQL's word for a statement that was cut off at its time. */
export const isTimeout = (error: unknown): boolean =>
  error instanceof QueryFailedError && (error.driverError as { code?: string }).code === '57014';
