/** What a return takes back of what was awarded. */
import {
  sumOf,
  NO_RULE,
  WAITS,
  WHOLE_EVENT,
  type ExplanationItem,
  type ReasonCode,
} from '../explanation.js';
import type { Group, Programme } from '../programme.js';
import type { ReturnedLine } from '../state.js';
import { netItems, type Award } from './award.js';
import { firstKey, lastKey } from './counters.js';
import { qualifyingOf, termsOf, type Context, type Decision } from './decision.js';
import { earningBasis } from './earn.js';
import type { Purchase } from '../purchase.js';
import { itemsOf } from './items.js';
import type { Occasion } from './occasion.js';
import { remaining } from './remaining.js';
import { stillWaits, waitingIn } from '../partners/waiting.js';
import { ownRung, withOwn } from '../standing/stand.js';
import { returned, withoutRolled, type Point } from '../standing/returned.js';
import { reachedTier, rungOf, tierAt } from './tier.js';
import { changeSums, counts, usesOf } from './uses.js';

export interface ReturnFacts {
  /** The version that awarded the purchase. */
  awarding: Programme;
  /** The version in force when it comes back; it says what tier the rest reaches. */
  programme: Programme;
  /** The newest version, with those before it. */
  newest: Programme;
  award: Award;
  /** Everything returned once this return is done. */
  returned: readonly ReturnedLine[];
  time: number;
  /** The member's other purchases. */
  others: Others;
  /** The oldest purchase that can still be returned; undefined = none can. */
  floor: Point | undefined;
}

/** What the member's other purchases say of counters that are instants; 0 = nothing. */
export interface Others {
  /** The place of the newest one to which a group still pays. */
  lastGrant(group: string): number;
  /** The place of the oldest one that still has something of a category. */
  firstOf(category: string): number;
  /** Billionths that a group paid earlier purchases of the same basket. */
  inBasket(group: Pick<Group, 'id' | 'coolDownMs'>): bigint;
}

/**
 * Takes back the exact billionths of what returns: each item as awarded, less the item that the
 * rest would have got under the same version and tier, and no group more than it was awarded. A
 * bonus stays while the rest reaches its minimum, and gives back its cap and cool-down when it
 * goes. Nothing ever grows by a return.
 */
export function decideReturn(context: Context, facts: ReturnFacts): Decision {
  const { awarding, award } = facts;
  if (award.purchase === undefined) {
    throw new Error('invariant: an erased purchase is not returned');
  }
  const rest = remaining(award.purchase, facts.returned);
  const { others } = facts;
  const kept = keptItems(awarding, award, { rest, counters: context.counters, others });
  const items = changesOf(awarding, award, kept);
  if (items.length === 0) items.push([NO_RULE, WHOLE_EVENT, 'returned', '0']);
  const qualifying = qualifyingOf(awarding, items);
  const left = context.qualifying + qualifying;
  const counters = givenBack(context, facts, { rest, kept });
  const stood = { ...context, qualifying: left, counters };
  return {
    items,
    billionths: sumOf(items),
    qualifying,
    tier: award.tier,
    next: { ...standingAfterReturn(context, stood, facts), seenAt: facts.time },
  };
}

/**
 * What changes of each item. Room of a cap that goes from one line to another is multiplied, and
 * floored, there, which may come to some billionths more; those are left out. What waits is none of
 * it: it follows from what is left, so that whatever waits comes to what would have been awarded.
 */
function changesOf(
  awarding: Programme,
  { items, purchase }: Award,
  kept: ReadonlyMap<string, ExplanationItem>,
): ExplanationItem[] {
  const were = [...items].filter(([, [rule]]) => rule !== WAITS);
  const before = new Map(were);
  const changes = [...new Set([...before.keys(), ...kept.keys()])].flatMap((key) => {
    const item = before.get(key) ?? kept.get(key);
    const change = BigInt(kept.get(key)?.[3] ?? 0) - BigInt(before.get(key)?.[3] ?? 0);
    return item === undefined || change === 0n ? [] : [{ item, change }];
  });
  let gain = changes.reduce((sum, { change }) => sum + change, 0n);
  const changed = changes
    .reverse()
    .flatMap(({ item, change }): ExplanationItem[] => {
      const less = change > 0n && gain > 0n ? (change < gain ? change : gain) : 0n;
      gain -= less;
      if (change === less) return [];
      const code = codeOf(awarding, item, change);
      return [[item[0], item[1], code, (change - less).toString()]];
    })
    .reverse();
  const left = netItems([...before.values(), ...changed]).values();
  const waits = sumOf(stillWaits(awarding, purchase?.retailer, items.values(), left));
  const cancelled = waits + waitingIn(items.values());
  if (cancelled === 0n) return changed;
  return [...changed, [WAITS, WHOLE_EVENT, 'waiting_cancelled', cancelled.toString()]];
}

function codeOf({ rules }: Programme, [ruleNo, line]: ExplanationItem, change: bigint): ReasonCode {
  if (change > 0n) return 'decided_anew';
  const isBonus = line === WHOLE_EVENT && rules[ruleNo] !== undefined;
  return isBonus ? 'minimum_no_longer_met' : 'returned';
}

function keptItems(
  awarding: Programme,
  award: Award,
  {
    rest,
    counters,
    others,
  }: Pick<ReturnFacts, 'others'> & Pick<Context, 'counters'> & { rest: Purchase },
): Map<string, ExplanationItem> {
  const { items, occurredAt, at } = award;
  const basis = earningBasis(awarding, rest);
  const tier = awarding.tiers.find(({ code }) => code === award.tier) ?? awarding.tiers[0];
  const occasion: Occasion = {
    purchase: rest,
    occurredAt,
    timeZone: awarding.timeZone,
    excludedTenders: awarding.excludedTenders,
    tier: tier.code,
    counts: counts(awarding, rest, basis),
    ordinal: () => 0,
    silence: () => undefined,
    isFirstOf: (category) => counters.get(firstKey(category)) === at,
    saved: () => undefined,
    had: (ruleNo) => hadPoints(items, ruleNo),
  };
  const awarded = (rules?: readonly number[]): bigint =>
    sumOf([...items.values()].filter(([ruleNo]) => rules?.includes(ruleNo) ?? ruleNo !== WAITS));
  const kept = itemsOf(awarding, occasion, basis, tier, {
    ofGroup: (group) => ({
      left: awarded(group.rules.length === 0 ? undefined : group.rules),
      cap: undefined,
      isCoolingDown: false,
      had: group.topsUp && group.level === 'event' ? others.inBasket(group) : 0n,
    }),
    // What comes back draws from no budget, whichever offer would be the best one now.
    ofOffer: (ruleNo) =>
      awarding.offers.has(ruleNo) ? { left: awarded([ruleNo]), draw: 'points' } : undefined,
  });
  return netItems(kept);
}

/** Whether a rule paid, or would have had a better one of its lane not done so. */
function hadPoints(items: ReadonlyMap<string, ExplanationItem>, ruleNo: number): boolean {
  for (const [rule, , code, billionths] of items.values()) {
    if (rule === ruleNo && (billionths !== '0' || code === 'better_rule_in_lane')) return true;
  }
  return false;
}

function givenBack(
  { counters: before, enrolledAt }: Context,
  { awarding, award, others }: ReturnFacts,
  { rest, kept }: { rest: Purchase; kept: ReadonlyMap<string, ExplanationItem> },
): ReadonlyMap<string, number> {
  const { at, arrivedAt, items, purchase, returned } = award;
  const left = purchase === undefined ? undefined : remaining(purchase, returned);
  const of = { programme: awarding, at, arrivedAt, enrolledAt };
  const was = usesOf({ ...of, items: items.values(), purchase: left });
  const is = usesOf({ ...of, items: kept.values(), purchase: rest });
  const counters = new Map(before);
  changeSums(counters, was, -1n);
  changeSums(counters, is, 1n);
  for (const id of was.granted) {
    const key = lastKey(id);
    if (!is.granted.has(id) && counters.get(key) === at) counters.set(key, others.lastGrant(id));
  }
  for (const category of was.firsts) {
    const key = firstKey(category);
    if (!is.firsts.has(category) && counters.get(key) === at) {
      counters.set(key, others.firstOf(category));
    }
  }
  return counters;
}

/**
 * While a purchase can be returned, a tier reached since is provisional: a return undoes it down to
 * what the rest reaches. Later, a tier stays until the next review.
 */
function standingAfterReturn(before: Context, after: Context, facts: ReturnFacts): Context {
  const { awarding, programme, newest, award, time, floor } = facts;
  const isOpen = time < termsOf(awarding, award.occurredAt).availableFrom;
  if (floor === undefined || !isOpen) return withoutRolled(programme, before, after, award.at);
  if (!programme.ladder.isPlain) {
    return returned(newest, { before, after }, floor, time);
  }
  const left = Math.max(rungOf(programme, floor.review?.own ?? floor.held), 0);
  const rung = Math.max(left, reachedTier(programme, after.qualifying));
  const now = ownRung(programme, before);
  return rung < now ? lowered(programme, after, rung) : after;
}

function lowered(programme: Programme, after: Context, rung: number): Context {
  if (after.review !== undefined) return { ...after, ...withOwn(programme, after, rung, {}) };
  return { ...after, held: tierAt(programme, rung).code };
}
