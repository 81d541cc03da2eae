/** Everything of one member that differs from what its postings and entries say. */
import { checkChain } from './chain.js';
import { compareRows, type RowDifference } from './compare.js';
import { forgedContents, rebuiltPurchases } from './purchases.js';
import {
  rebuiltAccount,
  rebuiltCounters,
  rebuiltLots,
  rebuiltRedemptions,
  rebuiltStandings,
} from './rebuilt.js';
import { readEntry, readPosting, type TextRow } from './text-row.js';
import { rebuiltSales } from './sales.js';
import { rebuiltUses } from './uses.js';
import { rebuiltWaiting } from './waiting.js';

/** Tables of members' rows that are recomputed, and the order in which their rows are read. */
export const rebuiltTables = {
  accounts: 'member_id',
  postings: 'member_id, seq',
  entries: 'member_id, seq, n',
  lots: 'member_id, seq, n',
  counters: 'member_id, counter, period_start',
  standings: 'member_id, from_seq',
  redemptions: 'member_id, seq',
  purchases: 'member_id, seq',
  rolling_uses: 'member_id, seq, limit_id',
  waiting_points: 'member_id, seq',
  point_sales: 'member_id, seq',
} as const;

export type RebuiltTable = keyof typeof rebuiltTables;

/** A member's rows of every table, as they are stored. */
export interface MemberRows {
  memberId: string;
  rows: Readonly<Record<RebuiltTable, readonly TextRow[]>>;
}

/** `now` is the database's, no earlier than the rows, for what time alone may have changed. */
export function compareMember({ memberId, rows }: MemberRows, now: number): RowDifference[] {
  const facts = {
    memberId,
    postings: rows.postings.map(readPosting),
    entries: rows.entries.map(readEntry),
  };
  const account = rows.accounts[0] ?? {};
  const basis = checkChain({
    ...facts,
    account,
    postingRows: rows.postings,
    entryRows: rows.entries,
  });
  const lots = rebuiltLots(facts);
  const redemptions = rebuiltRedemptions(facts);
  const own = compareRows(
    rebuiltAccount(facts, { lots, redemptions }, account, now),
    rows.accounts,
  );
  const derived = [
    ...compareRows(lots, rows.lots),
    ...compareRows(rebuiltCounters(facts), rows.counters),
    ...compareRows(redemptions, rows.redemptions),
    ...compareRows(rebuiltStandings(facts), rows.standings),
    ...compareRows(rebuiltWaiting(facts), rows.waiting_points),
    ...compareRows(rebuiltSales(facts), rows.point_sales),
    ...compareRows(rebuiltPurchases(facts, rows.purchases), rows.purchases),
    ...forgedContents(facts, rows.purchases),
    ...compareRows(rebuiltUses(facts, rows.rolling_uses, now), rows.rolling_uses),
  ];
  // Where only the account says that postings are missing, it may be the account that is wrong.
  const isCutOff = basis.every(({ table, stored }) => table === 'postings' && stored === 'missing');
  const doubtful = (each: RowDifference): RowDifference => ({ ...each, doubtful: true });
  return [
    ...basis,
    ...(isCutOff ? own : own.map(doubtful)),
    ...(basis.length === 0 ? derived : derived.map(doubtful)),
  ];
}
