/** Where a member stands, and until when, as events and reviews change it. */
import type { Grant, Review } from '../ladder.js';
import type { Programme, Tier } from '../programme.js';
import type { MemberState } from '../state.js';
import { firstReview, monthsOf, type Months } from './months.js';
import { grantedRung, reachedRung } from './rungs.js';
import { tallyAt, type Tally } from './tally.js';
import { reachedTier, rungOf, standingTier, tierAt } from '../earning/tier.js';

/** The part of a member, at one point of the order of events, that says where they stand. */
export interface Standpoint {
  /** Tier held so far; '' = none yet. */
  held: string;
  /** How long it is kept; undefined = for good. */
  review?: Review | undefined;
  qualifying: bigint;
  /** Used amounts by `counterKey`. */
  counters: ReadonlyMap<string, number>;
  enrolledAt: number;
}

/** The months of a member. */
export interface Calendar {
  months: Months;
  /** The month in which the member enrolled. */
  enrolled: number;
}

export function calendarOf(programme: Programme, enrolledAt: number): Calendar {
  const months = monthsOf(programme, enrolledAt);
  return { months, enrolled: months.placeOf(enrolledAt) };
}

const nothing: Review = { own: null, at: null, missedAt: null, grant: null, rolled: null };

/** The version in force at an instant, of one and those before it. */
export function versionAt(programme: Programme, instant: number): Programme {
  let version = programme;
  while (version.effectiveAt > instant && version.earlier !== undefined) version = version.earlier;
  return version;
}

/** The tier a member stands in under a version: the one held, or where it counts for good, reached. */
export function standingOf(
  programme: Programme,
  { held, qualifying }: Pick<Standpoint, 'held' | 'qualifying'>,
): Tier {
  return tierAt(programme, standingTier(programme, held, qualifying));
}

/** Whether tiers are ever reviewed. */
export const isReviewed = ({ ladder }: Programme): boolean => ladder.window.kind !== 'lifetime';

/** The rung held by one's own doing. */
export function ownRung(programme: Programme, { held, review }: Standpoint): number {
  return rungOf(programme, review?.own ?? held);
}

/** The standpoint with another own rung, and what follows of grants; `at` is when it is reviewed. */
export function withOwn(
  programme: Programme,
  point: Standpoint,
  own: number,
  change: Partial<Review>,
): Standpoint {
  const grant = change.grant === undefined ? (point.review?.grant ?? null) : change.grant;
  const held = grantedRung(programme, own, grant);
  const before = point.review ?? nothing;
  const review: Review = {
    own: held === own ? null : tierAt(programme, own).code,
    at: change.at === undefined ? before.at : change.at,
    missedAt: change.missedAt === undefined ? before.missedAt : change.missedAt,
    grant,
    rolled: change.rolled === undefined ? before.rolled : change.rolled,
  };
  const isForGood =
    review.own === null && review.at === null && review.rolled === null && grant === null;
  return { ...point, held: tierAt(programme, held).code, review: isForGood ? undefined : review };
}

/** When the tier on a rung, reached at an instant, is reviewed; null = never. */
export function reviewAfterReach(
  programme: Programme,
  { months, enrolled }: Calendar,
  rung: number,
  at: number,
): number | null {
  if (rung <= 0 || !isReviewed(programme)) return null;
  return months.startOf(firstReview(programme.ladder, months.placeOf(at), enrolled));
}

/**
 * The standpoint after an event at an instant: a tier that is reached is held at once. A tier held
 * from before there were reviews is first reviewed once a window has been counted in full.
 */
export function afterEvent(programme: Programme, point: Standpoint, at: number): Standpoint {
  const { ladder } = programme;
  if (ladder.isPlain && point.review === undefined) {
    const held = standingOf(programme, point).code;
    return held === point.held ? point : { ...point, held };
  }
  const tally = ladder.isPlain ? undefined : tallyAt(programme, point, at);
  return withReached(programme, point, at, tally);
}

/** The same, for a tally that is known. */
export function withReached(
  programme: Programme,
  point: Standpoint,
  at: number,
  tally: Tally | undefined,
): Standpoint {
  const own = ownRung(programme, point);
  const reached =
    tally === undefined ? reachedTier(programme, point.qualifying) : reachedRung(programme, tally);
  const calendar = calendarOf(programme, point.enrolledAt);
  if (reached > own) {
    const change = { at: reviewAfterReach(programme, calendar, reached, at), missedAt: null };
    return withOwn(programme, point, reached, change);
  }
  return scheduled(programme, withOwn(programme, point, Math.max(own, 0), {}));
}

/** Gives a tier that is not yet due for a review the date of its first one. */
export function scheduled(programme: Programme, point: Standpoint): Standpoint {
  if (!isReviewed(programme) || (point.review?.at ?? null) !== null) return point;
  const own = ownRung(programme, point);
  if (own <= 0) return point;
  const calendar = calendarOf(programme, point.enrolledAt);
  const at = reviewAfterReach(programme, calendar, own, programme.ladder.since);
  return withOwn(programme, point, own, { at });
}

/** A tier given by hand until an instant; an earlier grant ends with it. */
export function withGrant(programme: Programme, point: Standpoint, grant: Grant): Standpoint {
  const own = Math.max(0, ownRung(programme, point));
  return withOwn(programme, point, own, { grant });
}

/** When time alone may change where a member stands; null = never. */
export function dueAt(review: Review | undefined): number | null {
  if (review === undefined) return null;
  const { at, grant } = review;
  if (at === null || grant === null) return at ?? grant?.until ?? null;
  return Math.min(at, grant.until);
}

/** Whether two reviews say the same. */
export function isSameReview(one: Review | undefined, other: Review | undefined): boolean {
  return one === other || textOf(one) === textOf(other);
}

const textOf = (review: Review | undefined): string =>
  JSON.stringify(review, (_, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );

/** Where a member stands as they are stored. */
export function pointOf(
  member: Pick<MemberState, 'tier' | 'review' | 'qualifying' | 'counters' | 'enrolledAt'>,
): Standpoint {
  const { tier, review, qualifying, counters, enrolledAt } = member;
  return { held: tier, review, qualifying, counters, enrolledAt };
}
