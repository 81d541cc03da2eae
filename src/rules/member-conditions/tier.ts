import type { Occasion } from '../earning/occasion.js';

/** Members who stand in one of these tiers. */
export interface TierCondition {
  kind: 'tier';
  tiers: readonly string[];
}

export const isInTier = ({ tiers }: TierCondition, { tier }: Occasion): boolean =>
  tiers.includes(tier);
