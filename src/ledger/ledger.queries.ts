import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { balanceAt, type Balance, type OpenHold } from '../rules/spending/balance.js';
import type { Lot } from '../rules/state.js';
import { bucketOf, type RowAddress } from './address.js';
import { postingColumns, toPosting, type PostingRow } from './batch/postings.queries.js';
import { byInstant } from './history/instants.js';
import type { Posting } from './posting.js';
import {
  toAccount,
  toLot,
  type Account,
  type AccountRow,
  type LotRow,
} from './batch/accounts.queries.js';

export interface BalanceReading extends Balance {
  /** The instant the balance is true for. */
  asOf: number;
  /** Number of the newest posting it includes. */
  version: number;
  /** The next lots to expire, soonest first; at most five. */
  nextExpiry: { at: number; points: number }[];
  /** The next instants at which pending points become available; at most five. */
  nextAvailable: { at: number; points: number }[];
}

/** Read-only questions about points; each is answered from postings, entries and lots. */
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

  /**
   * The balance as it was answered, or would have been, at `asOf` (system time): postings recorded
   * up to then, windows and holds judged at that instant.
   */
  async balance(memberId: string, asOf: number): Promise<BalanceReading> {
    const last = await this.lastPosting(memberId, asOf);
    const version = last?.seq ?? 0;
    const [lots, holds] = await Promise.all([
      this.lotsAsOf(memberId, version),
      this.holdsAsOf(memberId, version),
    ]);
    return {
      ...balanceAt(lots, holds, last?.after.owed ?? 0, asOf),
      asOf,
      version,
      nextExpiry: byInstant(lots, 'expiresAt', asOf),
      nextAvailable: byInstant(lots, 'availableFrom', asOf),
    };
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

  /** The member for whom a retailer's purchase reference is booked. */
  async memberOfReference(retailer: string, hmac: string): Promise<string | undefined> {
    const rows = await this.dataSource.query<{ member_id: string }[]>(
      `SELECT member_id FROM purchase_references WHERE hmac = decode($1, 'hex') AND retailer = $2`,
      [hmac, retailer],
    );
    return rows[0]?.member_id;
  }

  /**
   * Lots as the entries up to a posting left them; their terms never change. What opened a lot is
   * its amount; spent points that came back to it later are more than that left.
   */
  private async lotsAsOf(memberId: string, version: number): Promise<Lot[]> {
    const rows = await this.dataSource.query<LotRow[]>(
      `SELECT l.seq, l.n, l.funder, l.accrued_at, l.available_from, l.expires_at, l.amount,
              l.origin_seq, l.origin_n,
              l.amount + coalesce(sum(m.remaining), 0) AS remaining,
              coalesce(sum(m.held), 0) AS held
         FROM lots l
         LEFT JOIN LATERAL (
           SELECT CASE WHEN e.debit IN ('points', 'held') AND e.credit NOT IN ('points', 'held')
                       THEN -e.amount
                       WHEN e.debit = 'redeemed' AND e.seq > l.seq
                       THEN e.amount ELSE 0 END AS remaining,
                  CASE WHEN e.credit = 'held' THEN e.amount
                       WHEN e.debit = 'held' THEN -e.amount ELSE 0 END AS held
             FROM entries e
            WHERE e.bucket = l.bucket AND e.member_id = l.member_id AND e.seq <= $3
              AND e.lot_seq = l.seq AND e.lot_n = l.n) m ON true
        WHERE l.bucket = $1 AND l.member_id = $2 AND l.seq <= $3
        GROUP BY l.bucket, l.member_id, l.seq, l.n`,
      [bucketOf(memberId), memberId, version],
    );
    return rows.map(toLot);
  }

  /** Holds placed and not ended by the postings up to a number. */
  private async holdsAsOf(memberId: string, version: number): Promise<OpenHold[]> {
    const rows = await this.dataSource.query<
      { seq: number; effects: Posting['effects']; lots: [number, number, number][] }[]
    >(
      `SELECT p.seq, (array_agg(p.effects))[1] AS effects,
              json_agg(json_build_array(e.lot_seq, e.lot_n, e.amount) ORDER BY e.n) AS lots
         FROM postings p
         JOIN entries e ON e.bucket = p.bucket AND e.member_id = p.member_id AND e.seq = p.seq
        WHERE p.bucket = $1 AND p.member_id = $2 AND p.kind = 'hold' AND p.seq <= $3
          AND NOT EXISTS (
            SELECT FROM postings done
             WHERE done.bucket = p.bucket AND done.member_id = p.member_id
               AND done.subject_seq = p.seq AND done.kind IN ('redeem', 'release')
               AND done.seq <= $3)
        GROUP BY p.bucket, p.member_id, p.seq`,
      [bucketOf(memberId), memberId, version],
    );
    return rows.map(({ effects, lots }) => ({
      expiresAt: Number(effects.redemptions?.[0]?.[5]),
      lots: lots.map(([seq, n, amount]) => ({ seq, n, amount })),
    }));
  }
}
