import type { SegmentFacts } from './facts.js';

/** Members who bought of one of these categories, ever or in the last days. */
export interface BoughtCriterion {
  kind: 'bought';
  categories: readonly string[];
  days?: number | undefined;
}

export const hasBoughtOf = (
  { categories, days }: BoughtCriterion,
  { boughtOf }: SegmentFacts,
): boolean => categories.some((category) => boughtOf(category, days));
