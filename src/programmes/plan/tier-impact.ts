/** What new thresholds do to members who stand in tiers. */
import type { TierCount } from '../../ledger/ledger.queries.js';
import type { ProgrammeDocument, Tier } from '../document.js';

export interface TierShare {
  code: string;
  name: string;
  /** Members who stand in it on the ladder before. */
  members: number;
  /**
   * Members whose qualifying points reach it, and no higher one, on the new ladder; where windows or
   * other things than points decide, those who stand in it until their next event or review.
   */
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
  /** Whether lifetime qualifying points decide the new ladder, so that it is known who reaches what. */
  byPoints: boolean;
  /** Points they have, held ones included; a version changes no term of theirs. */
  points: number;
  /** The new ladder, and after it tiers that are no longer on it. */
  tiers: TierShare[];
  moves: TierMove[];
}

type Ladder = Pick<ProgrammeDocument, 'tiers' | 'ladder'>;

/** Whether lifetime qualifying points are all that decides. */
export function isByPoints({ tiers, ladder }: Ladder): boolean {
  const { metric = 'qualifying_points', window } = ladder ?? {};
  const isForGood = window === undefined || window.kind === 'lifetime';
  const hasOthers = tiers.some(({ otherWays }) => otherWays !== undefined);
  return metric === 'qualifying_points' && isForGood && !hasOthers;
}

/** The rungs of `counts` are those of the two ladders. */
export function tierImpact(
  before: Ladder,
  document: Ladder,
  counts: readonly TierCount[],
): TierImpact {
  const [from, to] = [before.tiers, document.tiers];
  const byPoints = isByPoints(document);
  const places = counts.map(({ tier, rungs: [old, reached], members }) => {
    const place = standing(from, tier, isByPoints(before) ? old : 0);
    const kept = standing(to, heirOf(from, to, tier), 0);
    return {
      members,
      from: place,
      to: byPoints ? standing(to, '', reached) : kept,
      stands: byPoints ? standing(to, tier, reached) : kept,
    };
  });
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
    byPoints,
    points: counts.reduce((total, { points }) => total + points, 0),
    tiers: shares,
    moves: [...moves.values()],
  };
}

/** The tier that a code stands for where tiers are reviewed, as `rules/earning/tier.ts` says it. */
function heirOf(from: readonly Tier[], to: readonly Tier[], held: string): string {
  const heir = (code: string): string | undefined =>
    to.find((tier) => tier.code === code || tier.replaces?.includes(code) === true)?.code;
  const own = heir(held);
  if (own !== undefined) return own;
  const below = from.slice(
    0,
    Math.max(
      0,
      from.findIndex(({ code }) => code === held),
    ),
  );
  return below.map(({ code }) => heir(code)).findLast((code) => code !== undefined) ?? '';
}

/** The tier held or a higher one reached, as `rules/earning/tier.ts` says it. */
function standing(ladder: readonly Tier[], held: string, rung: number): string {
  const place = Math.max(
    ladder.findIndex(({ code, replaces }) => code === held || replaces?.includes(held) === true),
    rung,
    0,
  );
  return ladder[place]?.code ?? '';
}

const sum = (counts: readonly { members: number }[]): number =>
  counts.reduce((total, { members }) => total + members, 0);
