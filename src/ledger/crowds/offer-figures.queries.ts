import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { isTimeout } from '../ledger.queries.js';
import { conditionOf } from './account-test.queries.js';
import type { CrowdTests, MemberRows } from './crowds.queries.js';

/** What one member did while an offer ran. Money is in minor units. */
export interface MemberFigures {
  memberId: string;
  /** Whether the offer is for them. */
  isFor: boolean;
  purchases: number;
  /** What these purchases came to, and what of it came back. */
  spent: number;
  back: number;
  /** Purchases and activities that the offer paid for, and what is left of what it paid. */
  paid: number;
  billionths: bigint;
  paidSpent: number;
  paidBack: number;
  /** Purchases that found its slot full. */
  metFull: number;
}

interface Row {
  member_id: string;
  is_for: boolean;
  purchases: string | null;
  spent: string | null;
  back: string | null;
  paid: string | null;
  billionths: string | null;
  paid_spent: string | null;
  paid_back: string | null;
  met_full: string | null;
}

export interface OfferWindow {
  /** Milliseconds, `until` exclusive: when what counts happened. */
  from: number;
  until: number;
  /** The rule that the offer is, in each version that has it. */
  rules: readonly { no: number; rule: number }[];
}

/** Tills may run ahead of the database, so an event may be recorded this much before it occurs. */
const AHEAD_MS = 300_000;
/** Members read at a time, so that memory stays bounded. */
const AT_ONCE = 5_000;

/**
 * What was bought while an offer ran, by member: summed up by the database from postings and from
 * what is kept of purchases, and read piece by piece.
 */
@Injectable()
export class OfferFiguresQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /**
   * Tells every member of the rows, and whether the offer is for them: whether they are in any of
   * `crowds`, of which there is one at least.
   * False = a piece of it took longer than allowed; the first one sums all of them up.
   */
  async each(
    rows: MemberRows,
    crowds: CrowdTests,
    window: OfferWindow,
    withinMs: number,
    tell: (member: MemberFigures) => void,
  ): Promise<boolean> {
    return this.dataSource
      .transaction('REPEATABLE READ', async (tx) => {
        await tx.query(`SET LOCAL statement_timeout = ${String(Math.ceil(withinMs))}`);
        await tx.query(
          `DECLARE offer_figures NO SCROLL CURSOR FOR ${textOf(rows, crowds, window)}`,
          rows.parameters.values,
        );
        return this.readAll(tx, tell);
      })
      .catch((error: unknown) => {
        if (isTimeout(error)) return false;
        throw error;
      });
  }

  private async readAll(
    tx: EntityManager,
    tell: (member: MemberFigures) => void,
  ): Promise<boolean> {
    for (;;) {
      const found = await tx.query<Row[]>(`FETCH ${String(AT_ONCE)} FROM offer_figures`);
      for (const row of found) tell(toFigures(row));
      if (found.length < AT_ONCE) return true;
    }
  }
}

/** Money of a purchase `q` in minor units; of an erased one nothing is known. */
const moneyOf = `
  SELECT coalesce(sum((line->>'amount')::bigint), 0) AS spent,
         (SELECT coalesce(sum((b->>2)::bigint), 0) FROM json_array_elements(q.returned) AS b) AS back
    FROM json_array_elements(q.content->'lines') AS line WHERE q.content IS NOT NULL`;

function textOf(rows: MemberRows, crowds: CrowdTests, { from, until, rules }: OfferWindow): string {
  const { parameters } = rows;
  const isFor = crowds.map((tests, place) =>
    [`m.f${String(place)}`, ...tests.map((test) => conditionOf(test, parameters))].join(' AND '),
  );
  const instant = (at: number): string => `${parameters.add(new Date(at))}::timestamptz`;
  const numbers = parameters.add(rules.map(({ no }) => no));
  const places = parameters.add(rules.map(({ rule }) => rule));
  // What a return or a correction says is about the purchase that it names.
  return `WITH told AS (
      SELECT p.bucket, p.member_id,
             CASE WHEN p.kind = 'accrue' THEN p.seq ELSE p.subject_seq END AS seq,
             bool_or(p.kind = 'accrue' AND p.operation <> 'activity') AS bought,
             coalesce(sum(i.billionths), 0) AS billionths,
             coalesce(sum(i.billionths) FILTER (WHERE p.kind = 'accrue'), 0) > 0 AS paid,
             coalesce(bool_or(i.met_full), false) AS met_full
        FROM postings p
        LEFT JOIN unnest(${numbers}::int[], ${places}::int[]) AS r (no, rule) ON r.no = p.version_no
        LEFT JOIN LATERAL (
          SELECT sum((item->>3)::numeric) AS billionths, bool_or(item->>2 = 'slot_full') AS met_full
            FROM json_array_elements(p.explanation) AS item WHERE (item->>0)::int = r.rule) i ON true
       WHERE p.kind IN ('accrue', 'return', 'correct')
         AND p.recorded_at >= ${instant(from - AHEAD_MS)} AND p.occurred_at >= ${instant(from)}
       GROUP BY 1, 2, 3
      HAVING bool_or(p.kind = 'accrue' AND p.occurred_at < ${instant(until)})),
    done AS (
      SELECT t.bucket, t.member_id, count(*) FILTER (WHERE t.bought) AS purchases,
             sum(s.spent) AS spent, sum(s.back) AS back, count(*) FILTER (WHERE t.paid) AS paid,
             sum(t.billionths) AS billionths, sum(s.spent) FILTER (WHERE t.paid) AS paid_spent,
             sum(s.back) FILTER (WHERE t.paid) AS paid_back,
             count(*) FILTER (WHERE t.met_full) AS met_full
        FROM told t
        LEFT JOIN purchases q ON q.bucket = t.bucket AND q.member_id = t.member_id AND q.seq = t.seq
        LEFT JOIN LATERAL (${moneyOf}) s ON true
       GROUP BY 1, 2)
    SELECT m.member_id, ${isFor.map((each) => `(${each})`).join(' OR ')} AS is_for,
           d.purchases, d.spent, d.back, d.paid, d.billionths, d.paid_spent, d.paid_back, d.met_full
      FROM (${rows.text}) m
      JOIN accounts a ON a.bucket = m.bucket AND a.member_id = m.member_id
      LEFT JOIN done d ON d.bucket = m.bucket AND d.member_id = m.member_id`;
}

function toFigures(row: Row): MemberFigures {
  return {
    memberId: row.member_id,
    isFor: row.is_for,
    purchases: Number(row.purchases ?? 0),
    spent: Number(row.spent ?? 0),
    back: Number(row.back ?? 0),
    paid: Number(row.paid ?? 0),
    billionths: BigInt(row.billionths ?? 0),
    paidSpent: Number(row.paid_spent ?? 0),
    paidBack: Number(row.paid_back ?? 0),
    metFull: Number(row.met_full ?? 0),
  };
}
