import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { WAITS } from '../../rules/explanation.js';
import { balanceAt, type Balance, type OpenHold } from '../../rules/spending/balance.js';
import { bucketOf } from '../address.js';
import { toLot, type LotRow } from '../batch/accounts.queries.js';
import { postingColumns, toPosting, type PostingRow } from '../batch/postings.queries.js';
import type { Posting } from '../posting.js';
import { byInstant, passedBy } from './instants.js';
import { validLots, type MovedLot } from './valid-lots.js';

/** Which postings count: recorded up to `asOf`, of events up to `validAt`; milliseconds. */
export interface Instants {
  asOf: number;
  validAt: number;
}

export interface ValidBalance extends Balance, Instants {
  /** Number of the newest posting that counts. */
  version: number;
  nextExpiry: { at: number; points: number }[];
  nextAvailable: { at: number; points: number }[];
  pastExpiry: { at: number; points: number }[];
}

/**
 * An event counts from when it occurred, but no later than it was recorded: the clock of a till
 * that runs ahead does not make what is known already a thing of the future.
 */
const chosen = `chosen AS MATERIALIZED (
  SELECT p.seq, p.kind, p.subject_seq, p.effects FROM postings p
   WHERE p.bucket = $1 AND p.member_id = $2 AND p.recorded_at <= $3
     AND least(p.occurred_at, p.recorded_at) <= $4)`;

const moved = `moved AS (
  SELECT e.lot_seq, e.lot_n,
         sum(CASE WHEN e.credit IN ('points', 'held') THEN e.amount ELSE 0 END
           - CASE WHEN e.debit IN ('points', 'held') THEN e.amount ELSE 0 END) AS remaining,
         sum(CASE WHEN e.credit = 'held' THEN e.amount WHEN e.debit = 'held' THEN -e.amount
                  ELSE 0 END) AS held
    FROM entries e
   WHERE e.bucket = $1 AND e.member_id = $2 AND e.seq IN (SELECT seq FROM chosen)
     AND e.lot_seq IS NOT NULL
   GROUP BY e.lot_seq, e.lot_n)`;

/** Law L13: what postings of events up to an instant add up to, later corrections included. */
@Injectable()
export class HistoryQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** The balance at `validAt`; windows and holds are judged at that instant. */
  async balance(memberId: string, instants: Instants): Promise<ValidBalance> {
    const values = valuesOf(memberId, instants);
    // One snapshot, so that a posting in between is seen whole or not at all.
    return this.dataSource.transaction('REPEATABLE READ', async (tx) => {
      const { owed, version } = await figures(tx, values);
      const at = instants.validAt;
      const { lots, lacking } = validLots(await lotsOf(tx, values), await holdsOf(tx, values), at);
      return {
        ...balanceAt(lots, [], owed + lacking, at),
        ...instants,
        version,
        nextExpiry: byInstant(lots, 'expiresAt', at),
        pastExpiry: passedBy(lots, at),
        nextAvailable: byInstant(lots, 'availableFrom', at),
      };
    });
  }

  /** Billionths of the member's purchases that wait for a partner now. */
  async waitingNow(memberId: string): Promise<bigint> {
    const [row] = await this.dataSource.query<{ waits: string }[]>(
      `SELECT coalesce(sum(billionths), 0) AS waits FROM waiting_points
        WHERE bucket = $1 AND member_id = $2`,
      [bucketOf(memberId), memberId],
    );
    return BigInt(row?.waits ?? 0);
  }

  /** The same at instants: what the postings that count say of it. */
  async waitingAt(memberId: string, instants: Instants): Promise<bigint> {
    const [row] = await this.dataSource.query<{ waits: string }[]>(
      `WITH chosen AS (
         SELECT p.explanation FROM postings p
          WHERE p.bucket = $1 AND p.member_id = $2 AND p.recorded_at <= $3
            AND least(p.occurred_at, p.recorded_at) <= $4 AND p.effects::text LIKE '%"waiting"%')
       SELECT coalesce(-sum((item->>3)::numeric), 0) AS waits
         FROM chosen CROSS JOIN LATERAL json_array_elements(chosen.explanation) AS e (item)
        WHERE item->>0 = $5`,
      [...valuesOf(memberId, instants), String(WAITS)],
    );
    return BigInt(row?.waits ?? 0);
  }

  /**
   * Postings newest first, before a number, of one caller and about its purchases, or of all, up to
   * instants or all.
   */
  async page(
    memberId: string,
    options: {
      before?: number | undefined;
      limit: number;
      caller?: string | undefined;
      asOf?: number | undefined;
      validAt?: number | undefined;
    },
  ): Promise<Posting[]> {
    const { before = 2_147_483_647, limit, caller = null, asOf, validAt } = options;
    const time = (at: number | undefined): Date | null => (at === undefined ? null : new Date(at));
    const rows = await this.dataSource.query<PostingRow[]>(
      `SELECT ${postingColumns} FROM postings p
        WHERE p.bucket = $1 AND p.member_id = $2 AND p.seq < $3
          AND ($4::text IS NULL OR p.caller = $4 OR p.kind = 'correct' AND EXISTS (
            SELECT FROM postings s WHERE s.bucket = p.bucket AND s.member_id = p.member_id
               AND s.seq = p.subject_seq AND s.caller = $4))
          AND ($5::timestamptz IS NULL OR p.recorded_at <= $5)
          AND ($6::timestamptz IS NULL OR least(p.occurred_at, p.recorded_at) <= $6)
        ORDER BY p.seq DESC LIMIT $7`,
      [bucketOf(memberId), memberId, before, caller, time(asOf), time(validAt), limit],
    );
    return rows.map(toPosting);
  }
}

const valuesOf = (memberId: string, { asOf, validAt }: Instants): unknown[] => [
  bucketOf(memberId),
  memberId,
  new Date(asOf),
  new Date(validAt),
];

async function figures(
  tx: EntityManager,
  values: unknown[],
): Promise<{ owed: number; version: number }> {
  const [row] = await tx.query<{ owed: string; version: number }[]>(
    `WITH ${chosen}
     SELECT (SELECT coalesce(max(seq), 0) FROM chosen) AS version,
            coalesce(sum(CASE WHEN e.debit = 'owed' THEN e.amount ELSE -e.amount END), 0) AS owed
       FROM entries e
      WHERE e.bucket = $1 AND e.member_id = $2 AND e.seq IN (SELECT seq FROM chosen)
        AND 'owed' IN (e.debit, e.credit)`,
    values,
  );
  return { owed: Number(row?.owed ?? 0), version: row?.version ?? 0 };
}

async function lotsOf(tx: EntityManager, values: unknown[]): Promise<MovedLot[]> {
  const rows = await tx.query<(LotRow & { is_opened: boolean })[]>(
    `WITH ${chosen}, ${moved}
     SELECT l.*, coalesce(m.remaining, 0) AS remaining, coalesce(m.held, 0) AS held,
            l.seq IN (SELECT seq FROM chosen) AS is_opened
       FROM (SELECT seq, n, funder, accrued_at, available_from, expires_at, amount, origin_seq,
                    origin_n
               FROM lots WHERE bucket = $1 AND member_id = $2) l
       LEFT JOIN moved m ON m.lot_seq = l.seq AND m.lot_n = l.n
      WHERE m.lot_seq IS NOT NULL OR l.seq IN (SELECT seq FROM chosen)`,
    values,
  );
  return rows.map((row) => ({ lot: toLot(row), isOpened: row.is_opened }));
}

/** Holds among the chosen postings that no chosen one has ended. */
async function holdsOf(tx: EntityManager, values: unknown[]): Promise<OpenHold[]> {
  const rows = await tx.query<{ effects: Posting['effects']; lots: [number, number, number][] }[]>(
    `WITH ${chosen}
     SELECT (array_agg(c.effects))[1] AS effects,
            json_agg(json_build_array(e.lot_seq, e.lot_n, e.amount) ORDER BY e.n) AS lots
       FROM chosen c
       JOIN entries e ON e.bucket = $1 AND e.member_id = $2 AND e.seq = c.seq
      WHERE c.kind = 'hold' AND c.seq NOT IN (
        SELECT done.subject_seq FROM chosen done
         WHERE done.kind IN ('redeem', 'release') AND done.subject_seq IS NOT NULL)
      GROUP BY c.seq`,
    values,
  );
  return rows.map(({ effects, lots }) => ({
    expiresAt: Number(effects.redemptions?.[0]?.[5]),
    lots: lots.map(([seq, n, amount]) => ({ seq, n, amount })),
  }));
}
