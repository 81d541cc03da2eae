/**
 * What the ledger knows of points sold: who sold how many for how much, and what gave them back. The
 * reference of a sale is the retailer's.
 */
import { BILLION } from '../../rules/points.js';
import type { Posting } from '../posting.js';
import type { Expectation } from './compare.js';
import { own, text, type Facts } from './rebuilt.js';
import type { TextRow } from './text-row.js';

export function rebuiltSales(facts: Facts): Expectation {
  const sold = facts.postings.filter((posting) => posting.kind === 'sell');
  const refunds = new Map(
    sold
      .filter((posting) => told(posting)[2] === 'points_refunded')
      .map(({ seq, subjectSeq }) => [subjectSeq, seq]),
  );
  const rows = sold
    .filter((posting) => told(posting)[2] === 'points_bought' && posting.caller.startsWith('r/'))
    .map((posting): TextRow => ({
      ...own(facts),
      seq: String(posting.seq),
      retailer: posting.caller.slice('r/'.length),
      points: String(posting.billionths / BILLION),
      paid: text(told(posting)[4]),
      refund_seq: text(refunds.get(posting.seq)),
    }));
  const key = ['bucket', 'member_id', 'seq'];
  return { table: 'point_sales', key, rows, free: ['reference_hmac'] };
}

/** The first thing a posting says; nothing where only tampering leaves something else. */
function told({ explanation }: Posting): readonly unknown[] {
  const [first] = Array.isArray(explanation) ? (explanation as readonly unknown[]) : [];
  return Array.isArray(first) ? (first as readonly unknown[]) : [];
}
