/**
 * What a purchase, as it is worth now, has used of its member's counters: derived from its items and
 * what is left of it, so that a return or another order of events gives just that back.
 */
import { basketPlace } from '../baskets/basket.js';
import { MEMBER_CAP, NO_RULE, WAITS, type ExplanationItem } from '../explanation.js';
import { readingDeed } from '../metered/meter.js';
import type { Programme } from '../programme.js';
import { counterKey } from '../state.js';
import {
  capCounters,
  BOUGHT,
  firstKey,
  firstsOf,
  lastKey,
  memberGroup,
  purchaseDaysKey,
  purchasesKey,
  use,
  type CapCounters,
} from './counters.js';
import { earningBasis, type EarningBasis } from './earn.js';
import { monthCounters, type MonthCounters } from '../standing/tally.js';
import type { Purchase } from '../purchase.js';
import { velocityUses } from '../velocity/withhold.js';
import { deedsOf } from '../segments/deeds.js';

/** A purchase's worth. */
export interface Worth {
  programme: Programme;
  items: Iterable<ExplanationItem>;
  /** Its place in the order of events. */
  at: number;
  /** When it became known; undefined = at its place. */
  arrivedAt?: number | undefined;
  /** What is left of it; undefined = erased, so that only caps on its rules are known. */
  purchase: Purchase | undefined;
  /** Of `purchase`, where it is known already. */
  basis?: EarningBasis;
  /** When the member enrolled. */
  enrolledAt: number;
}

export interface Uses {
  /** Billionths counted by caps, by `counterKey`. */
  caps: Map<string, { at: Pick<CapCounters, 'points' | 'part' | 'start'>; billionths: bigint }>;
  /** Ids of groups with a cool-down that paid. */
  granted: Set<string>;
  /** Categories bought of which the first purchase is remembered. */
  firsts: Set<string>;
  /** `purchasesKey` of its day, where it counts as a purchase. */
  counted: string | undefined;
  /** What segments count of it, by `counterKey`. */
  deeds: ReadonlyMap<string, number>;
  /** What it counts towards tiers, and where. */
  tier: TierUse | undefined;
}

interface TierUse {
  counters: MonthCounters;
  /** Billionths of qualifying points. */
  qualifying: bigint;
  /** Eligible minor units. */
  spend: number;
}

const none: ReadonlyMap<string, number> = new Map();
const nothing: Purchase = { lines: [], tenders: [] };

export function usesOf(worth: Worth): Uses {
  const { programme, items, at, arrivedAt, purchase, basis, enrolledAt } = worth;
  const paid = paidBy(items);
  const uses: Uses = {
    caps: new Map(),
    granted: new Set(),
    firsts: new Set(),
    counted: undefined,
    deeds: none,
    tier: tierUse(programme, paid, { at, enrolledAt }),
  };
  let all = paid.get(MEMBER_CAP) ?? 0n;
  for (const [rule, billionths] of paid) if (rule !== MEMBER_CAP) all += billionths;
  const count = (group: Programme['groups'][number], billionths: bigint): void => {
    if (billionths === 0n) return;
    if (group.coolDownMs > 0 && billionths > 0n) uses.granted.add(group.id);
    for (const place of capCounters(programme, group, at, purchase ?? nothing)) {
      // Nobody knows any more where it was; it is neither returned nor decided again.
      if (purchase === undefined && place.cap.perLocation) continue;
      uses.caps.set(counterKey(place.points, place.start), { at: place, billionths });
    }
    if (!group.topsUp) return;
    const basket = basketPlace(group, at);
    uses.caps.set(counterKey(basket.points, basket.start), { at: basket, billionths });
  };
  for (const group of programme.groups) {
    count(
      group,
      group.rules.reduce((sum, ruleNo) => sum + (paid.get(ruleNo) ?? 0n), 0n),
    );
  }
  if (programme.memberCaps.length > 0) count(memberGroup(programme), all);
  for (const use of programme.velocity.length > 0
    ? velocityUses(programme, { at, arrivedAt }, all)
    : []) {
    uses.caps.set(counterKey(use.at.points, use.at.start), use);
  }
  if (purchase !== undefined) whatWasBought(uses, programme, at, purchase, basis);
  return uses;
}

function tierUse(
  programme: Programme,
  paid: ReadonlyMap<number, bigint>,
  { at, enrolledAt }: { at: number; enrolledAt: number },
): TierUse | undefined {
  const counters = monthCounters(programme, enrolledAt, at);
  if (counters === undefined) return undefined;
  let qualifying = 0n;
  for (const [rule, billionths] of paid) {
    if (programme.rules[rule]?.qualifies === true) qualifying += billionths;
  }
  return { counters, qualifying, spend: 0 };
}

function paidBy(items: Iterable<ExplanationItem>): Map<number, bigint> {
  const paid = new Map<number, bigint>();
  for (const [rule, , , billionths] of items) {
    if (rule === NO_RULE || rule === WAITS || billionths === '0') continue;
    paid.set(rule, (paid.get(rule) ?? 0n) + BigInt(billionths));
  }
  return paid;
}

function whatWasBought(
  uses: Uses,
  programme: Programme,
  at: number,
  purchase: Purchase,
  known: EarningBasis | undefined,
): void {
  if (purchase.activity !== undefined) uses.deeds = new Map(readingDeed(purchase, at));
  const firsts = firstsOf(programme, purchase);
  const { countedMinor, lapsedDays } = programme;
  const { countsSpend, countsBought } = programme.segments;
  const isSpend = countsSpend || uses.tier?.counters.spend !== undefined;
  const isCounted = isSpend || countsBought.size > 0 || countedMinor !== undefined;
  if (firsts.size === 0 && !isCounted && lapsedDays === 0) return;
  const basis = known ?? earningBasis(programme, purchase);
  if (uses.tier !== undefined) uses.tier.spend = basis.totalMinor;
  for (const { category, minor } of basis.lines) {
    if (minor > 0 && firsts.has(category)) uses.firsts.add(category);
  }
  if (lapsedDays > 0 && basis.totalMinor > 0) uses.firsts.add(BOUGHT);
  if (purchase.activity === undefined) uses.deeds = deedsOf(programme, at, basis);
  if (counts(programme, purchase, basis)) uses.counted = purchasesKey(programme, at);
}

/** Whether a purchase is large enough to count as one of the member's. */
export function counts(
  { countedMinor }: Programme,
  { activity }: Purchase,
  { totalMinor }: EarningBasis,
): boolean {
  if (countedMinor === undefined || activity !== undefined) return false;
  return totalMinor > 0 && totalMinor >= countedMinor;
}

/** Counters once a purchase at the end of the order has used them. */
export function withUses(
  counters: ReadonlyMap<string, number>,
  uses: Uses,
  at: number,
): ReadonlyMap<string, number> {
  const { caps, granted, firsts, counted, deeds, tier } = uses;
  const used = caps.size + granted.size + firsts.size + deeds.size;
  if (used === 0 && counted === undefined && tier === undefined) return counters;
  const next = new Map(counters);
  for (const id of granted) next.set(lastKey(id), at);
  for (const category of firsts) {
    const key = firstKey(category);
    if ((next.get(key) ?? 0) === 0) next.set(key, at);
  }
  changeSums(next, uses, 1n);
  return next;
}

/** Adds what is summed of uses, or takes it back. */
export function changeSums(counters: Map<string, number>, uses: Uses, sign: 1n | -1n): void {
  const { caps, counted, deeds, tier } = uses;
  for (const { at, billionths } of caps.values()) use(counters, at, sign * billionths);
  for (const [key, amount] of deeds) add(counters, key, Number(sign) * amount);
  if (tier?.counters.points !== undefined)
    use(counters, tier.counters.points, sign * tier.qualifying);
  add(counters, tier?.counters.spend, Number(sign) * (tier?.spend ?? 0));
  if (counted === undefined) return;
  const before = counters.get(counted) ?? 0;
  const after = Math.max(0, before + Number(sign));
  counters.set(counted, after);
  const days = (after > 0 ? 1 : 0) - (before > 0 ? 1 : 0);
  add(counters, purchaseDaysKey, days);
  add(counters, tier?.counters.days, days);
}

/** Never below nothing. */
function add(counters: Map<string, number>, key: string | undefined, change: number): void {
  if (key === undefined) return;
  counters.set(key, Math.max(0, (counters.get(key) ?? 0) + change));
}
