import type { SegmentFacts } from './facts.js';

/** Members who stand in one of these tiers. */
export interface TierCriterion {
  kind: 'tier';
  tiers: readonly string[];
}

export const standsIn = ({ tiers }: TierCriterion, { tier }: SegmentFacts): boolean =>
  tiers.includes(tier);
