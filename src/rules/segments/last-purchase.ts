import type { SegmentFacts } from './facts.js';

/**
 * Members who last bought something that earns so many local days ago, both inclusive: to win them
 * back, or to keep them. Who never did is not among them.
 */
export interface LastPurchaseCriterion {
  kind: 'last_purchase';
  atLeastDays?: number | undefined;
  atMostDays?: number | undefined;
}

export function lastBought(
  { atLeastDays = 1, atMostDays }: LastPurchaseCriterion,
  { boughtWithin, everBought }: SegmentFacts,
): boolean {
  if (atLeastDays > 1 && boughtWithin(atLeastDays - 1)) return false;
  return atMostDays === undefined ? everBought() : boughtWithin(atMostDays);
}
