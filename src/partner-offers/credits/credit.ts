/** What an agent's sales of a month are credited with: what they earned members, exactly. */
import type { SalesFlow } from '../../ledger/history/sales-flows.queries.js';
import type { Period } from '../settlement/period.js';

export type CreditKind = 'sold' | 'returned' | 'corrected';

export interface CreditLine {
  kind: CreditKind;
  versionNo: number;
  /** How many sales, returns or corrections. */
  count: number;
  /** Billionths of a point. */
  billionths: bigint;
}

export interface Credit {
  agent: string;
  period: Period;
  lines: CreditLine[];
  /** Sales of the month, and members that they were made to. */
  sales: number;
  members: number;
  /** Billionths of all lines together. */
  billionths: bigint;
}

const kinds: Readonly<Record<string, CreditKind>> = { accrue: 'sold', return: 'returned' };

export function creditOf(
  agent: string,
  period: Period,
  flows: readonly SalesFlow[],
  members: number,
): Credit {
  const lines = flows.map(({ versionNo, kind, postings, billionths }) => ({
    kind: kinds[kind] ?? 'corrected',
    versionNo,
    count: postings,
    billionths,
  }));
  const sold = lines.filter(({ kind }) => kind === 'sold');
  return {
    agent,
    period,
    lines,
    members,
    sales: sold.reduce((sum, { count }) => sum + count, 0),
    billionths: lines.reduce((sum, { billionths }) => sum + billionths, 0n),
  };
}
