/**
 * What a purchase is worth, and what a return takes back, given the member as they stood at that
 * point of the order in which things happened. The same for an event in time and for one decided
 * again because another came late.
 */
import { paidBefore } from '../baskets/basket.js';
import { sumOf, type ExplanationItem } from '../explanation.js';
import { funderAt } from '../partners/funding.js';
import { dateFrom } from '../expiry/terms.js';
import { endOfDayAfter } from '../period.js';
import { BILLION } from '../points.js';
import { readingAt, readingsOf, savedBy } from '../metered/meter.js';
import type { MeteredTerms } from '../metered/terms.js';
import type { Group, Programme } from '../programme.js';
import { placeOf } from '../offers/draws.js';
import { poolOf, withinPool, type Had, type Pool } from '../offers/pool.js';
import {
  capCounters,
  firstKey,
  knownSince,
  lastKey,
  ordinalOf,
  silenceOf,
  usedOf,
} from './counters.js';
import { earningBasis, type EarningBasis } from './earn.js';
import type { Purchase } from '../purchase.js';
import type { MemberState, State } from '../state.js';
import { itemsOf, type Room } from './items.js';
import type { Occasion } from './occasion.js';
import { afterEvent, standingOf, type Standpoint } from '../standing/stand.js';
import { withheldUntil } from '../velocity/withhold.js';
import { rungOf } from './tier.js';
import { counts, usesOf, withUses } from './uses.js';

/** The member at one point of the order of events. */
export interface Context extends Standpoint {
  /** Until when the tier reached last goes with a return of what reached it. */
  provisionalUntil?: number | undefined;
  /** Place of the newest event so far, reviews aside; null = none is known. */
  seenAt: number | null;
  /** What is left of shared limits. */
  pool: Pool;
}

/** The member as they stand, which is the context of an event in time. */
export function contextOf(member: MemberState, left: State['left']): Context {
  const { tier, review, qualifying, counters, enrolledAt, heardAt } = member;
  // Every field is there from the start: one added to a copy costs as much as fifty written out.
  return {
    held: tier,
    review,
    qualifying,
    counters,
    enrolledAt,
    provisionalUntil: undefined,
    seenAt: heardAt,
    pool: poolOf(left),
  };
}

/** The context with the member standing where reviews leave them. */
export function standingAt(context: Context, point: Standpoint): Context {
  return point === context ? context : { ...context, held: point.held, review: point.review };
}

export interface Decision {
  items: readonly ExplanationItem[];
  billionths: bigint;
  /** Change of the qualifying billionths. */
  qualifying: bigint;
  /** The tier it was decided at. */
  tier: string;
  next: Context;
}

export interface LotTerms {
  funder: string;
  accruedAt: number;
  availableFrom: number;
  expiresAt: number | null;
}

/** The terms of points for a purchase: pending until its return window closes, then rolling. */
export function termsOf(programme: Programme, occurredAt: number, retailer?: string): LotTerms {
  const { timeZone, returnWindowDays } = programme;
  return {
    funder: funderAt(programme, retailer),
    accruedAt: occurredAt,
    availableFrom:
      returnWindowDays === 0 ? occurredAt : endOfDayAfter(timeZone, occurredAt, returnWindowDays),
    expiresAt: dateFrom(programme, occurredAt),
  };
}

/** The same for points of items that may say that they are withheld. */
export function termsOfItems(
  programme: Programme,
  when: Omit<When, 'at'>,
  retailer: string | undefined,
  items: Iterable<ExplanationItem>,
): LotTerms {
  const terms = termsOf(programme, when.occurredAt, retailer);
  if (programme.velocity.length === 0) return terms;
  const until = withheldUntil(programme, when, items);
  return until > terms.availableFrom ? { ...terms, availableFrom: until } : terms;
}

/** When an event happened, and its place in the order, whose caps and cool-downs count. */
export interface When {
  occurredAt: number;
  at: number;
  /** When it became known; undefined = at its place. */
  arrivedAt?: number | undefined;
}

/**
 * Decides a purchase or an activity, once the reviews before it are decided; one that is decided again with what it has of shared limits
 * from before.
 */
export function decide(
  programme: Programme,
  context: Context,
  purchase: Purchase,
  { occurredAt, at, arrivedAt }: When,
  had?: Had,
): Decision {
  const { counters, enrolledAt } = context;
  const basis = earningBasis(programme, purchase);
  const tier = standingOf(programme, context);
  const occasion = occasionOf(programme, context, purchase, { occurredAt, at }, basis);
  const ofGroup = (group: Group): Room => roomLeft(programme, group, { counters, at, purchase });
  const { items: decided, pool } = withinPool(
    programme,
    context.pool,
    placeOf(purchase, occurredAt),
    (ofOffer) => itemsOf(programme, occasion, basis, tier, { ofGroup, ofOffer }),
    had,
  );
  const billionths = sumOf(decided);
  const items = [...basis.explanation, ...decided];
  const qualifying = qualifyingOf(programme, decided);
  const uses = usesOf({ programme, items: decided, at, arrivedAt, purchase, basis, enrolledAt });
  const counted: Context = {
    ...context,
    qualifying: context.qualifying + qualifying,
    counters: withUses(knownSince(programme, counters, context.seenAt), uses, at),
    seenAt: at,
    pool,
  };
  const next = afterEvent(programme, counted, at);
  const after = standingAt(counted, next);
  const isReached = next.held !== context.held && rungOf(programme, next.held) > 0;
  const isProvisional = isReached && programme.returnWindowDays > 0;
  return {
    items,
    billionths,
    qualifying,
    tier: tier.code,
    next: isProvisional
      ? { ...after, provisionalUntil: termsOf(programme, occurredAt).availableFrom }
      : after,
  };
}

/** What rules look at, given the member at that point. */
export function occasionOf(
  programme: Programme,
  {
    held,
    qualifying,
    counters,
    seenAt,
  }: Pick<Context, 'held' | 'qualifying' | 'counters' | 'seenAt'>,
  purchase: Purchase,
  { occurredAt, at }: When,
  basis: EarningBasis,
): Occasion {
  return {
    purchase,
    occurredAt,
    timeZone: programme.timeZone,
    excludedTenders: programme.excludedTenders,
    tier: standingOf(programme, { held, qualifying }).code,
    counts: counts(programme, purchase, basis),
    ordinal: () => ordinalOf(programme, counters, at),
    silence: () => silenceOf(counters, at, seenAt),
    isFirstOf: (category) => (counters.get(firstKey(category)) ?? 0) === 0,
    saved: (rule) => savedIn(counters, purchase, rule, at),
  };
}

/** What a reading at a place shows to be saved beside those before it. */
function savedIn(
  counters: ReadonlyMap<string, number>,
  purchase: Purchase,
  { category, until }: MeteredTerms,
  at: number,
): bigint | undefined {
  const reading = purchase.activity && readingAt(purchase.activity, at);
  if (reading === undefined || purchase.activity?.category !== category) return undefined;
  return savedBy(readingsOf(counters, purchase), reading, until);
}

/** Billionths among items that count towards a tier. */
export function qualifyingOf(
  { rules }: Pick<Programme, 'rules'>,
  items: readonly ExplanationItem[],
): bigint {
  return sumOf(items.filter(([rule]) => rules[rule]?.qualifies === true));
}

/** What caps and cool-down leave to a group for a purchase at a place of the order. */
function roomLeft(
  programme: Programme,
  group: Group,
  {
    counters,
    at,
    purchase,
  }: { counters: ReadonlyMap<string, number>; at: number; purchase: Purchase },
): Room {
  const lastAt = group.coolDownMs === 0 ? 0 : (counters.get(lastKey(group.id)) ?? 0);
  const isRecent = lastAt !== 0 && at - lastAt < group.coolDownMs;
  const had = isRecent && group.topsUp ? paidBefore(counters, group, at) : 0n;
  const isCoolingDown = isRecent && had === 0n;
  let room: Room = { left: undefined, cap: undefined, isCoolingDown, had };
  const limit = (points: number, used: bigint): void => {
    const left = BigInt(points) * BILLION - used;
    if (room.left === undefined || left < room.left) room = { ...room, left, cap: points };
  };
  for (const { period, points } of group.caps) if (period === 'purchase') limit(points, had);
  for (const place of capCounters(programme, group, at, purchase)) {
    limit(place.cap.points, usedOf(counters, place));
  }
  return room;
}
