/**
 * An event that arrives late is decided where it belongs, and every later one again after it, as if
 * all had come in time. What changes by that is corrected: points in lots of the corrected
 * purchase's own terms, qualifying points, caps, tier. Redemptions already made stand.
 */
import { differences, type Award } from '../earning/award.js';
import { firstKey, lastKey } from '../earning/counters.js';
import {
  decide,
  qualifyingOf,
  standingAt,
  type Context,
  type Decision,
} from '../earning/decision.js';
import { decideReturn } from '../earning/give-back.js';
import { Awards, timelineOf, type TimelineEvent, type Versions } from '../earning/timeline.js';
import { changeSums } from '../earning/uses.js';
import { sumOf } from '../explanation.js';
import { placeOf } from '../offers/draws.js';
import { hadOf, poolOf } from '../offers/pool.js';
import { stillWaits, withItems } from '../partners/waiting.js';
import type { Programme } from '../programme.js';
import type { MemberState } from '../state.js';
import { reviewUntil } from '../standing/review.js';
import { isSameReview, versionAt, withGrant } from '../standing/stand.js';
import { withheldAsBefore } from '../velocity/withhold.js';
import type { Step } from './chain.js';
import { reviewStep } from './review.js';

/** Corrections of later events, and where they leave the member and the purchases. */
export interface Rest {
  steps: Step[];
  context: Context;
  awards: Awards;
}

export interface Replay {
  /** The member just before the place. */
  context: Context;
  /** What purchases are worth just before the place. */
  awards: Awards;
  /** Decides the later events again, after the late one left this context. */
  goOn(late: TimelineEvent, after: Context): Rest;
}

/** Versions, the newest of them in force, and up to when reviews are due. */
export interface Now {
  versions: Versions;
  newest: Programme;
  /** What is left of shared limits. */
  left: ReadonlyMap<string, number> | undefined;
  until: number;
}

/** The member at a place in the order of events, and the way on from there. */
export function replayFrom(member: MemberState, place: number, now: Now): Replay {
  const { versions, left } = now;
  const events = timelineOf(member.history ?? []);
  const earlier = events.filter(({ at }) => at <= place);
  const later = events.filter(({ at }) => at > place);
  const awards = Awards.after(earlier, member);
  const context: Context = {
    held: later[0]?.held ?? member.tier,
    review: later[0] === undefined ? member.review : later[0].review,
    enrolledAt: member.enrolledAt,
    qualifying:
      member.qualifying -
      later.reduce((sum, { versionNo, items }) => {
        return sum + qualifyingOf(versions.version(versionNo), items);
      }, 0n),
    counters: rewound(member, Awards.after(events, member), awards, {
      versions,
      firstPlace: later[0]?.at ?? Infinity,
    }),
    provisionalUntil: undefined,
    seenAt: earlier.findLast(({ kind }) => kind !== 'review')?.at ?? null,
    pool: poolOf(left),
  };
  return {
    context,
    awards,
    goOn: (late, after) => {
      awards.apply(late, late.items);
      return decideAgain(member, now, { later, awards, after });
    },
  };
}

/**
 * Counters as they were before the later events. What is summed loses what purchases have used since;
 * instants are read off the purchases there were, or stay where those that are known are too new.
 */
function rewound(
  member: MemberState,
  now: Awards,
  before: Awards,
  { versions, firstPlace }: { versions: Versions; firstPlace: number },
): Map<string, number> {
  const counters = new Map(member.counters);
  const [used, left, others] = [now.uses(versions), before.uses(versions), before.others(versions)];
  for (const uses of used) changeSums(counters, uses, -1n);
  for (const uses of left) changeSums(counters, uses, 1n);
  for (const id of new Set([...used, ...left].flatMap(({ granted }) => [...granted]))) {
    const [key, known] = [lastKey(id), others.lastGrant(id)];
    // What is not read is older than any cool-down, and stays as it is known.
    if (known !== 0 || (counters.get(key) ?? 0) >= firstPlace) counters.set(key, known);
  }
  for (const category of new Set([...used, ...left].flatMap(({ firsts }) => [...firsts]))) {
    const [key, known] = [firstKey(category), others.firstOf(category)];
    const current = counters.get(key) ?? 0;
    // One that is not read is older than those that are.
    const oldest = known === 0 ? firstPlace : Math.min(firstPlace, known);
    if (current === 0 || current >= oldest) counters.set(key, known);
  }
  return counters;
}

interface Again {
  later: readonly TimelineEvent[];
  awards: Awards;
  after: Context;
}

function decideAgain(
  member: MemberState,
  { versions, newest, until }: Now,
  { later, awards, after }: Again,
): Rest {
  const steps: Step[] = [];
  let context = after;
  for (const event of later) {
    const due = reviewsBefore(newest, context, event);
    steps.push(...due.steps);
    context = due.context;
    const again = { event, awards, context, newest };
    const decision = decideEvent(member, versions, again);
    const step = correction(versions, event, decision, context);
    if (step !== undefined) steps.push(step);
    const { held, review } = context;
    awards.apply({ ...event, held, review, tier: decision.tier }, decision.items);
    context = decision.next;
  }
  const due = reviewUntil(newest, context, until);
  steps.push(...due.reviews.map(reviewStep));
  return { steps, context: standingAt(context, due.point), awards };
}

/** Reviews that are due before an event and were not posted; one that was comes as an event. */
function reviewsBefore(
  newest: Programme,
  context: Context,
  { kind, at }: TimelineEvent,
): { steps: Step[]; context: Context } {
  const until = kind === 'review' ? at - 1 : at;
  const { point, reviews } = reviewUntil(newest, context, until);
  return { steps: reviews.map(reviewStep), context: standingAt(context, point) };
}

interface DecidedAgain {
  event: TimelineEvent;
  awards: Awards;
  context: Context;
  newest: Programme;
}

function decideEvent(
  member: MemberState,
  versions: Versions,
  { event, awards, context, newest }: DecidedAgain,
): Decision {
  const programme = versions.version(event.versionNo);
  if (event.kind === 'review') return reviewAgain(newest, event, context);
  if (event.kind === 'accrue') {
    const purchase = member.purchases?.get(event.seq);
    if (purchase === undefined) return unchanged(programme, event, context);
    const had = hadOf(programme, event.items, placeOf(purchase, event.occurredAt));
    const anew = decide(programme, context, purchase, event, had);
    const decision = { ...anew, items: withheldAsBefore(event.items, anew.items) };
    const { retailer } = purchase;
    return withItems(decision, stillWaits(programme, retailer, event.items, decision.items));
  }
  const award = awards.of(event.purchase);
  if (award?.purchase === undefined) return unchanged(programme, event, context);
  return returnAgain(versions, { event, awards, award, context, newest });
}

/** What was due when it was reviewed, by what is counted now, and what was given by hand then. */
function reviewAgain(newest: Programme, event: TimelineEvent, context: Context): Decision {
  const { point } = reviewUntil(newest, context, event.at);
  const { granted, at } = event;
  const next = granted === undefined ? point : withGrant(versionAt(newest, at), point, granted);
  return {
    items: [],
    billionths: 0n,
    qualifying: 0n,
    tier: context.held,
    next: { ...context, ...next },
  };
}

/** What cannot be decided again, since what was bought is erased, stays as it is. */
function unchanged(
  programme: Programme,
  { items, tier, at }: TimelineEvent,
  context: Context,
): Decision {
  const qualifying = qualifyingOf(programme, items);
  const next = { ...context, qualifying: context.qualifying + qualifying, seenAt: at };
  return { items, billionths: sumOf(items), qualifying, tier, next };
}

function returnAgain(
  versions: Versions,
  { event, awards, award, context, newest }: DecidedAgain & { award: Award },
): Decision {
  return decideReturn(context, {
    awarding: versions.version(award.versionNo),
    programme: versions.at(event.occurredAt) ?? versions.version(award.versionNo),
    newest,
    award,
    returned: [...award.returned, ...event.returned],
    time: event.at,
    others: awards.others(versions, award.seq),
    floor: awards.provisionalFrom(event.at, versions),
  });
}

/** The posting that makes a later event what it would have been; none when it is that already. */
function correction(
  versions: Versions,
  event: TimelineEvent,
  decision: Decision,
  { held, review }: Context,
): Step | undefined {
  const items = differences(event.items, decision.items);
  const isSame = items.length === 0 && held === event.held && decision.tier === event.tier;
  if (isSame && isSameReview(review, event.review)) return undefined;
  const programme = versions.version(event.versionNo);
  return {
    kind: 'correct',
    subjectSeq: event.purchase,
    programme,
    occurredAt: event.occurredAt,
    items,
    billionths: sumOf(items),
    qualifying: qualifyingOf(programme, items),
    moves: [],
    decision: { held, tier: decision.tier, event: event.seq, review },
  };
}
