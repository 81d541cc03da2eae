import { lastKey } from '../../src/rules/earning/counters.js';
import { contextOf, decide, occasionOf, type Context } from '../../src/rules/earning/decision.js';
import { earningBasis } from '../../src/rules/earning/earn.js';
import { rungOf, standingTier } from '../../src/rules/earning/tier.js';
import { poolOf } from '../../src/rules/offers/pool.js';
import { BILLION } from '../../src/rules/points.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Purchase } from '../../src/rules/purchase.js';
import { counterKey } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aMember, aPurchase, DAY, HOUR, NOON } from '../support/state.js';

const TODAY = NOON - 12 * HOUR;
const base = { kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' } as const;
const withRules = (rules: readonly object[], more: object = {}): Programme =>
  aProgramme({ rewards: [], earningRules: [base, ...rules] as never, ...more });

describe('a decision', () => {
  const fresh: Context = {
    ...{ held: 'blue', qualifying: 0n, counters: new Map(), enrolledAt: 0 },
    ...{ seenAt: null, pool: poolOf(undefined) },
  };
  const deciding = (programme: Programme, context = fresh, amount = 60_000): Context =>
    decide(programme, context, aPurchase([amount]), { occurredAt: NOON, at: NOON }).next;

  it('R19: makes a tier provisional that it reaches, while it can be returned', () => {
    const programme = withRules([]);
    const open = Date.UTC(2026, 6, 16, 23);
    expect(deciding(programme)).toMatchObject({ held: 'silver', provisionalUntil: open });
    expect(deciding(programme, { ...fresh, held: 'silver' }).provisionalUntil).toBeUndefined();
    expect(deciding(programme, { ...fresh, held: '' }, 100).provisionalUntil).toBeUndefined();
    expect(deciding(programme, fresh, 100)).toMatchObject({ held: 'blue' });
    const final = withRules([], { returnWindowDays: 0 });
    expect(deciding(final)).toMatchObject({ held: 'silver', seenAt: NOON });
    expect(deciding(final).provisionalUntil).toBeUndefined();
  });

  it('R23: leaves the least of what all caps leave, and says the one that does', () => {
    const caps = [
      { period: 'month', points: 30 },
      { period: 'day', points: 8 },
      { period: 'purchase', points: 9 },
    ];
    const programme = withRules([{ ...base, id: 'extra', caps, qualifies: false }]);
    const paid = (counters: [string, number][]): unknown =>
      decide(programme, { ...fresh, counters: new Map(counters) }, aPurchase([2_000]), {
        ...{ occurredAt: NOON, at: NOON },
      })
        .items.filter(([rule]) => rule === 1)
        .map(([, , code, billionths, cap]) => [code, Number(billionths) / 1e9, cap]);
    expect(paid([])).toEqual([['capped', 8, 8]]);
    const month = counterKey('extra/month', Date.UTC(2026, 4, 31, 23));
    expect(paid([[month, 25]])).toEqual([['capped', 5, 30]]);
    expect(paid([[month, 22]])).toEqual([['capped', 8, 30]]);
    expect(paid([[month, 21]])).toEqual([['capped', 8, 8]]);
    expect(paid([[counterKey('extra/day', TODAY), 8]])).toEqual([['cap_reached', 0, 8]]);
  });

  it('R23: gives no more by one purchase than its own cap, and cools down without any', () => {
    const caps = [
      { period: 'purchase', points: 5 },
      { period: 'day', points: 90 },
    ];
    const visit = { kind: 'per_purchase', name: 'Visit', points: 20, minimumAmount: 500 };
    const programme = withRules(
      [
        { ...base, id: 'extra', caps, qualifies: false },
        { ...visit, id: 'visit', lane: 'calm' },
      ],
      { lanes: [{ code: 'calm', name: 'Calm', coolDownHours: 12 }] },
    );
    const counters = new Map([[lastKey('lane:calm'), NOON - HOUR]]);
    const { items } = decide(programme, { ...fresh, counters }, aPurchase([2_000]), {
      ...{ occurredAt: NOON, at: NOON },
    });
    expect(items.filter(([rule]) => rule > 0)).toEqual([
      [1, 0, 'capped', (5n * BILLION).toString(), 5],
      [2, -1, 'cool_down_running', '0', 12 * HOUR],
    ]);
  });

  it('R24: looks at the day and the weekday of the event, and at what came before it', () => {
    const when = (...conditions: object[]): object => ({ ...base, when: conditions });
    const programme = withRules(
      [
        { ...when({ kind: 'weekday', days: ['tuesday'] }), id: 'day' },
        { ...when({ kind: 'nth_purchase', numbers: [2] }), id: 'second' },
        { ...when({ kind: 'lapsed', days: 30 }), id: 'back' },
        { ...when({ kind: 'first_in_category', categories: ['home'] }), id: 'first' },
      ],
      { countedPurchases: { minimumAmount: 1 } },
    );
    const paying = (context: Partial<Context>, occurredAt = NOON, at = NOON): number[] =>
      decide(programme, { ...fresh, ...context }, aPurchase([2_000]), { occurredAt, at })
        .items.filter(([rule, , , billionths]) => rule > 0 && billionths !== '0')
        .map(([rule]) => rule);
    expect(paying({})).toEqual([1, 4]);
    expect(paying({}, NOON + DAY)).toEqual([4]);
    expect(paying({ counters: new Map([['*/purchase-days@0', 1]]) })).toEqual([1, 2, 4]);
    expect(paying({ counters: new Map([['*/first/home@0', 5]]) })).toEqual([1]);
    expect(paying({ seenAt: NOON - 40 * DAY })).toEqual([1, 3, 4]);
    expect(paying({ seenAt: NOON - 20 * DAY })).toEqual([1, 4]);
    expect(paying({ seenAt: NOON - 20 * DAY }, NOON, NOON + 11 * DAY)).toEqual([1, 3, 4]);
  });

  it('R5: cools down until just before its hours are over, and not before the first time', () => {
    const visit = {
      ...{ kind: 'per_purchase', id: 'visit', name: 'Visit', points: 20, minimumAmount: 500 },
      ...{ caps: [{ period: 'day', points: 90 }], coolDownHours: 12 },
    };
    const programme = withRules([visit, { ...visit, id: 'other', coolDownHours: undefined }]);
    const codes = (last: number): unknown => {
      const counters = new Map([
        [lastKey('visit'), last],
        [lastKey('other'), NOON - 1],
      ]);
      return decide(programme, { ...fresh, counters }, aPurchase([600]), {
        ...{ occurredAt: NOON, at: NOON },
      })
        .items.filter(([rule]) => rule > 0)
        .map(([, , code]) => code);
    };
    const both = ['purchase_bonus_applied', 'purchase_bonus_applied'];
    expect(codes(NOON - 12 * HOUR)).toEqual(both);
    expect(codes(NOON - 12 * HOUR + 1)).toEqual(['cool_down_running', both[1]]);
    expect(codes(0)).toEqual(both);
  });

  it('R81: knows what a meter reading saved only for a rule of its category', () => {
    const rule = {
      ...{ kind: 'metered_reduction', id: 'saved', name: 'Saved', category: 'power' },
    };
    const purchase = {
      ...aPurchase([]),
      activity: { kind: 'meter_reading', category: 'power', reading: 100 },
      retailer: 'grid',
    };
    const year = 365 * DAY;
    const counters = new Map(
      [
        [NOON - 2 * year, 1],
        [NOON - year, 1_001],
      ].map(([at = 0, used = 0]) => [counterKey('*/meter/grid/power', at), used]),
    );
    const saved = (asked: Purchase, category: string): bigint | undefined => {
      const programme = withRules([]);
      const basis = earningBasis(programme, asked);
      const when = { occurredAt: NOON, at: NOON };
      const occasion = occasionOf(programme, { ...fresh, counters }, asked, when, basis);
      return occasion.saved({ ...rule, category, until: NOON - year + 1 } as never);
    };
    const reading = { ...purchase, activity: { ...purchase.activity, reading: 1_400 } };
    expect(saved(reading, 'power')).toBe(600_000_000n);
    expect(saved(reading, 'gas')).toBeUndefined();
    expect(saved(aPurchase([1]), 'power')).toBeUndefined();
    expect(
      saved({ ...reading, activity: { kind: 'visit', category: 'power' } }, 'power'),
    ).toBeUndefined();
  });

  it('R11: is of the member as they stand', () => {
    const review = { own: null, at: 5, missedAt: null, grant: null, rolled: null };
    const left = new Map([['budget', 7]]);
    const member = aMember({ tier: 'silver', qualifying: 4n, heardAt: 3, newestAt: 9, review });
    expect(contextOf(member, left)).toEqual({
      ...{ held: 'silver', review, qualifying: 4n, counters: new Map(), enrolledAt: 0 },
      ...{ seenAt: 3, pool: poolOf(left) },
    });
  });
});

describe('tiers of versions before', () => {
  const tier = (code: string, threshold: number, replaces: string[] = []) => ({
    ...{ code, name: code, threshold, multiplier: '1' },
    ...(replaces.length > 0 && { replaces }),
  });
  const ladder = { window: { kind: 'rolling', months: 12 } } as const;
  const version = (tiers: object[], more: object = {}): Programme =>
    withRules([], { tiers, ...more });
  const old = version([tier('blue', 0), tier('green', 100), tier('gold', 500), tier('black', 900)]);
  const now = version([tier('blue', 0), tier('green', 100), tier('red', 600, ['ruby'])], {
    ladder,
  });

  it('R48: that are gone are those that replace them, or else the highest below that is there', () => {
    const reviewed = { ...now, earlier: old };
    const rung = (code: string): number => rungOf(reviewed, code);
    expect(['blue', 'green', 'red', 'ruby'].map(rung)).toEqual([0, 1, 2, 2]);
    expect(['gold', 'black'].map(rung)).toEqual([1, 1]);
    expect(rung('never')).toBe(0);
    expect(rungOf(now, 'gold')).toBe(0);
    const turned = version([tier('green', 0), tier('blue', 5)]);
    expect(rungOf({ ...now, earlier: turned }, 'blue')).toBe(0);
    const oldest = version([tier('bronze', 0), tier('blue', 1)]);
    expect(rungOf({ ...now, earlier: { ...old, earlier: oldest } }, 'bronze')).toBe(0);
    const between = version([tier('blue', 0), tier('red', 5)]);
    expect(rungOf({ ...now, earlier: { ...between, earlier: old } }, 'gold')).toBe(1);
  });

  it('R48: are none where points of a lifetime decide', () => {
    const plain = version([tier('blue', 0), tier('green', 100)]);
    expect(rungOf({ ...plain, earlier: old }, 'gold')).toBe(-1);
    expect(rungOf(plain, 'blue')).toBe(0);
    expect(standingTier({ ...plain, earlier: old }, 'gold', 0n)).toBe(0);
    expect(standingTier(now, 'green', 900n * BILLION)).toBe(1);
    expect(standingTier(plain, 'blue', 100n * BILLION)).toBe(1);
  });
});
