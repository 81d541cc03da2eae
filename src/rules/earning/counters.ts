/**
 * What is counted for a member, and under which name. Caps of groups that pay whole points count
 * points; others count points and, beside them, billionths of the next point.
 */
import { basketNeeds } from '../baskets/basket.js';
import { dueCounters } from '../partners/draw.js';
import { fundersFor } from '../partners/terms.js';
import { periodStart, type CapPeriod } from '../period.js';
import { BILLION } from '../points.js';
import { isOfTime } from '../offers/offer.js';
import type { Counter } from '../outcome.js';
import type { Cap, Group, Programme } from '../programme.js';
import { counterKey, type CounterNeed } from '../state.js';
import type { Purchase } from '../purchase.js';
import { meterName } from '../metered/meter.js';
import { velocityNeeds } from '../velocity/withhold.js';
import { deedsNeeded, PURCHASES } from '../segments/deeds.js';

/** Stands for all rules together, and can be no rule's id. */
const ALL = '*';

/** Where one cap counts. */
export interface CapCounters {
  cap: Cap;
  start: number;
  points: string;
  /** Billionths of the next point; undefined = only whole points are ever paid. */
  part: string | undefined;
}

/** When a group last paid; 0 = never. */
export const lastKey = (group: string): string => counterKey(lastName(group), 0);
const lastName = (group: string): string => `${group}/last`;

/** When the member first bought of a category; 0 = never. */
export const firstKey = (category: string): string => counterKey(firstName(category), 0);
const firstName = (category: string): string => `${ALL}/first/${category}`;

/** Stands for any category among first purchases, and can be none's code. */
export const BOUGHT = '*bought';

/**
 * Counters that remember since when a member is known. What came before the version that asks for it
 * is remembered by the event before, or a late one would find a member of whom nothing was known.
 */
export function knownSince(
  { lapsedDays }: Programme,
  counters: ReadonlyMap<string, number>,
  seenAt: number | null,
): ReadonlyMap<string, number> {
  if (lapsedDays === 0 || seenAt === null) return counters;
  const key = firstKey(BOUGHT);
  const first = counters.get(key) ?? 0;
  return first !== 0 && first <= seenAt ? counters : new Map(counters).set(key, seenAt);
}

/**
 * Milliseconds since the event before one at `at`. Where none is known there may be older ones than
 * were read, which are older than any rule asks for.
 */
export function silenceOf(
  counters: ReadonlyMap<string, number>,
  at: number,
  seenAt: number | null,
): number | undefined {
  if (seenAt !== null) return at - seenAt;
  const first = counters.get(firstKey(BOUGHT)) ?? 0;
  return first > 0 && first < at ? Infinity : undefined;
}

/** Local days on which the member made a purchase that counts, and such purchases of one day. */
const PURCHASE_DAYS = `${ALL}/purchase-days`;
export const purchaseDaysKey = counterKey(PURCHASE_DAYS, 0);
export const purchasesKey = ({ timeZone }: Programme, time: number): string =>
  counterKey(PURCHASES, periodStart(timeZone, time, 'day'));

/** Which of the member's purchases one is, from 1; all of one local day are the same one. */
export function ordinalOf(
  programme: Programme,
  counters: ReadonlyMap<string, number>,
  time: number,
): number {
  const days = counters.get(purchaseDaysKey) ?? 0;
  return (counters.get(purchasesKey(programme, time)) ?? 0) > 0 ? days : days + 1;
}

/** Where the caps of a group count, those on a single purchase left out. */
export function capCounters(
  programme: Programme,
  { id, level, caps }: Pick<Group, 'id' | 'level' | 'caps'>,
  time: number,
  { location }: Pick<Purchase, 'location'>,
): CapCounters[] {
  const counters: CapCounters[] = [];
  for (const cap of caps) {
    const { period, perLocation } = cap;
    if (period === 'purchase') continue;
    // Last, as a location may be called anything.
    const where = perLocation ? `@${location ?? ''}` : '';
    const start = periodStart(programme.timeZone, time, period satisfies CapPeriod);
    const part = level === 'event' ? undefined : `${id}/${period}/part${where}`;
    counters.push({ cap, start, points: `${id}/${period}${where}`, part });
  }
  return counters;
}

/** The caps on all rules together, as those of a group. */
export const memberGroup = ({ memberCaps }: Programme): Group => ({
  id: ALL,
  competes: false,
  level: 'amount',
  rules: [],
  caps: memberCaps,
  coolDownMs: 0,
  topsUp: false,
});

/** Billionths that a cap has counted. */
export function usedOf(
  counters: ReadonlyMap<string, number>,
  { points, part, start }: Pick<CapCounters, 'points' | 'part' | 'start'>,
): bigint {
  const whole = BigInt(counters.get(counterKey(points, start)) ?? 0) * BILLION;
  return part === undefined ? whole : whole + BigInt(counters.get(counterKey(part, start)) ?? 0);
}

/** Counts billionths, negative ones too; never below nothing. */
export function use(
  counters: Map<string, number>,
  at: Pick<CapCounters, 'points' | 'part' | 'start'>,
  billionths: bigint,
): void {
  const sum = usedOf(counters, at) + billionths;
  const used = sum < 0n ? 0n : sum;
  counters.set(counterKey(at.points, at.start), Number(used / BILLION));
  if (at.part !== undefined) {
    counters.set(counterKey(at.part, at.start), Number(used % BILLION));
  }
}

/**
 * The counters that deciding a purchase with its place at `time` reads, so that no others are
 * fetched.
 */
export function countersNeeded(
  programme: Programme,
  time: number,
  purchase: Purchase,
  occurredAt = time,
): CounterNeed[] {
  const needed: CounterNeed[] = [];
  const need = (counter: string, start: number): void => {
    needed.push({ counter, periodStart: start });
  };
  const caps = (group: Group): void => {
    for (const { points, part, start } of capCounters(programme, group, time, purchase)) {
      need(points, start);
      if (part !== undefined) need(part, start);
    }
  };
  for (const group of programme.groups) {
    if (!group.rules.some((ruleNo) => isOfTime(programme, ruleNo, occurredAt))) continue;
    if (group.coolDownMs > 0) need(lastName(group.id), 0);
    if (group.topsUp) needed.push(...basketNeeds(group, time));
    caps(group);
  }
  if (programme.memberCaps.length > 0) caps(memberGroup(programme));
  if (programme.velocity.length > 0) needed.push(...velocityNeeds(programme, { at: time }));
  if (programme.countedMinor !== undefined) {
    need(PURCHASE_DAYS, 0);
    need(PURCHASES, periodStart(programme.timeZone, time, 'day'));
  }
  if (programme.lapsedDays > 0) need(firstName(BOUGHT), 0);
  for (const category of firstsOf(programme, purchase)) need(firstName(category), 0);
  needed.push(...deedsNeeded(programme, time, purchase));
  const meter = meterName(purchase);
  if (meter !== undefined) needed.push({ counter: meter, periodStart: 0, onwards: true });
  needed.push(
    ...dueCounters(programme.partners, fundersFor(programme.partners, purchase.retailer)),
  );
  return needed;
}

/** Categories of a purchase whose first purchase is remembered. */
export function firstsOf({ firsts }: Programme, { lines }: Purchase): Set<string> {
  if (firsts.size === 0) return new Set();
  return new Set(lines.map(({ category }) => category).filter((each) => firsts.has(each)));
}

/** Counters that are other than before, with what they are now. */
export function changedCounters(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Counter[] {
  if (before === after) return [];
  const changed: Counter[] = [];
  for (const [key, used] of after) {
    if ((before.get(key) ?? 0) === used) continue;
    const cut = key.lastIndexOf('@');
    changed.push({ counter: key.slice(0, cut), periodStart: Number(key.slice(cut + 1)), used });
  }
  return changed;
}
