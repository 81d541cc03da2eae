import type { ExplanationItem } from '../../src/rules/explanation.js';
import {
  billionthsIn,
  drawing,
  drawnBy,
  limitsOf,
  limitsThere,
} from '../../src/rules/offers/draws.js';
import type { Draw } from '../../src/rules/offers/offer.js';
import { asksGroups, groupsOf, kindsAsked } from '../../src/rules/offers/groups.js';
import {
  hadOf,
  poolOf,
  shortOf,
  withinPool,
  type BudgetOf,
  type Had,
  type Pool,
} from '../../src/rules/offers/pool.js';
import { BILLION } from '../../src/rules/points.js';
import { anOffer, withOffers } from '../support/offers.js';
import { DAY, HOUR, NOON } from '../support/state.js';

const limitOf = (...of: Parameters<typeof limitsOf>): string => limitsOf(...of)[0] ?? '';

const place = { occurredAt: NOON, location: 'mall' };
const points: Draw = { kind: 'points', limit: 'budget' };
const money: Draw = { kind: 'money', limit: 'purse', price: 2_000_000n };
const anHour: Draw = { kind: 'grants', limit: 'crowd', per: 'hour', perLocation: false };
const aDay: Draw = { kind: 'grants', limit: 'shop', per: 'day', perLocation: true };

const pays = (ruleNo: number, whole: number, code: ExplanationItem[2] = 'rate_applied') =>
  [ruleNo, -1, code, (BigInt(whole) * BILLION).toString()] satisfies ExplanationItem;

describe('what paying by an offer draws', () => {
  const programme = withOffers(
    anOffer(1, { draws: [points, money] }),
    anOffer(2, { draws: [anHour] }),
  );

  it('P52: is the exact points and what they cost, rounded up, or one purchase', () => {
    expect([...drawnBy(programme, [pays(1, 3), pays(2, 9), pays(5, 7)], place)]).toEqual([
      ['budget', 3_000_000],
      ['purse', 6_000],
      [limitOf(programme, anHour, place), 1],
    ]);
    const little: ExplanationItem[] = [[1, 0, 'rate_applied', '1']];
    expect([...drawnBy(programme, little, place)]).toEqual([
      ['budget', 1],
      ['purse', 1],
    ]);
  });

  it('P52: is nothing of what paid nothing, or gave back as much', () => {
    expect(drawnBy(programme, [pays(2, 0)], place).size).toBe(0);
    expect(drawnBy(programme, [pays(1, 3), pays(1, -3)], place).size).toBe(0);
    expect(drawnBy(programme, [pays(2, 3), pays(2, -4)], place).size).toBe(0);
    expect(drawnBy(withOffers(), [pays(1, 3)], place).size).toBe(0);
  });

  it('P53: counts each hour, or each day and place, by itself', () => {
    const shop = limitOf(programme, aDay, place);
    expect(shop).toBe(`shop#${String(Date.UTC(2026, 5, 15, 23))}#mall`);
    expect(limitOf(programme, aDay, { ...place, occurredAt: NOON + HOUR })).toBe(shop);
    expect(limitOf(programme, aDay, { ...place, occurredAt: NOON + DAY })).not.toBe(shop);
    expect(limitOf(programme, aDay, { ...place, location: undefined })).toBe(shop.slice(0, -4));
    expect(limitOf(programme, anHour, place)).toBe(`crowd#${String(NOON)}`);
    expect(limitOf(programme, anHour, { ...place, occurredAt: NOON + HOUR - 1 })).toBe(
      `crowd#${String(NOON)}`,
    );
  });

  it('P52: leaves so many billionths of what is left', () => {
    expect(billionthsIn(points, 3)).toBe(3_000n);
    expect(billionthsIn(money, 3)).toBe(1_500_000n);
    expect([billionthsIn(anHour, 1), billionthsIn(anHour, 0)]).toEqual([undefined, 0n]);
  });

  it('P52: is of those offers that run then and have a limit', () => {
    const over = anOffer(3, { draws: [aDay], from: NOON - DAY, until: NOON });
    const ahead = anOffer(4, { draws: [aDay], from: NOON + 1, until: NOON + DAY });
    const some = withOffers(
      anOffer(1, { draws: [points, money] }),
      anOffer(2, { draws: [] }),
      over,
      ahead,
    );
    expect(drawing(some, NOON).map(({ ruleNo }) => ruleNo)).toEqual([1]);
    expect(limitsThere(some, place)).toEqual(['budget', 'purse']);
    expect(drawing(withOffers(), NOON)).toEqual([]);
  });
});

describe('what an event that is decided again had', () => {
  const programme = withOffers(anOffer(1, { draws: [points] }), anOffer(2, { draws: [anHour] }));

  it('R53: is what it drew, and which limits cut it short', () => {
    const hour = limitOf(programme, anHour, place);
    for (const code of ['budget_capped', 'budget_used_up', 'slot_full'] as const) {
      expect([...hadOf(programme, [pays(1, 2, code)], place).closed]).toEqual(['budget']);
    }
    const late: ExplanationItem = [2, -1, 'late_event_changed', '0', 'slot_full'];
    expect([...hadOf(programme, [late], place).closed]).toEqual([hour]);
    const other: ExplanationItem = [2, -1, 'late_event_changed', '0', 'rate_applied'];
    const had = hadOf(programme, [pays(1, 2), other, pays(9, 1, 'slot_full')], place);
    expect([[...had.uses], had.closed.size]).toEqual([[['budget', 2_000_000]], 0]);
  });
});

describe('items within what is left', () => {
  /** Two offers of a lane: the first would pay ten, the second four. */
  const programme = withOffers(
    anOffer(1, { draws: [points] }),
    anOffer(2, { draws: [money, anHour] }),
  );
  const hour = limitOf(programme, anHour, place);
  const M = 1_000_000;

  /** Pays ten by the first, or as much as may be paid by it; the better of both where they compete. */
  function decided(
    left: Record<string, number>,
    { had, pool = poolOf(new Map(Object.entries(left))), second = false }: Given = {},
  ): { paid: [number, string, number][]; pool: Pool } {
    const { items, pool: after } = withinPool(
      programme,
      pool,
      place,
      (budgetOf) => {
        const limited = (ruleNo: number, whole: number): ExplanationItem => {
          const budget = budgetOf?.(ruleNo);
          if (budget === undefined || budget.left >= BigInt(whole) * BILLION) {
            return pays(ruleNo, whole);
          }
          const code = budget.draw === 'grants' ? 'slot_full' : 'budget_capped';
          return [ruleNo, -1, code, budget.left.toString()];
        };
        const first = limited(1, 10);
        return second || BigInt(first[3]) < 4n * BILLION ? [limited(2, 4)] : [first];
      },
      had,
    );
    const paid = items.map(([ruleNo, , code, billionths]): [number, string, number] => [
      ruleNo,
      code,
      Number(billionths) / 1e9,
    ]);
    return { paid, pool: after };
  }
  interface Given {
    had?: Had;
    pool?: Pool;
    second?: boolean;
  }

  it('P52: are all of them where there is enough, which they take', () => {
    const { paid, pool } = decided({ budget: 10 * M });
    expect(paid).toEqual([[1, 'rate_applied', 10]]);
    expect([...pool.taken]).toEqual([['budget', 10 * M]]);
    expect([...pool.asked]).toEqual([['budget', 10 * M]]);
    expect(shortOf(pool)).toEqual([]);
  });

  it('P52: are as much as there is, and say what they would have taken', () => {
    const { paid, pool } = decided({ budget: 7 * M });
    expect(paid).toEqual([[1, 'budget_capped', 7]]);
    expect([...pool.taken]).toEqual([['budget', 7 * M]]);
    expect(shortOf(pool)).toEqual([{ limit: 'budget', amount: 10 * M }]);
  });

  it('R53: are of another offer of the lane where the first has too little left', () => {
    const { paid, pool } = decided({ budget: 3 * M, purse: 8_000, [hour]: 1 });
    expect(paid).toEqual([[2, 'rate_applied', 4]]);
    expect(Object.fromEntries(pool.taken)).toEqual({ purse: 8_000, [hour]: 1 });
    expect(Object.fromEntries(pool.asked)).toEqual({ budget: 10 * M, purse: 8_000, [hour]: 1 });
    expect(shortOf(pool).map(({ limit }) => limit)).toEqual(['budget']);
  });

  it('P53: are the least of what several limits leave', () => {
    const of = (purse: number, slots: number): unknown =>
      decided({ purse, [hour]: slots }, { second: true }).paid;
    expect(of(8_000, 1)).toEqual([[2, 'rate_applied', 4]]);
    expect(of(6_000, 1)).toEqual([[2, 'budget_capped', 3]]);
    expect(of(8_000, 0)).toEqual([[2, 'slot_full', 0]]);
    expect(of(6_000, 0)).toEqual([[2, 'slot_full', 0]]);
    expect(of(0, 0)).toEqual([[2, 'budget_capped', 0]]);
  });

  it('P52: count with what others of the same act have taken, and never below nothing', () => {
    const first = decided({ budget: 15 * M });
    const second = decided({}, { pool: first.pool });
    expect(second.paid).toEqual([[1, 'budget_capped', 5]]);
    expect(second.pool.taken.get('budget')).toBe(15 * M);
    expect(shortOf(second.pool)).toEqual([{ limit: 'budget', amount: 20 * M }]);
    const over = { left: new Map([['budget', M]]), taken: new Map([['budget', 3 * M]]) };
    expect(decided({}, { pool: { ...over, asked: new Map() } }).paid[0]?.[2]).toBe(0);
  });

  it('R53: have at least what they had, and no more where they were cut short', () => {
    const uses = new Map([['budget', 6 * M]]);
    const open = decided({ budget: 2 * M }, { had: { uses, closed: new Set() } });
    expect(open.paid).toEqual([[1, 'budget_capped', 8]]);
    expect([...open.pool.taken]).toEqual([['budget', 2 * M]]);
    expect([...open.pool.asked]).toEqual([['budget', 4 * M]]);
    const cut = decided({ budget: 9 * M }, { had: { uses, closed: new Set(['budget']) } });
    expect(cut.paid).toEqual([[1, 'budget_capped', 6]]);
    expect([cut.pool.taken.size, cut.pool.asked.size]).toEqual([0, 0]);
    const more = decided({ budget: 9 * M }, { had: { uses, closed: new Set() } });
    expect(more.paid).toEqual([[1, 'rate_applied', 10]]);
    expect([...more.pool.asked]).toEqual([['budget', 4 * M]]);
  });

  it('P52: are not looked at where there is no offer', () => {
    const pool = poolOf(undefined);
    const { pool: after, items } = withinPool(withOffers(), pool, place, () => [pays(1, 10)]);
    expect(after).toBe(pool);
    expect(items).toEqual([pays(1, 10)]);
    expect(withinPool(programme, pool, place, () => [pays(7, 10)]).pool.taken).toBe(pool.taken);
  });

  it('P52: are decided once where there is enough, and again by what is short alone', () => {
    const asked: unknown[] = [];
    const decide = (left: [string, number][]): unknown => {
      asked.length = 0;
      withinPool(programme, poolOf(new Map(left)), place, (budgetOf) => {
        asked.push(budgetOf && [budgetOf(1), budgetOf(2), budgetOf(7)]);
        const room = budgetOf?.(2)?.left ?? 4n * BILLION;
        return [[2, -1, 'rate_applied', room.toString()]];
      });
      return asked;
    };
    expect(
      decide([
        ['purse', 8_000],
        [hour, 1],
      ]),
    ).toEqual([undefined]);
    expect(
      decide([
        ['purse', 6_000],
        [hour, 1],
      ]),
    ).toEqual([undefined, [undefined, { left: 3n * BILLION, draw: 'money' }, undefined]]);
    expect(decide([['purse', 8_000]])).toEqual([
      undefined,
      [undefined, { left: 0n, draw: 'grants' }, undefined],
    ]);
  });
});

describe('what members of one group get together', () => {
  const shared: Draw = { kind: 'shared', limit: 'home', by: 'household' };
  const offer = anOffer(1, { draws: [shared] });
  const over = anOffer(2, { draws: [{ ...shared, by: 'device' }], until: NOON });
  const programme = withOffers(offer, over, anOffer(3, { draws: [points] }));

  it('R142: is asked where an offer that runs has such a cap, and of nobody else', () => {
    expect([...kindsAsked(programme, NOON)]).toEqual(['household']);
    expect([...kindsAsked(programme, NOON - 1)]).toEqual(['household', 'device']);
    expect(kindsAsked(withOffers(), NOON).size).toBe(0);
    const both = anOffer(4, { draws: [points, shared] });
    expect([offer, both, anOffer(3, { draws: [points] })].map(asksGroups)).toEqual([
      ...[true, true, false],
    ]);
  });

  it('R142: goes by all that is known or said; of whom nothing is known is one alone', () => {
    const asked = new Set(['household', 'device'] as const);
    expect(groupsOf(new Set(), 'ada', { household: ['oak'] })).toBeUndefined();
    expect(
      groupsOf(
        asked,
        'ada',
        { household: ['oak', 'elm'], payment: ['card'] },
        { household: ['oak'] },
      ),
    ).toEqual({ household: ['elm', 'oak'], device: ['ada'] });
  });

  it('R142: is drawn from each group of the kind, in exact points, and told as a budget is', () => {
    const home = { ...place, groups: { household: ['elm', 'oak'], device: ['phone'] } };
    expect(limitsOf(programme, shared, home)).toEqual(['home#elm', 'home#oak']);
    expect(limitsOf(programme, shared, place)).toEqual([]);
    expect([...drawnBy(programme, [pays(1, 3)], home)]).toEqual([
      ['home#elm', 3_000_000],
      ['home#oak', 3_000_000],
    ]);
    expect(billionthsIn(shared, 7)).toBe(7_000n);
    const left = new Map([
      ['home#elm', 2_000_000],
      ['home#oak', 1_000_000],
    ]);
    const items = (budgetOf?: BudgetOf): ExplanationItem[] => {
      const most = budgetOf?.(1)?.left ?? 3n * BILLION;
      return [pays(1, Number(most / BILLION), 'budget_capped')];
    };
    expect(withinPool(programme, poolOf(left), home, items).items).toEqual([
      pays(1, 1, 'budget_capped'),
    ]);
  });
});
