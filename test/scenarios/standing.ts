/** What scenarios say of a standing. */
import { pointOf } from '../../src/rules/standing/stand.js';
import type { Standing } from '../../src/rules/outcome.js';
import type { Programme } from '../../src/rules/programme.js';
import { progressOf } from '../../src/rules/standing/progress.js';
import { whole } from '../../src/rules/standing/tally.js';
import type { MemberState } from '../../src/rules/state.js';
import { standingOf } from '../../src/tiers/standing.js';
import { dayText } from '../../src/tiers/words.js';

export interface StandingWords {
  /** Why the member stands where they do, as the last step of their history says. */
  because: string;
  /** What is missing to the next tier, by the way with least to go. */
  missing: number;
  /** What is missing to keep the tier, by the way with least to go. */
  missingToKeep: number;
  /** The local day that ends when the tier is reviewed, or its grace ends. */
  keptUntil: string;
  atRisk: boolean;
  inGrace: boolean;
  /** The day until which the tier goes with a return. */
  provisionalUntil: string;
  /** Worth of the tier's benefits in a year, in major units. */
  worth: number;
}

/** What a standing would say at an instant. */
export function wordsOf(
  programme: Programme,
  member: MemberState,
  steps: readonly Standing[],
  now: number,
): StandingWords {
  const { tally, keeping, point } = progressOf(programme, pointOf(member), now);
  const { next, tier } = standingOf(programme, { ...member, tier: point.held }, tally);
  const reached = steps.findLast(
    ({ tier: code, why }) => code === point.held && why.code === 'threshold_reached',
  );
  const day = (instant: number | undefined): string =>
    instant === undefined ? '' : dayText(programme, instant);
  const { way, missing } = keeping?.nearest ?? { way: undefined, missing: 0n };
  const { benefits = [] } = programme.tiers.find(({ code }) => code === tier.code) ?? {};
  return {
    because: steps.at(-1)?.why.code ?? '',
    missing: next?.missing ?? 0,
    missingToKeep: way === undefined ? 0 : whole(way.metric, missing),
    keptUntil: day(keeping?.at),
    atRisk: keeping?.isAtRisk ?? false,
    inGrace: keeping?.isInGrace ?? false,
    provisionalUntil: day(reached?.why.until),
    worth: benefits.reduce((sum, { valueMinor }) => sum + valueMinor, 0) / 100,
  };
}
