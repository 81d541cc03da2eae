/**
 * What a return does to a tier. While the purchase can be returned, whatever it reached or kept
 * since goes with it: the member ends where the rest would have led. Later, a tier stays until its
 * next review.
 */
import type { Programme } from '../programme.js';
import type { Review } from '../ladder.js';
import { reviewUntil } from './review.js';
import {
  calendarOf,
  isSameReview,
  ownRung,
  versionAt,
  withOwn,
  withReached,
  type Standpoint,
} from './stand.js';
import { windowOf } from './months.js';
import { tallyIn } from './tally.js';

/** A point of the order of events. */
export interface Point {
  at: number;
  held: string;
  review?: Review | undefined;
}

/**
 * Where a return leaves a member. What would have led from a point to now is told twice, with and
 * without what comes back; where that differs, the member stands where the rest led, never higher.
 */
export function returned<Stood extends Standpoint>(
  newest: Programme,
  { before, after }: { before: Stood; after: Stood },
  from: Point,
  time: number,
): Stood {
  const whole = courseOf(newest, before, from, time);
  const without = courseOf(newest, after, from, time);
  if (isSame(whole, without)) return after;
  const programme = versionAt(newest, time);
  const [now, left] = [ownRung(programme, after), ownRung(programme, without)];
  if (left > now) return after;
  const { at = null, missedAt = null, rolled = null } = without.review ?? {};
  return { ...after, ...withOwn(programme, after, left, { at, missedAt, rolled }) };
}

function isSame(one: Standpoint, other: Standpoint): boolean {
  return one.held === other.held && isSameReview(one.review, other.review);
}

/**
 * The course from a point to an instant by what is counted now: month by month what was reached,
 * and reviews where they were due. Grants do not matter to it.
 */
function courseOf(
  newest: Programme,
  { counters, qualifying, enrolledAt }: Standpoint,
  from: Point,
  time: number,
): Standpoint {
  const start = versionAt(newest, from.at);
  let point: Standpoint = {
    counters,
    qualifying,
    enrolledAt,
    held: from.held,
    review: from.review,
  };
  point = withOwn(start, point, Math.max(0, ownRung(start, point)), { grant: null });
  const { months } = calendarOf(start, enrolledAt);
  let at = from.at;
  for (;;) {
    const month = months.placeOf(at);
    const end = Math.min(months.startOf(month + 1), time);
    point = reachedIn(versionAt(newest, end), point, at);
    point = reviewUntil(newest, point, end).point;
    if (end >= time) return point;
    at = end;
  }
}

/** Counts nothing of later months, which a window may have as well. */
function reachedIn(programme: Programme, point: Standpoint, at: number): Standpoint {
  const { months, enrolled } = calendarOf(programme, point.enrolledAt);
  const month = months.placeOf(at);
  const { from } = windowOf(programme.ladder, month, enrolled);
  const tally = tallyIn(programme, point, months, { from, until: month + 1 });
  return withReached(programme, point, at, tally);
}

/** Points that come back of a window before roll over no longer, however late. */
export function withoutRolled<Stood extends Standpoint>(
  programme: Programme,
  before: Standpoint,
  after: Stood,
  awardedAt: number,
): Stood {
  const rolled = after.review?.rolled ?? null;
  const back = before.qualifying - after.qualifying;
  if (rolled === null || awardedAt >= rolled.start || back <= 0n) return after;
  const left = rolled.billionths - back;
  const rest = left > 0n ? { ...rolled, billionths: left } : null;
  const own = ownRung(programme, after);
  return { ...after, ...withOwn(programme, after, own, { rolled: rest }) };
}
