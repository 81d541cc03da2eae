import type { SegmentFacts } from './facts.js';

/** Members who spent at least so much (inclusive) on what earns; no most, so that more never costs. */
export interface SpendCriterion {
  kind: 'spend';
  days: number;
  /** Minor units. */
  atLeast: number;
}

export const hasSpent = ({ days, atLeast }: SpendCriterion, { spent }: SegmentFacts): boolean =>
  spent(days) >= atLeast;
