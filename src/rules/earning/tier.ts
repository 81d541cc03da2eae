/** Which tier qualifying points reach, and what is missing to the next. Spending never lowers it. */
import { BILLION } from '../points.js';
import type { Programme, Tier } from '../programme.js';

export interface TierProgress {
  tier: Tier;
  next: Tier | undefined;
  /** Whole qualifying points still missing to `next`, rounded up; 0 at the top. */
  missing: number;
}

/** Index of the highest tier whose threshold the qualifying billionths reach (inclusive). */
export function reachedTier(programme: Programme, qualifying: bigint): number {
  return programme.tiers.findLastIndex(
    ({ threshold }) => BigInt(threshold) * BILLION <= qualifying,
  );
}

/**
 * The rung that a code stands for. One that is no longer there is the tier that replaces it; else,
 * where tiers are reviewed, the highest one that was below it and still is there. -1 = none.
 */
export function rungOf(programme: Programme, code: string): number {
  const here = placeIn(programme, code);
  if (here >= 0 || programme.ladder.isPlain) return here;
  for (let past = programme.earlier; past !== undefined; past = past.earlier) {
    const place = past.tiers.findIndex((tier) => tier.code === code);
    if (place < 0) continue;
    const below = past.tiers.slice(0, place).map((tier) => placeIn(programme, tier.code));
    return Math.max(0, ...below);
  }
  return 0;
}

function placeIn({ tiers }: Programme, code: string): number {
  const place = tiers.findIndex((tier) => tier.code === code);
  return place >= 0 ? place : tiers.findIndex(({ replaces }) => replaces.includes(code));
}

/**
 * Index of the tier a member stands in: the one held, or where lifetime points decide a higher one
 * reached meanwhile. A tier code this version no longer has counts as the tier that replaces it, or
 * that the qualifying points reach.
 */
export function standingTier(programme: Programme, held: string, qualifying: bigint): number {
  const index = rungOf(programme, held);
  return programme.ladder.isPlain ? Math.max(index, reachedTier(programme, qualifying)) : index;
}

/** The tier at an index, which is clamped to the ladder. */
export function tierAt(programme: Programme, index: number): Tier {
  return programme.tiers[index] ?? programme.tiers[0];
}

/** Tier, next tier and what is missing. 480 qualifying points below a 500 threshold miss 20. */
export function tierProgress(programme: Programme, held: string, qualifying: bigint): TierProgress {
  const index = standingTier(programme, held, qualifying);
  const next = programme.tiers[index + 1];
  const missing =
    next === undefined
      ? 0
      : Number((BigInt(next.threshold) * BILLION - qualifying + BILLION - 1n) / BILLION);
  return { tier: tierAt(programme, index), next, missing };
}
