/**
 * What a purchase is worth, and what a return takes back, given the member as they stood at that
 * point of the order in which things happened. The same for an event in time and for one decided
 * again because another came late.
 */
import { sumOf, NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { endOfDayAfter, endOfDayAfterMonths, periodStart } from '../period.js';
import { BILLION } from '../points.js';
import type { PerPurchaseRule, Programme } from '../programme.js';
import { counterKey } from '../state.js';
import type { ReturnedLine } from '../state.js';
import { amountItems, earningBasis, tierItems, type Purchase } from './earn.js';
import { capCounter, lastCounter, purchaseBonus } from './purchase-bonus.js';
import { remaining } from './remaining.js';
import { standingTier, tierAt } from './tier.js';

/** The member at one point of the order of events. */
export interface Context {
  /** Tier held so far; '' = none yet. */
  held: string;
  qualifying: bigint;
  /** Used amounts by `counterKey`. */
  counters: ReadonlyMap<string, number>;
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

/** What a purchase is worth now: its award and whatever returns and corrections did to it. */
export interface Award {
  /** Number of the purchase. */
  seq: number;
  occurredAt: number;
  /** Its place in the order of events, whose caps and cool-downs it used. */
  at: number;
  versionNo: number;
  held: string;
  tier: string;
  purchase: Purchase | undefined;
  /** Net items, one per rule and line, by `itemKey`. */
  items: ReadonlyMap<string, ExplanationItem>;
  returned: readonly ReturnedLine[];
}

export interface LotTerms {
  funder: string;
  accruedAt: number;
  availableFrom: number;
  expiresAt: number | null;
}

/** The terms of points for a purchase: pending until its return window closes, then rolling. */
export function termsOf(programme: Programme, occurredAt: number): LotTerms {
  const { timeZone, returnWindowDays, expiry } = programme;
  return {
    funder: 'own',
    accruedAt: occurredAt,
    availableFrom:
      returnWindowDays === 0 ? occurredAt : endOfDayAfter(timeZone, occurredAt, returnWindowDays),
    expiresAt:
      expiry.kind === 'none' ? null : endOfDayAfterMonths(timeZone, occurredAt, expiry.months),
  };
}

/** Decides a purchase; `time` is its place in the order, whose caps and cool-downs count. */
export function decide(
  programme: Programme,
  context: Context,
  purchase: Purchase,
  time: number,
): Decision {
  const basis = earningBasis(programme, purchase);
  const amounts = amountItems(programme, basis);
  const tier = tierAt(programme, standingTier(programme, context.held, context.qualifying));
  const bonus = purchaseBonus(programme, context.counters, basis, time);
  const items = [...basis.explanation, ...amounts, ...tierItems(tier, amounts), ...bonus.items];
  const qualifying = sumOf(amounts);
  return {
    items,
    billionths: sumOf(items),
    qualifying,
    tier: tier.code,
    next: {
      held: heldAfter(programme, context.held, context.qualifying + qualifying),
      qualifying: context.qualifying + qualifying,
      counters: bonus.counters,
    },
  };
}

/** The tier held once `qualifying` is reached; a tier held already is kept. */
function heldAfter(programme: Programme, held: string, qualifying: bigint): string {
  return tierAt(programme, standingTier(programme, held, qualifying)).code;
}

/** Items by rule and line, each with the sum of what is said about it. */
export function netItems(parts: readonly ExplanationItem[]): Map<string, ExplanationItem> {
  const net = new Map<string, ExplanationItem>();
  for (const item of parts) {
    const [rule, line, code, billionths] = item;
    if (rule === NO_RULE) continue;
    const key = itemKey(rule, line);
    const earlier = net.get(key);
    const sum = BigInt(earlier?.[3] ?? 0) + BigInt(billionths);
    net.set(key, [rule, line, earlier?.[2] ?? code, sum.toString()]);
  }
  return net;
}

const itemKey = (rule: number, line: number): string => `${String(rule)}/${String(line)}`;

export interface ReturnFacts {
  /** The version that awarded the purchase. */
  awarding: Programme;
  /** The version in force when it comes back; it says what tier the rest reaches. */
  programme: Programme;
  award: Award;
  /** Everything returned once this return is done. */
  returned: readonly ReturnedLine[];
  time: number;
  /** The newest other grant of a rule's bonus, which its cool-down then counts from; 0 = none. */
  lastGrant: (rule: PerPurchaseRule) => number;
  /** The tier held before the oldest purchase that can still be returned; undefined = none can. */
  floor: string | undefined;
}

/**
 * Takes back the exact billionths of what returns: each item as awarded, less the item that the
 * rest would have got under the same version and tier. A bonus stays while the rest reaches its
 * minimum, and gives back its cap and cool-down when it goes. Nothing ever grows by a return.
 */
export function decideReturn(context: Context, facts: ReturnFacts): Decision {
  const { awarding, award } = facts;
  const kept = keptItems(awarding, award, facts.returned);
  const items: ExplanationItem[] = [];
  const counters = new Map(context.counters);
  let qualifying = 0n;
  for (const [key, item] of award.items) {
    const change = BigInt(kept.get(key)?.[3] ?? 0) - BigInt(item[3]);
    if (change >= 0n) continue;
    const rule = awarding.rules[item[0]];
    const isBonus = rule?.kind === 'per_purchase';
    const code = isBonus ? 'minimum_no_longer_met' : 'returned';
    items.push([item[0], item[1], code, change.toString()]);
    if (rule?.kind === 'per_amount') qualifying += change;
    if (isBonus) giveBack(counters, facts, rule, Number(-change / BILLION));
  }
  if (items.length === 0) items.push([NO_RULE, WHOLE_EVENT, 'returned', '0']);
  const left = context.qualifying + qualifying;
  return {
    items,
    billionths: sumOf(items),
    qualifying,
    tier: award.tier,
    next: { held: heldAfterReturn(context, facts, left), qualifying: left, counters },
  };
}

function keptItems(
  awarding: Programme,
  { purchase, tier, items }: Award,
  returned: readonly ReturnedLine[],
): Map<string, ExplanationItem> {
  if (purchase === undefined) throw new Error('invariant: an erased purchase is not returned');
  const basis = earningBasis(awarding, remaining(purchase, returned));
  const amounts = amountItems(awarding, basis);
  const at = awarding.tiers.find(({ code }) => code === tier) ?? awarding.tiers[0];
  const bonuses = awarding.rules.flatMap((rule, ruleNo): ExplanationItem[] => {
    const got = items.get(itemKey(ruleNo, WHOLE_EVENT));
    const isKept = rule.kind === 'per_purchase' && basis.totalMinor >= rule.minimumMinor;
    return isKept && got !== undefined ? [got] : [];
  });
  return netItems([...amounts, ...tierItems(at, amounts), ...bonuses]);
}

function giveBack(
  counters: Map<string, number>,
  { awarding, award, lastGrant }: ReturnFacts,
  rule: PerPurchaseRule,
  points: number,
): void {
  const start = periodStart(awarding.timeZone, award.at, rule.cap.period);
  const cap = counterKey(capCounter(rule), start);
  counters.set(cap, Math.max(0, (counters.get(cap) ?? 0) - points));
  const last = counterKey(lastCounter(rule), 0);
  if (counters.get(last) === award.at) counters.set(last, lastGrant(rule));
}

/**
 * While a purchase can be returned, a tier reached since is provisional: a return undoes it down to
 * what the rest reaches. Later, a tier stays until the next review.
 */
function heldAfterReturn(context: Context, facts: ReturnFacts, qualifying: bigint): string {
  const { awarding, programme, award, time, floor } = facts;
  if (floor === undefined || time >= termsOf(awarding, award.occurredAt).availableFrom) {
    return context.held;
  }
  const left = standingTier(programme, floor, qualifying);
  const now = standingTier(programme, context.held, 0n);
  return left < now ? tierAt(programme, left).code : context.held;
}
