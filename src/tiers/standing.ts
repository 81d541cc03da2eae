/** A member's standing in words: tier, qualifying points, what is missing to the next one. */
import { BILLION } from '../rules/points.js';
import type { Programme } from '../rules/programme.js';
import { tierProgress } from '../rules/earning/tier.js';
import type { StandingView } from './tiers.views.js';

export type { StandingView };

/** The standing that figures stand for under a version. */
export function standingView(
  programme: Programme,
  figures: { tier: string; qualifying: bigint },
): StandingView {
  const { tier, next, missing } = tierProgress(programme, figures.tier, figures.qualifying);
  return {
    tier: { code: tier.code, name: tier.name },
    qualifyingPoints: Number(figures.qualifying / BILLION),
    next:
      next === undefined
        ? null
        : { code: next.code, name: next.name, threshold: next.threshold, missing },
  };
}
