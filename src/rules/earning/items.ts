/**
 * What every rule of a programme says about a purchase: what its rate gives, what its lane leaves
 * of that, and what its group's cap and cool-down do. Each product is floored to a billionth and
 * never again.
 */
import { beyond } from '../baskets/basket.js';
import { MEMBER_CAP, sumOf, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { EarningRule, Group, Programme, Tier } from '../programme.js';
import { multiplierItems } from '../rates/multiplier.js';
import type { Activity } from '../purchase.js';
import { meteredReductionItem } from '../rates/metered-reduction.js';
import { perActivityItem } from '../rates/per-activity.js';
import { perAmountItems } from '../rates/per-amount.js';
import { perPurchaseItem } from '../rates/per-purchase.js';
import { perUnitItems } from '../rates/per-unit.js';
import { stepsItem } from '../rates/steps.js';
import { hasSay } from '../offers/standing.js';
import { withoutHints } from '../offers/surprise.js';
import type { Budgeted, BudgetOf } from '../offers/pool.js';
import { memberGroup } from './counters.js';
import { tierItems, type EarningBasis } from './earn.js';
import { isBasic, isMatching, matchingOf, namedLines } from './matching.js';
import type { IsNamed, Matching, Occasion } from './occasion.js';
import { bestOf } from './lanes.js';

/** What a group, or all rules together, may still pay. */
export interface Room {
  /** Billionths; undefined = no cap. */
  left: bigint | undefined;
  /** Points of the cap that leaves least, to be told. */
  cap: number | undefined;
  isCoolingDown: boolean;
  /** Billionths that the basket of the purchase had before. */
  had: bigint;
}

export interface Rooms {
  ofGroup: (group: Group) => Room;
  /** Of offers whose limits have too little left. */
  ofOffer?: BudgetOf | undefined;
}

interface Scene {
  programme: Programme;
  activity: Activity | undefined;
  saved: Occasion['saved'];
  basis: EarningBasis;
  /** Undefined = an offer that does not run, of which nothing is said. */
  matches: readonly (Matching | ExplanationItem | undefined)[];
  isNamed: IsNamed;
  /** Qualifying items so far, which multipliers multiply. */
  base: readonly ExplanationItem[];
  budgetOf: BudgetOf | undefined;
}

/** Every rule considered, applied or skipped; what all together may pay comes last. */
export function itemsOf(
  programme: Programme,
  occasion: Occasion,
  basis: EarningBasis,
  tier: Tier,
  rooms: Rooms,
): ExplanationItem[] {
  const matches = programme.rules.map((rule, no) =>
    hasSay(programme, no, occasion)
      ? matchingOf(occasion, basis, rule, no, programme.offers.get(no))
      : undefined,
  );
  const isNamed = namedLines(programme, matches);
  const { activity } = occasion.purchase;
  const budgetOf = rooms.ofOffer;
  const { saved } = occasion;
  const scene: Scene = { programme, activity, saved, basis, matches, isNamed, base: [], budgetOf };
  const decided = (level: Group['level'], base: readonly ExplanationItem[]): ExplanationItem[] => {
    const there = { ...scene, base };
    const items: ExplanationItem[] = [];
    for (const group of programme.groups) {
      if (group.level === level) items.push(...decideGroup(there, group, rooms));
    }
    return items;
  };
  const amounts = decided('amount', []);
  const base = amounts.filter(([ruleNo]) => programme.rules[ruleNo]?.qualifies === true);
  const items = [
    ...amounts,
    ...tierItems(tier, base),
    ...decided('multiplier', base),
    ...withoutHints(programme.offers, decided('event', base)),
  ];
  if (programme.memberCaps.length === 0) return items;
  const { left, cap } = rooms.ofGroup(memberGroup(programme));
  const excess = left === undefined ? 0n : sumOf(items) - left;
  if (excess <= 0n) return items;
  return [
    ...items,
    [MEMBER_CAP, WHOLE_EVENT, 'member_cap_reached', (-excess).toString(), cap ?? 0],
  ];
}

function decideGroup(scene: Scene, group: Group, rooms: Rooms): ExplanationItem[] {
  const [only = -1] = group.rules;
  const match = scene.matches[only];
  // Most rules are about something else: they say so, and nothing is to be decided.
  if (group.rules.length === 1 && match !== undefined && !isMatching(match)) return [match];
  const raw = group.rules.map((ruleNo) => saidBy(scene, ruleNo));
  const items = group.competes ? bestOf(raw) : raw.length === 1 ? (raw[0] ?? []) : raw.flat();
  if (items.every(([, , , billionths]) => billionths === '0')) return items;
  const room = rooms.ofGroup(group);
  if (room.isCoolingDown) return items.map((item) => coolingDown(item, group.coolDownMs));
  const due = group.level === 'event' ? beyond(items, room.had) : items;
  return room.left === undefined ? due : withinRoom(due, room.left, room.cap);
}

/** What a rule pays within the budget of its offer, or why it pays nothing. */
function saidBy(scene: Scene, ruleNo: number): ExplanationItem[] {
  const { programme, budgetOf } = scene;
  const rule = programme.rules[ruleNo];
  const found = scene.matches[ruleNo];
  if (rule === undefined) throw new Error('invariant: a group names rules');
  if (found === undefined) return [];
  if (!isMatching(found)) return [found];
  const paid = rated(scene, rule, ruleNo, found);
  const budget = budgetOf?.(ruleNo);
  return budget === undefined ? paid : withinBudget(paid, budget);
}

function rated(
  { programme, activity, saved, basis, isNamed, base }: Scene,
  rule: EarningRule,
  ruleNo: number,
  matching: Matching,
): ExplanationItem[] {
  switch (rule.kind) {
    case 'per_amount':
      return perAmountItems(programme, rule, ruleNo, matching, isBasic(rule) ? isNamed : never);
    case 'per_unit':
      return perUnitItems(rule, ruleNo, matching);
    case 'multiplier':
      return multiplierItems(rule, ruleNo, matching, { items: base, share: basis.share });
    case 'per_purchase':
      return [perPurchaseItem(rule, ruleNo, matching)];
    case 'steps':
      return [stepsItem(rule, ruleNo, matching)];
    case 'per_activity':
      return [perActivityItem(rule, ruleNo, activity)];
    case 'metered_reduction':
      return [meteredReductionItem(rule, ruleNo, activity, saved(rule))];
  }
}

const never: IsNamed = () => false;

function coolingDown(item: ExplanationItem, coolDownMs: number): ExplanationItem {
  const [ruleNo, line, , billionths] = item;
  return billionths === '0' ? item : [ruleNo, line, 'cool_down_running', '0', coolDownMs];
}

/** Items in their order until the room is used up; the one that meets its end gets the rest. */
function withinRoom(items: readonly ExplanationItem[], left: bigint, cap = 0): ExplanationItem[] {
  return granting(items, left, (item, granted, billionths) => {
    const [ruleNo, line, code, text] = item;
    const isBonus = code === 'purchase_bonus_applied';
    if (granted < billionths) {
      const why = isBonus ? 'purchase_bonus_capped' : 'capped';
      return [ruleNo, line, granted === 0n ? 'cap_reached' : why, granted.toString(), cap];
    }
    return isBonus ? [ruleNo, line, code, text, cap] : item;
  });
}

/** The same for what an offer may still cost. */
function withinBudget(
  items: readonly ExplanationItem[],
  { left, draw }: Budgeted,
): ExplanationItem[] {
  const none = draw === 'grants' ? 'slot_full' : 'budget_used_up';
  return granting(items, left, (item, granted, billionths) => {
    const [ruleNo, line] = item;
    if (granted === billionths) return item;
    return [ruleNo, line, granted === 0n ? none : 'budget_capped', granted.toString()];
  });
}

function granting(
  items: readonly ExplanationItem[],
  left: bigint,
  told: (item: ExplanationItem, granted: bigint, billionths: bigint) => ExplanationItem,
): ExplanationItem[] {
  let room = left < 0n ? 0n : left;
  return items.map((item) => {
    const billionths = BigInt(item[3]);
    const granted = billionths < room ? billionths : room;
    room -= granted;
    return told(item, granted, billionths);
  });
}
