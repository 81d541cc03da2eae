/**
 * Reviews: at the end of a window a tier is kept, kept although a little is missing, given a grace,
 * or lowered by one. They are decided by time and counters alone, so whoever asks, and whenever,
 * comes to the same.
 */
import type { Review, ReviewCode } from '../ladder.js';
import type { Programme } from '../programme.js';
import type { StandingReason } from '../outcome.js';
import { nextReview, windowOf, type Range } from './months.js';
import { marginOf, nearest, reachedRung } from './rungs.js';
import {
  calendarOf,
  dueAt,
  isReviewed,
  ownRung,
  scheduled,
  versionAt,
  withOwn,
  type Calendar,
  type Standpoint,
} from './stand.js';
import { tallyIn, whole, type Tally } from './tally.js';

export type ReviewReason = StandingReason & { code: ReviewCode };

/** A review that was due. */
export interface Reviewed {
  at: number;
  programme: Programme;
  before: Standpoint;
  after: Standpoint;
  why: ReviewReason;
}

/** Decides every review due by an instant, by the version in force when it was due. */
export function reviewUntil(
  newest: Programme,
  point: Standpoint,
  instant: number,
): { point: Standpoint; reviews: Reviewed[] } {
  const reviews: Reviewed[] = [];
  let current = point;
  for (;;) {
    current = scheduled(versionAt(newest, instant), current);
    const due = dueAt(current.review);
    if (due === null || due > instant) return { point: current, reviews };
    const programme = versionAt(newest, due);
    const decided = reviewAt(programme, current, due);
    reviews.push({ at: due, programme, before: current, ...decided });
    current = decided.after;
  }
}

function reviewAt(
  programme: Programme,
  point: Standpoint,
  at: number,
): { after: Standpoint; why: ReviewReason } {
  const { review } = point;
  const own = Math.max(0, ownRung(programme, point));
  const isGrantOver = (review?.grant?.until ?? Infinity) <= at;
  const free = isGrantOver ? withOwn(programme, point, own, { grant: null }) : point;
  if (review?.at === null || review?.at === undefined || review.at > at) {
    return { after: free, why: reasonOf(free, 'grant_ended', 0) };
  }
  if (own === 0 || !isReviewed(programme)) {
    const after = withOwn(programme, free, own, { at: null, missedAt: null, rolled: null });
    return { after, why: reasonOf(after, 'no_review_any_more', 0) };
  }
  return judged(programme, free, own, at);
}

export type Verdict = Extract<
  ReviewCode,
  'tier_kept' | 'near_miss_kept' | 'not_counted_in_full' | 'grace_started' | 'tier_lowered'
>;

function judged(
  programme: Programme,
  point: Standpoint,
  own: number,
  at: number,
): { after: Standpoint; why: ReviewReason } {
  const calendar = calendarOf(programme, point.enrolledAt);
  const { months } = calendar;
  const range = judgedRange(programme, calendar, point.review, at);
  const tally = tallyIn(programme, point, months, range);
  const isWhole = months.startOf(range.from) >= programme.ladder.since;
  const code = isWhole ? verdictOf(programme, own, tally, point.review) : 'not_counted_in_full';
  const rung = code === 'tier_lowered' ? own - 1 : own;
  const after = withOwn(programme, point, rung, {
    ...datesAfter(programme, calendar, { code, rung, at }),
    rolled: rolledOver(programme, calendar, { point, tally, rung, at }),
  });
  const { way, have } = nearest(tierOf(programme, own), tally, 'keep');
  const why: ReviewReason = {
    ...reasonOf(after, code, whole(way.metric, way.threshold)),
    metric: way.metric,
    counted: whole(way.metric, have),
    keep: whole(way.metric, way.keep),
  };
  return { after, why };
}

/** The months a review judges; a grace lengthens those of the review that was missed. */
export function judgedRange(
  { ladder }: Programme,
  { months, enrolled }: Calendar,
  review: Review | undefined,
  at: number,
): Range {
  const until = months.placeOf(at);
  const end = months.placeOf(review?.missedAt ?? at);
  return { from: windowOf(ladder, end - 1, enrolled).from, until };
}

/** What a review says of a tier by a tally; a margin is what may be missing. */
export function verdictOf(
  programme: Programme,
  own: number,
  tally: Tally,
  review: Review | undefined,
): Verdict {
  const { ways } = tierOf(programme, own);
  const has = (margin: (way: (typeof ways)[number]) => bigint): boolean =>
    ways.some((way) => tally[way.metric] + margin(way) >= way.keep);
  if (reachedRung(programme, tally) >= own || has(() => 0n)) return 'tier_kept';
  if (has((way) => marginOf(programme, way))) return 'near_miss_kept';
  const isGraceOver = (review?.missedAt ?? null) !== null;
  return programme.ladder.graceMonths > 0 && !isGraceOver ? 'grace_started' : 'tier_lowered';
}

function datesAfter(
  { ladder }: Programme,
  { months, enrolled }: Calendar,
  { code, rung, at }: { code: Verdict; rung: number; at: number },
): Pick<Review, 'at' | 'missedAt'> {
  const month = months.placeOf(at);
  if (code === 'grace_started') {
    return { at: months.startOf(month + ladder.graceMonths), missedAt: at };
  }
  const next = months.startOf(nextReview(ladder, month, enrolled));
  return { at: rung === 0 ? null : next, missedAt: null };
}

/** What the window that ends had beyond the threshold of the tier held from now on. */
function rolledOver(
  programme: Programme,
  { months, enrolled }: Calendar,
  { point, tally, rung, at }: { point: Standpoint; tally: Tally; rung: number; at: number },
): Review['rolled'] {
  const { ladder } = programme;
  const month = months.placeOf(at);
  const isEnd = windowOf(ladder, month, enrolled).from === month;
  if (!ladder.rollsOver || rung === 0) return null;
  if (!isEnd) return point.review?.rolled ?? null;
  const way = tierOf(programme, rung).ways.find(({ metric }) => metric === 'qualifying_points');
  const excess = way === undefined ? 0n : tally.qualifying_points - way.threshold;
  return excess > 0n ? { start: months.startOf(month), billionths: excess } : null;
}

function tierOf(programme: Programme, rung: number): Programme['tiers'][number] {
  return programme.tiers[rung] ?? programme.tiers[0];
}

function reasonOf(
  { qualifying, review }: Standpoint,
  code: ReviewCode,
  threshold: number,
): ReviewReason {
  const until = dueAt(review);
  return {
    code,
    qualifying: qualifying.toString(),
    threshold,
    ...(until !== null && { until }),
  };
}
