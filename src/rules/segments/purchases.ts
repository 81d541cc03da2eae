import type { SegmentFacts } from './facts.js';

/** Members with so many days on which they made a purchase that counts, both inclusive. */
export interface PurchasesCriterion {
  kind: 'purchases';
  days: number;
  atLeast?: number | undefined;
  atMost?: number | undefined;
}

export function hasBoughtOften(
  { days, atLeast = 0, atMost = Infinity }: PurchasesCriterion,
  { purchaseDays }: SegmentFacts,
): boolean {
  const found = purchaseDays(days);
  return found >= atLeast && found <= atMost;
}
