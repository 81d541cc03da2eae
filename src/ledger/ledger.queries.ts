import { Inject, Injectable } from '@nestjs/common';
import { DataSource, QueryFailedError } from 'typeorm';
import { BILLION } from '../rules/points.js';
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

  async account(memberId: string): Promise<Account | undefined> {
    const rows = await this.dataSource.query<AccountRow[]>(
      `SELECT bucket, member_id, version, head, points, held, owed, pending, qualifying, remainder,
              tier, changes_at, newest_at
         FROM accounts WHERE bucket = $1 AND member_id = $2`,
      [bucketOf(memberId), memberId],
    );
    return rows[0] === undefined ? undefined : toAccount(rows[0]);
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
