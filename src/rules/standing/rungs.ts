/** Rungs of the ladder: which one a code stands for, which one is reached. */
import { rungOf } from '../earning/tier.js';
import type { Grant, Way } from '../ladder.js';
import type { Programme, Tier } from '../programme.js';
import type { Tally } from './tally.js';

/** The highest rung that any way reaches. */
export function reachedRung({ tiers }: Programme, tally: Tally): number {
  return tiers.findLastIndex(({ ways }) => ways.some((way) => tally[way.metric] >= way.threshold));
}

/** The rung of what is held by one's own doing, or of what is granted, if that is higher. */
export function grantedRung(programme: Programme, own: number, grant: Grant | null): number {
  return grant === null ? own : Math.max(own, rungOf(programme, grant.tier));
}

/** What is missing to an amount, at least 0. */
const missingTo = (amount: bigint, have: bigint): bigint => (have >= amount ? 0n : amount - have);

/** How far a way has come, and what is missing to an amount of it, in billionths or units. */
export interface Come {
  way: Way;
  have: bigint;
  missing: bigint;
}

/** The way of a tier that has least to go, as a share; of equal ones the first. */
export function nearest({ ways }: Tier, tally: Tally, goal: 'threshold' | 'keep'): Come {
  const [first, ...others] = ways.map((way) => {
    const have = tally[way.metric];
    return { way, have, missing: missingTo(way[goal], have) };
  });
  if (first === undefined) throw new Error('invariant: a tier has a way');
  return others.reduce(
    (best, each) => (each.missing * best.way[goal] < best.missing * each.way[goal] ? each : best),
    first,
  );
}

/** By how little a way may miss what keeps a tier. */
export function marginOf({ ladder }: Programme, way: Way): bigint {
  const { nearMiss } = ladder;
  if (nearMiss === undefined) return 0n;
  if (nearMiss.kind === 'share') return (way.keep * BigInt(nearMiss.percent)) / 100n;
  return way.metric === ladder.metric ? nearMiss.amount : 0n;
}
