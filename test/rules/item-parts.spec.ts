import { differences, netItems } from '../../src/rules/earning/award.js';
import { earningBasis, tierItems, totalOf } from '../../src/rules/earning/earn.js';
import { itemsOf, type Room, type Rooms } from '../../src/rules/earning/items.js';
import { bestOf } from '../../src/rules/earning/lanes.js';
import { occasionOf, qualifyingOf } from '../../src/rules/earning/decision.js';
import type { ExplanationItem, ReasonCode } from '../../src/rules/explanation.js';
import { BILLION } from '../../src/rules/points.js';
import type { Programme, Tier } from '../../src/rules/programme.js';
import type { Purchase } from '../../src/rules/purchase.js';
import { aProgramme } from '../support/programme.js';
import { aLine, aPurchase, HOUR, NOON } from '../support/state.js';

const said = (
  rule: number,
  line: number,
  whole: number,
  code: ReasonCode = 'rate_applied',
): ExplanationItem => [rule, line, code, (BigInt(whole) * BILLION).toString()];

describe('the rules of a lane', () => {
  it('R22: pay as they are where no more than one of them pays', () => {
    const skipped = said(1, -1, 0, 'condition_not_met');
    expect(bestOf([])).toEqual([]);
    expect(bestOf([[said(0, 0, 5), said(0, 1, 6)], [skipped]])).toEqual([
      said(0, 0, 5),
      said(0, 1, 6),
      skipped,
    ]);
  });

  it('R22: pay on each line by the one that gives most there, of equal ones by the first', () => {
    const beaten = (rule: number, line: number, by: number): ExplanationItem => [
      ...([rule, line, 'better_rule_in_lane', '0', by] as const),
    ];
    const first = [said(0, 0, 5), said(0, 1, 5), said(0, 2, 5)];
    const second = [said(1, 0, 6), said(1, 1, 4), said(1, 2, 5)];
    expect(bestOf([first, second])).toEqual([
      beaten(0, 0, 1),
      said(0, 1, 5),
      said(0, 2, 5),
      said(1, 0, 6),
      beaten(1, 1, 0),
      beaten(1, 2, 0),
    ]);
  });

  it('R22: count all that a rule gives on a line', () => {
    const items = bestOf([[said(0, 0, 3), said(0, 0, 3)], [said(1, 0, 5)]]);
    expect(items.map(([, , code]) => code)).toEqual([
      'rate_applied',
      'rate_applied',
      'better_rule_in_lane',
    ]);
  });

  it('R52: leave what gave nothing as it was, and keep in mind that a budget had no room', () => {
    const nothing = said(1, 1, 0, 'cap_reached');
    const cut = said(2, 0, 4, 'budget_capped');
    expect(bestOf([[said(0, 0, 5)], [said(1, 0, 6), nothing], [cut]])).toEqual([
      [0, 0, 'better_rule_in_lane', '0', 1],
      said(1, 0, 6),
      nothing,
      [2, 0, 'budget_used_up', '0'],
    ]);
    const best = said(2, 0, 9, 'budget_capped');
    expect(bestOf([[said(0, 0, 5)], [best]])[1]).toEqual(best);
    expect(bestOf([[said(0, 0, 5)], [said(1, 0, 0, 'below_first_step'), said(1, 1, 6)]])).toEqual([
      said(0, 0, 5),
      said(1, 0, 0, 'below_first_step'),
      said(1, 1, 6),
    ]);
  });
});

describe('items of an event that is decided again', () => {
  it('R11: are told by what they change, and nothing of what stays', () => {
    const before = [said(0, 0, 5), said(0, 1, 7), said(1, 0, 2)];
    const now = [said(0, 0, 5), said(0, 1, 4, 'capped'), said(2, -1, 3)];
    expect(differences(before, now)).toEqual([
      [0, 1, 'late_event_changed', (-3n * BILLION).toString(), 'capped'],
      [1, 0, 'late_event_changed', (-2n * BILLION).toString(), 'rate_applied'],
      [2, -1, 'late_event_changed', (3n * BILLION).toString(), 'rate_applied'],
    ]);
    expect(differences(before, before)).toEqual([]);
    expect(differences([], [said(0, 0, 0)])).toEqual([]);
    expect(netItems([said(-2, 0, 0), said(0, 0, 1)]).size).toBe(1);
  });
});

describe('what of a purchase may earn', () => {
  it('R4: has a tier bonus on each item that earned, floored, or none to tell of', () => {
    const [blue, silver] = aProgramme().tiers;
    if (silver === undefined) throw new Error('There are two tiers.');
    const none: ExplanationItem[] = [[-1, -1, 'tier_has_no_bonus', '0']];
    const items: ExplanationItem[] = [
      [0, 0, 'rate_applied', '7'],
      [0, 1, 'rate_applied', '0'],
    ];
    expect(tierItems(blue, items)).toEqual(none);
    expect(tierItems({ ...blue, multiplier: 999_999n }, items)).toEqual(none);
    expect(tierItems(silver, items)).toEqual([[-1, 0, 'tier_bonus_applied', '1']]);
    expect(tierItems(silver, [])).toEqual([]);
  });

  it('R3: is the share that was paid by tenders which earn, of all lines, floored', () => {
    const lines = [
      { index: 0, category: 'home', quantity: 1, minor: 100 },
      { index: 1, category: 'home', quantity: 1, minor: 101 },
    ];
    expect(totalOf(lines, { numerator: 1, denominator: 1 })).toBe(201);
    expect(totalOf(lines, { numerator: 1, denominator: 2 })).toBe(100);
    const paid = (...tenders: Purchase['tenders']): unknown => {
      const { share, totalMinor, explanation } = earningBasis(
        aProgramme(),
        aPurchase([1_000], tenders),
      );
      return [share.numerator, share.denominator, totalMinor, explanation];
    };
    const all = (numerator: number, denominator: number): unknown => [
      ...[numerator, denominator, 1_000, []],
    ];
    expect(paid()).toEqual(all(1, 1));
    expect(paid({ kind: 'card', amount: 0 })).toEqual(all(1, 1));
    expect(paid({ kind: 'card', amount: 1_000 })).toEqual(all(1_000, 1_000));
    expect(paid({ kind: 'card', amount: 700 }, { kind: 'points', amount: 300 })).toEqual([
      ...[700, 1_000, 700],
      [[-2, -1, 'paid_by_excluded_tender', '0', 300]],
    ]);
  });

  it('R3: is what is declared as earning, with its tax where that earns', () => {
    const purchase = aPurchase([
      aLine(120, { tax: 20 }),
      aLine(50, { category: 'delivery' }),
      aLine(50, { category: 'gift_cards' }),
      aLine(50, { category: 'power' }),
      aLine(50, { category: 'medicines' }),
      aLine(50, { category: 'charges' }),
      aLine(50, { category: 'unheard_of' }),
      aLine(50, { description: 'overdraft fee' }),
    ]);
    const { lines, explanation } = earningBasis(aProgramme(), purchase);
    expect(lines).toEqual([{ index: 0, category: 'home', quantity: 1, minor: 120 }]);
    expect(explanation).toEqual([
      [-2, 1, 'category_excluded', '0', 'delivery'],
      [-2, 2, 'category_cash_like', '0', 'gift_cards'],
      [-2, 3, 'category_metered', '0', 'power'],
      [-2, 4, 'category_regulated', '0', 'medicines'],
      [-2, 5, 'category_harmful', '0', 'charges'],
      [-2, 6, 'category_undeclared', '0', 'unheard_of'],
      [-2, 7, 'label_contradicted', '0', 'overdraft'],
    ]);
    const net = aProgramme({ earningBasis: { tax: 'excluded', excludedTenders: [] } });
    expect(earningBasis(net, purchase).lines[0]?.minor).toBe(100);
  });
});

describe('what rules say within what is left', () => {
  const base = { kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' } as const;
  const visit = {
    ...{ kind: 'per_purchase', id: 'visit', name: 'For a visit', points: 20 },
    ...{ minimumAmount: 1_000, caps: [{ period: 'day', points: 20 }], coolDownHours: 12 },
  } as const;
  const all: Room = { left: undefined, cap: undefined, isCoolingDown: false, had: 0n };
  const [blue] = aProgramme().tiers;

  function items(
    programme: Programme,
    purchase: Purchase,
    rooms: Partial<Rooms> = {},
    tier: Tier = blue,
  ): ExplanationItem[] {
    const basis = earningBasis(programme, purchase);
    const context = { held: '', qualifying: 0n, counters: new Map(), seenAt: null };
    const when = { occurredAt: NOON, at: NOON };
    const occasion = occasionOf(programme, context, purchase, when, basis);
    return itemsOf(programme, occasion, basis, tier, { ofGroup: () => all, ...rooms }).filter(
      ([rule]) => rule !== -1,
    );
  }
  const left = (billionths: bigint, cap?: number): Rooms => ({
    ofGroup: () => ({ ...all, left: billionths, cap }),
  });
  const plain = aProgramme({ earningRules: [base] });
  const visited = aProgramme({ earningRules: [visit] as never });
  const two = aPurchase([1_000, 500]);

  it('R23: go down to what a cap leaves, line by line, and say which', () => {
    const whole = [
      [0, 0, 'rate_applied', '10000000000', 1_000],
      [0, 1, 'rate_applied', '5000000000', 500],
    ];
    expect(items(plain, two)).toEqual(whole);
    expect(items(plain, two, left(15n * BILLION, 15))).toEqual(whole);
    expect(items(plain, two, left(12n * BILLION, 12))).toEqual([
      whole[0],
      [0, 1, 'capped', '2000000000', 12],
    ]);
    expect(items(plain, two, left(10n * BILLION, 10))).toEqual([
      whole[0],
      [0, 1, 'cap_reached', '0', 10],
    ]);
    expect(items(plain, two, left(-1n))).toEqual([
      [0, 0, 'cap_reached', '0', 0],
      [0, 1, 'cap_reached', '0', 0],
    ]);
  });

  it('R23: say the cap of what a visit gives, whole or cut, or that it cools down', () => {
    expect(items(visited, two)).toEqual([said(0, -1, 20, 'purchase_bonus_applied')]);
    expect(items(visited, two, left(20n * BILLION, 20))).toEqual([
      [0, -1, 'purchase_bonus_applied', '20000000000', 20],
    ]);
    expect(items(visited, two, left(7n * BILLION, 20))).toEqual([
      [0, -1, 'purchase_bonus_capped', '7000000000', 20],
    ]);
    const cooling = { ofGroup: () => ({ ...all, left: 0n, isCoolingDown: true }) };
    expect(items(visited, two, cooling)).toEqual([[0, -1, 'cool_down_running', '0', 12 * HOUR]]);
    const below: ExplanationItem = [0, -1, 'below_minimum_amount', '0', 1_000];
    expect(items(visited, aPurchase([999]), cooling)).toEqual([below]);
  });

  it('R23: of a lane cool down with it, but for those that gave nothing anyway', () => {
    const lanes = [{ code: 'one', name: 'One', coolDownHours: 12 }];
    const laned = { ...visit, caps: undefined, coolDownHours: undefined, lane: 'one' };
    const large = { ...laned, id: 'large', minimumAmount: 9_000 };
    const programme = aProgramme({ lanes, earningRules: [laned, large] } as never);
    const cooling = { ofGroup: () => ({ ...all, isCoolingDown: true }) };
    expect(items(programme, two, cooling)).toEqual([
      [0, -1, 'cool_down_running', '0', 12 * HOUR],
      [1, -1, 'below_minimum_amount', '0', 9_000],
    ]);
  });

  it('R23: are cut last by the caps on all rules, by exactly what is too much', () => {
    const earningCaps = [{ period: 'day', points: 12 }] as never[];
    const capped = aProgramme({ earningRules: [base], earningCaps });
    const room = (billionths: bigint | undefined, cap?: number): ExplanationItem[] =>
      items(capped, two, {
        ofGroup: ({ id }) => ({ ...all, ...(id === '*' && { left: billionths, cap }) }),
      }).filter(([rule]) => rule < 0);
    expect(room(undefined)).toEqual([]);
    expect(room(15n * BILLION)).toEqual([]);
    expect(room(12n * BILLION, 12)).toEqual([[-3, -1, 'member_cap_reached', '-3000000000', 12]]);
    expect(room(14n * BILLION)).toEqual([[-3, -1, 'member_cap_reached', '-1000000000', 0]]);
    // Without such caps nobody asks how much is left of them.
    expect(
      items(plain, two, { ofGroup: ({ id }) => ({ ...all, left: id === '*' ? 0n : undefined }) })
        .length,
    ).toBe(2);
  });

  it('R50: of an offer go down to what its budget leaves, or say that it is spent', () => {
    const pays = { kind: 'per_amount', rate: '1' };
    const offer = { code: 'extra', name: 'Extra', audience: { kind: 'all' }, pays };
    const offers = [{ ...offer, budget: { points: 100 } }] as never[];
    const programme = aProgramme({ earningRules: [base], offers });
    const within = (whole: number, draw: 'points' | 'grants' = 'points'): ExplanationItem[] =>
      items(programme, two, {
        ofOffer: (ruleNo) => (ruleNo === 1 ? { left: BigInt(whole) * BILLION, draw } : undefined),
      }).filter(([rule]) => rule === 1);
    const first: ExplanationItem = [1, 0, 'rate_applied', '10000000000', 1_000];
    expect(within(15)).toEqual([first, [1, 1, 'rate_applied', '5000000000', 500]]);
    expect(within(12)).toEqual([first, said(1, 1, 2, 'budget_capped')]);
    expect(within(10)).toEqual([first, said(1, 1, 0, 'budget_used_up')]);
    expect(within(0)).toEqual([said(1, 0, 0, 'budget_used_up'), said(1, 1, 0, 'budget_used_up')]);
    expect(within(0, 'grants').map(([, , code]) => code)).toEqual(['slot_full', 'slot_full']);
    expect(items(programme, two).filter(([rule]) => rule === 1).length).toBe(2);
  });

  it('R21: are multiplied where they qualify, whatever else is paid on their lines', () => {
    const double = { kind: 'multiplier', id: 'double', name: 'Double', by: '2' };
    const top = { ...base, id: 'top', rate: '3', qualifies: false };
    const programme = aProgramme({ earningRules: [base, top, double] } as never);
    const told = items(programme, aPurchase([1_000]));
    expect(told.map(([rule, , , billionths]) => [rule, Number(billionths) / 1e9])).toEqual([
      [0, 10],
      [1, 30],
      [2, 10],
    ]);
    expect(qualifyingOf(programme, told)).toBe(10n * BILLION);
  });

  it('R2: are told of every rule, whatever it pays for', () => {
    const caps = [{ period: 'day', points: 90 }];
    const programme = aProgramme({
      earningRules: [
        base,
        {
          ...{ kind: 'per_unit', id: 'unit', name: 'Piece', rate: '3' },
          minimumUnitAmount: 1,
          caps,
        },
        {
          kind: 'steps',
          id: 'steps',
          name: 'Steps',
          steps: [{ minimumAmount: 100, points: 7 }],
          caps,
        },
        { kind: 'per_activity', id: 'visit', name: 'Visit', activity: 'visit', points: 5, caps },
      ],
    } as never);
    const told = (purchase: Purchase): unknown =>
      items(programme, purchase).map(([rule, line, code, billionths]) => [
        ...[rule, line, code, Number(billionths) / 1e9],
      ]);
    expect(told(aPurchase([aLine(1_000, { quantity: 2 })]))).toEqual([
      [0, 0, 'rate_applied', 10],
      [1, 0, 'unit_rate_applied', 6],
      [2, -1, 'step_applied', 7],
      [3, -1, 'not_an_activity', 0],
    ]);
    const visiting = { ...aPurchase([]), activity: { kind: 'visit' } };
    expect(told(visiting)).toContainEqual([3, -1, 'activity_applied', 5]);
  });

  it('R56: say nothing of an offer that does not run', () => {
    const pays = { kind: 'per_amount', rate: '1' };
    const offer = { code: 'past', name: 'Past', audience: { kind: 'all' }, pays };
    const offers = [{ ...offer, until: '2026-06-15' }] as never[];
    const programme = aProgramme({ earningRules: [base], offers });
    expect(items(programme, aPurchase([1_000])).map(([rule]) => rule)).toEqual([0]);
  });
});
