/** Law W1: whether a figure alerts. The same figures come to the same. */
import type { Counted } from '../../ledger/watching/figures.queries.js';
import { bars, type Bar, type MonitorName } from './kinds.js';

/** What was counted of one subject, such as `rule/<id>`, `offer/<code>` or `programme`. */
export interface Figure extends Counted {
  monitor: MonitorName;
}

export interface Verdict {
  state: 'too_few' | 'normal' | 'alerting';
  /** What it was held against; null = there was too little to compare with. */
  baseline: number | null;
  /** The share that is still normal. */
  most: number;
}

/** Of 99 % of the normal distribution. */
const Z = 2.575829;

/**
 * The lower end of the interval in which the share of whom `hits` of `total` are a sample lies with
 * 99 % confidence (E. B. Wilson, Journal of the American Statistical Association 22, 1927); 0 of none.
 */
export function surely(hits: number, total: number): number {
  if (total === 0) return 0;
  const share = hits / total;
  const square = Z ** 2 / total;
  const spread = Z * Math.sqrt((share * (1 - share)) / total + square / (4 * total));
  return Math.max(0, (share + square / 2 - spread) / (1 + square));
}

/** What is normal of a figure that is compared with `baseline`. */
export function mostOf({ floor, factor, ceiling }: Bar, baseline: number | null): number {
  return Math.min(ceiling, Math.max(floor, factor * (baseline ?? 0)));
}

export function judge({ monitor, hits, total, ...compared }: Figure): Verdict {
  const bar = bars[monitor];
  const baseline = compared.baselineTotal < bar.least ? bar.otherwise : compared.baseline;
  const most = mostOf(bar, baseline);
  if (total < bar.least) return { state: 'too_few', baseline, most };
  const reached = bar.by === 'sure' ? surely(hits, total) : hits / total;
  return { state: reached > most ? 'alerting' : 'normal', baseline, most };
}
