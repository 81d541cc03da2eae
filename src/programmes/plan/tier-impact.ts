/** What new thresholds do to members who stand in tiers. */
import type { TierCount } from '../../ledger/ledger.queries.js';
import type { Tier } from '../document.js';

export interface TierShare {
  code: string;
  name: string;
  /** Members who stand in it on the ladder before. */
  members: number;
  /** Members whose qualifying points reach it, and no higher one, on the new ladder. */
  reached: number;
}

export interface TierMove {
  /** Codes of tiers: where the members stand before, and which the new thresholds give them. */
  from: string;
  to: string;
  /** Where they will stand: `to`, or until a review a higher one that they hold. */
  stands: string;
  members: number;
}

export interface TierImpact {
  members: number;
  /** Points they have, held ones included; a version changes no term of theirs. */
  points: number;
  /** The new ladder, and after it tiers that are no longer on it. */
  tiers: TierShare[];
  moves: TierMove[];
}

/** The rungs of `counts` are those of the two ladders. */
export function tierImpact(
  from: readonly Tier[],
  to: readonly Tier[],
  counts: readonly TierCount[],
): TierImpact {
  const places = counts.map(({ tier, rungs: [before, after], members }) => ({
    members,
    from: standing(from, tier, before),
    to: standing(to, '', after),
    stands: standing(to, tier, after),
  }));
  const gone = from.filter(({ code }) => !to.some((tier) => tier.code === code));
  const shares = [...to, ...gone].map(({ code, name }) => ({
    code,
    name,
    members: sum(places.filter((place) => place.from === code)),
    reached: sum(places.filter((place) => place.to === code)),
  }));
  const moves = new Map<string, TierMove>();
  for (const { members, ...move } of places.filter((place) => place.from !== place.to)) {
    const key = `${move.from} ${move.to} ${move.stands}`;
    moves.set(key, { ...move, members: members + (moves.get(key)?.members ?? 0) });
  }
  return {
    members: sum(counts),
    points: counts.reduce((total, { points }) => total + points, 0),
    tiers: shares,
    moves: [...moves.values()],
  };
}

/** The tier held or a higher one reached, as `rules/earning/tier.ts` says it. */
function standing(ladder: readonly Tier[], held: string, rung: number): string {
  const place = Math.max(
    ladder.findIndex(({ code }) => code === held),
    rung,
    0,
  );
  return ladder[place]?.code ?? '';
}

const sum = (counts: readonly { members: number }[]): number =>
  counts.reduce((total, { members }) => total + members, 0);
