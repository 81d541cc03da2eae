import { netItems, type Award } from '../../src/rules/earning/award.js';
import type { Context } from '../../src/rules/earning/decision.js';
import { decideReturn, type ReturnFacts } from '../../src/rules/earning/give-back.js';
import type { ExplanationItem, ReasonCode } from '../../src/rules/explanation.js';
import type { Review } from '../../src/rules/ladder.js';
import { poolOf } from '../../src/rules/offers/pool.js';
import { BILLION } from '../../src/rules/points.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Purchase } from '../../src/rules/purchase.js';
import { counterKey, type ReturnedLine } from '../../src/rules/state.js';
import { partners, waits } from '../support/partners.js';
import { aProgramme } from '../support/programme.js';
import { aLine, aPurchase, DAY, HOUR, NOON } from '../support/state.js';

const fresh: Context = {
  ...{ held: 'blue', qualifying: 0n, counters: new Map(), enrolledAt: 0 },
  ...{ seenAt: null, pool: poolOf(undefined) },
};
const said = (
  rule: number,
  line: number,
  whole: number,
  code: ReasonCode = 'rate_applied',
): ExplanationItem => [rule, line, code, (BigInt(whole) * BILLION).toString()];

const awarded = (
  purchase: Purchase,
  items: readonly ExplanationItem[],
  overrides: Partial<Award> = {},
): Award => ({
  ...{ seq: 1, occurredAt: NOON, at: NOON, versionNo: 1, held: 'blue', tier: 'blue' },
  ...{ purchase, items: netItems(items), returned: [] },
  ...overrides,
});
const back = (line: number, amount: number): ReturnedLine => ({ line, quantity: 1, amount });

function returning(
  programme: Programme,
  award: Award,
  returned: readonly ReturnedLine[],
  { context = fresh, ...facts }: Partial<ReturnFacts> & { context?: Context } = {},
): ReturnType<typeof decideReturn> {
  return decideReturn(context, {
    ...{ awarding: programme, programme, newest: programme, award, returned, time: NOON + HOUR },
    ...{ others: { lastGrant: () => 7, firstOf: () => 5, inBasket: () => 0n }, floor: undefined },
    ...facts,
  });
}

const base = { kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' } as const;
const plain = aProgramme({ earningRules: [base] });
const [TIER, CAP] = [-1, -3];
/** Whose tiers are reached by what was spent in a year. */
const spending = aProgramme({
  rewards: [],
  earningRules: [base],
  tiers: [
    { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
    { code: 'gold', name: 'Gold', threshold: 9_000, multiplier: '1' },
  ],
  ladder: { metric: 'spend', window: { kind: 'rolling', months: 12 } },
} as never);

describe('what changes of each item when a part comes back', () => {
  it('R15: is what the rest would have got less than it was awarded, and no more', () => {
    const lines = aPurchase([1_000, 2_000, 500]);
    const award = awarded(lines, [said(0, 0, 10), said(0, 1, 20), said(0, 2, 5)]);
    expect(returning(plain, award, [back(1, 2_000)]).items).toEqual([said(0, 1, -20, 'returned')]);
    // A cap had cut it to 22: what is left of the purchase may have no more than these.
    const capped = awarded(lines, [said(0, 0, 10), said(0, 1, 12), said(0, 2, 0, 'cap_reached')]);
    const changed = returning(plain, capped, [back(1, 2_000)]);
    expect(changed.items).toEqual([said(0, 1, -12, 'returned'), said(0, 2, 5, 'decided_anew')]);
    expect(changed.billionths).toBe(-7n * BILLION);
    expect(changed.qualifying).toBe(-7n * BILLION);
  });

  it('R25: never grows: what would be more than came back is left out, from the last item on', () => {
    const lines = aPurchase([2_000, 300]);
    const of = (tierPoints: number, returned: ReturnedLine[]): unknown => {
      const items = [said(0, 0, 20), said(0, 1, 3), said(TIER, 0, tierPoints)];
      return returning(plain, awarded(lines, items, { tier: 'silver' }), returned).items;
    };
    // The rest has a tier bonus of five.
    expect(of(1, [back(1, 300)])).toEqual([
      said(0, 1, -3, 'returned'),
      said(TIER, 0, 3, 'decided_anew'),
    ]);
    expect(of(2, [back(1, 300)])).toEqual([
      said(0, 1, -3, 'returned'),
      said(TIER, 0, 3, 'decided_anew'),
    ]);
    expect(of(4, [back(1, 300)])).toEqual([
      said(0, 1, -3, 'returned'),
      said(TIER, 0, 1, 'decided_anew'),
    ]);
    expect(of(1, [])).toEqual([[-2, -1, 'returned', '0']]);
    const first = awarded(lines, [said(TIER, 0, 1), said(0, 0, 20), said(0, 1, 3)], {
      tier: 'silver',
    });
    expect(returning(plain, first, [back(1, 300)]).items).toEqual([
      said(TIER, 0, 3, 'decided_anew'),
      said(0, 1, -3, 'returned'),
    ]);
    const three = awarded(
      aPurchase([2_000, 2_000, 300]),
      [said(0, 0, 20), said(0, 1, 20), said(0, 2, 3), said(TIER, 0, 1), said(TIER, 1, 1)],
      { tier: 'silver' },
    );
    expect(returning(plain, three, [back(2, 300)]).items).toEqual([
      said(0, 2, -3, 'returned'),
      said(TIER, 0, 3, 'decided_anew'),
    ]);
    expect(of(5, [back(1, 300)])).toEqual([said(0, 1, -3, 'returned')]);
  });

  it('R25: is no more for any rule than that very rule was awarded', () => {
    const extra = { ...base, id: 'extra', qualifies: false };
    const both = aProgramme({ earningRules: [base, extra] });
    const capped = [said(0, 0, 10), said(0, 1, 2, 'capped'), said(0, 2, 0, 'cap_reached')];
    const items = [...capped, said(1, 0, 10), said(1, 1, 20), said(1, 2, 30)];
    const award = awarded(aPurchase([1_000, 2_000, 3_000]), items);
    expect(returning(both, award, [back(1, 2_000)]).items).toEqual([
      said(0, 1, -2, 'returned'),
      said(0, 2, 2, 'decided_anew'),
      said(1, 1, -20, 'returned'),
    ]);
  });

  it('R15: is of the tier it was awarded at, or the first where that is gone', () => {
    const items = [said(0, 0, 20), said(TIER, 0, 5, 'tier_bonus_applied')];
    const of = (tier: string): unknown =>
      returning(plain, awarded(aPurchase([2_000]), items, { tier }), [back(0, 1_000)]).items;
    const [base10, tier5] = [said(0, 0, -10, 'returned'), said(TIER, 0, -5, 'returned')];
    expect(of('gone')).toEqual([base10, tier5]);
    expect(of('silver')).toEqual([base10, [TIER, 0, 'returned', '-2500000000']]);
  });

  it('R23: tells what the cap on all rules no longer cuts off, which is no minimum', () => {
    const earningCaps = [{ period: 'month', points: 900 }] as never[];
    const capped = aProgramme({ earningRules: [base], earningCaps });
    const items = [said(0, 0, 10), said(0, 1, 10), said(CAP, -1, -4, 'member_cap_reached')];
    const lines = aPurchase([1_000, 1_000]);
    expect(returning(capped, awarded(lines, items), [back(1, 1_000)]).items).toEqual([
      said(0, 1, -10, 'returned'),
      said(CAP, -1, 4, 'decided_anew'),
    ]);
    // The rest has a tier bonus that the award had not: together they are as much as was awarded.
    const silver = awarded(aPurchase([1_000]), [said(0, 0, 10)], { tier: 'silver' });
    expect(returning(capped, silver, []).items).toEqual([
      [TIER, 0, 'decided_anew', '2500000000'],
      [CAP, -1, 'returned', '-2500000000'],
    ]);
  });

  it('R15: says of what paid for the whole purchase that its minimum is no longer met', () => {
    const visit = aProgramme();
    const items = [said(0, 0, 20), said(2, -1, 20, 'purchase_bonus_applied')];
    const award = awarded(aPurchase([2_000]), items);
    expect(returning(visit, award, [back(0, 1)]).items).toEqual([
      [0, 0, 'returned', '-10000000'],
      said(2, -1, -20, 'minimum_no_longer_met'),
    ]);
  });

  it('R100: takes what comes back from what waits first', () => {
    const paying = { ...plain, partners };
    const purchase = { ...aPurchase([1_000, 1_000]), retailer: 'café' };
    const items = [said(0, 0, 10), said(0, 1, 10), waits(14n * BILLION)];
    const of = (...returned: ReturnedLine[]): unknown =>
      returning(paying, awarded(purchase, items), returned).items;
    const cancelled = (whole: number): ExplanationItem => said(-4, -1, whole, 'waiting_cancelled');
    expect(of(back(0, 1_000))).toEqual([said(0, 0, -10, 'returned'), cancelled(10)]);
    expect(of(back(0, 1_000), back(1, 1_000))).toEqual([
      said(0, 0, -10, 'returned'),
      said(0, 1, -10, 'returned'),
      cancelled(14),
    ]);
    expect(of()).toEqual([[-2, -1, 'returned', '0']]);
    // What waits is as much of the purchase as what does not, to the caps on all rules.
    const earningCaps = [{ period: 'month', points: 900 }] as never[];
    const capped = { ...aProgramme({ earningRules: [base], earningCaps }), partners };
    expect(returning(capped, awarded(purchase, items), [back(0, 1_000)]).items).toEqual([
      said(0, 0, -10, 'returned'),
      cancelled(10),
    ]);
    const elsewhere = awarded(purchase, items.slice(0, 2));
    expect(returning(paying, elsewhere, [back(0, 1_000)]).items).toEqual([
      said(0, 0, -10, 'returned'),
    ]);
  });

  it('R15: is nothing of an erased purchase, which is not returned', () => {
    const erased = awarded(aPurchase([1]), [], { purchase: undefined });
    expect(() => returning(plain, erased, [])).toThrow(
      'invariant: an erased purchase is not returned',
    );
  });
});

describe('what a rule asks of the member when a part comes back', () => {
  const bonus = (id: string, points: number, minimumAmount: number, more: object = {}): object => ({
    ...{ kind: 'per_purchase', id, name: id, points, minimumAmount, lane: 'best' },
    ...more,
  });
  const third = { when: [{ kind: 'nth_purchase', numbers: [3] }] };
  const laned = aProgramme({
    countedPurchases: { minimumAmount: 500 },
    lanes: [{ code: 'best', name: 'Best', caps: [{ period: 'day', points: 90 }] }] as never[],
    earningRules: [base, bonus('big', 50, 5_000), bonus('third', 20, 500, third)] as never[],
  });
  const lost = said(1, -1, -50, 'minimum_no_longer_met');

  it('R25: stays as it was: one that a better rule beat then pays now, one that had no claim not', () => {
    const of = (code: ReasonCode, whole = 0): unknown => {
      const items = [said(0, 0, 60), said(1, -1, 50), said(2, -1, whole, code)];
      const { items: changed } = returning(laned, awarded(aPurchase([6_000]), items), [
        back(0, 5_000),
      ]);
      return changed.filter(([rule]) => rule > 0);
    };
    expect(of('better_rule_in_lane')).toEqual([lost, said(2, -1, 20, 'decided_anew')]);
    expect(of('condition_not_met')).toEqual([lost]);
    expect(of('purchase_bonus_applied', 20)).toEqual([lost]);
  });

  it('R25: goes with what the purchase no longer has of it, if it counts no more', () => {
    const items = [said(0, 0, 6), said(2, -1, 20, 'purchase_bonus_applied')];
    const of = (amount: number): unknown =>
      returning(laned, awarded(aPurchase([600]), items), [back(0, amount)])
        .items.filter(([rule]) => rule === 2)
        .map(([, , , billionths]) => billionths);
    expect(of(100)).toEqual([]);
    expect(of(101)).toEqual([(-20n * BILLION).toString()]);
  });

  it('R24: a category stays the first while the purchase it was first bought with is known', () => {
    const when = [{ kind: 'first_in_category', categories: ['garden'] }];
    const first = aProgramme({
      earningRules: [base, { ...base, id: 'first', when, qualifies: false }] as never[],
    });
    const lines = aPurchase([
      aLine(1_000, { category: 'garden' }),
      aLine(1_000, { category: 'garden' }),
    ]);
    const items = [said(0, 0, 10), said(0, 1, 10), said(1, 0, 10), said(1, 1, 10)];
    const key = counterKey('*/first/garden', 0);
    const of = (at: number, ...returned: ReturnedLine[]): [unknown, number | undefined] => {
      const context = { ...fresh, counters: new Map([[key, at]]) };
      const { items: changed, next } = returning(first, awarded(lines, items), returned, {
        context,
      });
      return [changed.filter(([rule]) => rule === 1), next.counters.get(key)];
    };
    expect(of(NOON, back(1, 1_000))).toEqual([[said(1, 1, -10, 'returned')], NOON]);
    expect(of(NOON - 1, back(1, 1_000))[0]).toEqual([
      said(1, 0, -10, 'returned'),
      said(1, 1, -10, 'returned'),
    ]);
    expect(of(NOON, back(0, 1_000), back(1, 1_000))[1]).toBe(5);
    expect(of(NOON - 1, back(0, 1_000), back(1, 1_000))[1]).toBe(NOON - 1);
  });

  it('R53: draws from no budget, and gives an offer no more than it was awarded', () => {
    const offers = [
      {
        ...{ code: 'extra', name: 'Extra', audience: { kind: 'all' } },
        ...{ pays: { kind: 'per_amount', rate: '1' }, budget: { points: 1_000 } },
      },
    ] as never[];
    const offering = aProgramme({ earningRules: [base], offers });
    const items = [said(0, 0, 20), said(1, 0, 8, 'budget_capped')];
    const of = (amount: number): unknown =>
      returning(offering, awarded(aPurchase([2_000]), items), [back(0, amount)]).items;
    expect(of(1_000)).toEqual([said(0, 0, -10, 'returned')]);
    expect(of(1_500)).toEqual([said(0, 0, -15, 'returned'), said(1, 0, -3, 'returned')]);
  });
});

describe('what a return gives back of counters', () => {
  const visit = aProgramme();
  const last = counterKey('visit/last', 0);
  const items = [said(0, 0, 20), said(2, -1, 20, 'purchase_bonus_applied')];
  const lastAfter = (at: number, amount: number): number | undefined => {
    const context = { ...fresh, counters: new Map([[last, at]]) };
    return returning(visit, awarded(aPurchase([3_000]), items), [back(0, amount)], {
      context,
    }).next.counters.get(last);
  };

  it('R15: is the cool-down of a bonus that goes, unless a later one has begun another', () => {
    expect(lastAfter(NOON, 1_001)).toBe(7);
    expect(lastAfter(NOON, 1_000)).toBe(NOON);
    expect(lastAfter(NOON + 1, 1_001)).toBe(NOON + 1);
  });

  it('R42: is what it counted towards a tier, of what had not come back before', () => {
    const month = counterKey('*/tier/month/spend', Date.UTC(2026, 4, 31, 23));
    const counters = new Map([[month, 5_000]]);
    const award = awarded(aPurchase([3_000]), [said(0, 0, 30)], { returned: [back(0, 1_000)] });
    const { next } = returning(spending, award, [back(0, 1_500)], {
      context: { ...fresh, counters },
    });
    expect(next.counters.get(month)).toBe(4_500);
    expect(next.seenAt).toBe(NOON + HOUR);
  });
});

describe('the tier after a return', () => {
  const silver: Context = { ...fresh, held: 'silver', qualifying: 600n * BILLION };
  const award = awarded(aPurchase([60_000]), [said(0, 0, 600)]);
  const all = [back(0, 60_000)];
  const review = (own: string | null): Review => ({
    ...{ own, at: null, missedAt: null, rolled: null },
    grant: { tier: 'silver', until: NOON + 90 * DAY },
  });

  it('R47: is below one given by hand, which stays until its end', () => {
    const context = { ...silver, review: review(null) };
    const { next } = returning(plain, award, all, { context, floor: { at: NOON, held: 'blue' } });
    expect([next.held, next.review]).toEqual(['silver', review('blue')]);
  });

  it('R44: is where the rest would have led, by what the ladder counts', () => {
    const month = counterKey('*/tier/month/spend', Date.UTC(2026, 4, 31, 23));
    const kept: Review = {
      ...{ own: null, at: Date.UTC(2027, 5, 30, 23), missedAt: null },
      ...{ rolled: null, grant: null },
    };
    const heldAfter = (spent: number): string => {
      const counters = new Map([[month, spent]]);
      const context = { ...fresh, held: 'gold', review: kept, counters };
      const items = [said(0, 0, 30)];
      return returning(spending, awarded(aPurchase([3_000]), items), [back(0, 3_000)], {
        ...{ context, floor: { at: NOON, held: 'blue' } },
      }).next.held;
    };
    expect([heldAfter(12_000), heldAfter(11_999)]).toEqual(['gold', 'blue']);
  });

  it('R19: is the one held by oneself before the oldest that can be returned', () => {
    const floor = { at: NOON, held: 'silver', review: review('blue') };
    expect(returning(plain, award, all, { context: silver, floor }).next.held).toBe('blue');
    const own = { at: NOON, held: 'silver', review: review(null) };
    expect(returning(plain, award, all, { context: silver, floor: own }).next.held).toBe('silver');
    const gone = { at: NOON, held: 'nowhere' };
    expect(returning(plain, award, all, { context: silver, floor: gone }).next.held).toBe('blue');
  });
});
