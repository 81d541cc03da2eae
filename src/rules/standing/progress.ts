/** What a member can be told of where they stand: what is missing, by when, and what is at risk. */
import { DAY_MS } from '../period.js';
import type { Programme, Tier } from '../programme.js';
import { tierAt } from '../earning/tier.js';
import type { Range } from './months.js';
import { windowOf } from './months.js';
import { judgedRange, reviewUntil, verdictOf, type Reviewed, type Verdict } from './review.js';
import { nearest, type Come } from './rungs.js';
import { calendarOf, ownRung, type Standpoint } from './stand.js';
import { tallyIn, type Tally } from './tally.js';

/** How a tier is kept. */
export interface Keeping {
  /** The tier held without a grant. */
  tier: Tier;
  /** The instant of the review. */
  at: number;
  isInGrace: boolean;
  /** What the review would say if nothing changed until then. */
  verdict: Verdict;
  /** Whether a warning is due: it would be missed, and is near. */
  isAtRisk: boolean;
  ways: readonly Come[];
  /** The way with least to go. */
  nearest: Come;
}

export interface Progress {
  /** The member once reviews that are due are decided, whoever posts them. */
  point: Standpoint;
  /** Reviews that are due and not posted yet. */
  due: readonly Reviewed[];
  /** The window that counts for what can be reached, in instants; undefined = a lifetime. */
  window: { from: number; until: number } | undefined;
  /** What it has counted. */
  tally: Tally;
  /** Undefined = the tier stays for good. */
  keeping: Keeping | undefined;
}

/** Where a member stands at an instant under the version in force then. */
export function progressOf(programme: Programme, before: Standpoint, now: number): Progress {
  const { point, reviews } = reviewUntil(programme, before, now);
  const { months, enrolled } = calendarOf(programme, point.enrolledAt);
  const range = windowOf(programme.ladder, months.placeOf(now), enrolled);
  const isEndless = programme.ladder.window.kind === 'lifetime';
  return {
    point,
    due: reviews,
    window: isEndless
      ? undefined
      : { from: months.startOf(range.from), until: months.startOf(range.until) },
    tally: tallyIn(programme, point, months, range),
    keeping: keepingOf(programme, point, now),
  };
}

function keepingOf(programme: Programme, point: Standpoint, now: number): Keeping | undefined {
  const at = point.review?.at ?? null;
  const own = ownRung(programme, point);
  if (at === null || own <= 0) return undefined;
  const calendar = calendarOf(programme, point.enrolledAt);
  const judged = judgedRange(programme, calendar, point.review, at);
  const soFar: Range = {
    from: judged.from,
    until: Math.min(judged.until, calendar.months.placeOf(now) + 1),
  };
  const tally = tallyIn(programme, point, calendar.months, soFar);
  const isWhole = calendar.months.startOf(judged.from) >= programme.ladder.since;
  const verdict = isWhole
    ? verdictOf(programme, own, tally, point.review)
    : ('not_counted_in_full' as const);
  const tier = tierAt(programme, own);
  const isMissed = verdict === 'grace_started' || verdict === 'tier_lowered';
  const isInGrace = (point.review?.missedAt ?? null) !== null;
  const isNear = now >= at - programme.ladder.warningDays * DAY_MS;
  return {
    tier,
    at,
    isInGrace,
    verdict,
    isAtRisk: isMissed && (isNear || isInGrace),
    ways: tier.ways.map((way) => nearest({ ...tier, ways: [way] }, tally, 'keep')),
    nearest: nearest(tier, tally, 'keep'),
  };
}
