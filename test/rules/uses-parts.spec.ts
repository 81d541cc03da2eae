import { aPast } from '../support/history.js';
import {
  BOUGHT,
  changedCounters,
  countersNeeded,
  firstKey,
  lastKey,
  purchaseDaysKey,
  purchasesKey,
  use,
} from '../../src/rules/earning/counters.js';
import { isGone } from '../../src/rules/earning/remaining.js';
import { Awards, inOrder, timelineOf } from '../../src/rules/earning/timeline.js';
import { changeSums, usesOf, withUses, type Uses } from '../../src/rules/earning/uses.js';
import type { ExplanationItem } from '../../src/rules/explanation.js';
import { BILLION } from '../../src/rules/points.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Purchase } from '../../src/rules/purchase.js';
import { counterKey } from '../../src/rules/state.js';
import { anOffer } from '../support/offers.js';
import { aProgramme } from '../support/programme.js';
import { aLine, aPurchase, DAY, HOUR, NOON, versionsOf } from '../support/state.js';

const TODAY = NOON - 12 * HOUR;
const base = { kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' } as const;
const withRules = (rules: readonly object[], more: object = {}): Programme =>
  aProgramme({ rewards: [], earningRules: [base, ...rules] as never, ...more });
const said = (rule: number, whole: number, line = 0): ExplanationItem => [
  ...([rule, line, 'rate_applied', (BigInt(whole) * BILLION).toString()] as const),
];

function uses(
  programme: Programme,
  purchase: Purchase | undefined,
  items: readonly ExplanationItem[] = [],
): Uses {
  return usesOf({ programme, items, at: NOON, purchase, enrolledAt: 0 });
}

describe('what a purchase has used of counters', () => {
  const nothing: Uses = {
    ...{ caps: new Map(), granted: new Set(), firsts: new Set(), deeds: new Map() },
    ...{ counted: undefined, tier: undefined },
  };

  it('R5: is nothing where nothing is counted', () => {
    expect(uses(withRules([]), aPurchase([1_000]), [said(0, 10)])).toEqual(nothing);
  });

  it('R5: is what caps count of its points, and a cool-down where it has any', () => {
    const visit = {
      ...{ kind: 'per_purchase', id: 'visit', name: 'Visit', points: 20, minimumAmount: 500 },
      ...{ caps: [{ period: 'day', points: 20 }], coolDownHours: 12 },
    };
    const programme = withRules([visit], { earningCaps: [{ period: 'day', points: 90 }] });
    const of = (...items: ExplanationItem[]): unknown => {
      const { caps, granted } = uses(programme, aPurchase([1_000]), items);
      return [[...caps].map(([key, { billionths }]) => [key, billionths / BILLION]), [...granted]];
    };
    const [visits, all] = [counterKey('visit/day', TODAY), counterKey('*/day', TODAY)];
    expect(of(said(0, 10), said(1, 20, -1), said(1, 1, -1))).toEqual([
      [
        [visits, 21n],
        [all, 31n],
      ],
      ['visit'],
    ]);
    expect(of(said(0, 10), said(1, 0, -1))).toEqual([[[all, 10n]], []]);
    expect(of(said(1, -5, -1))).toEqual([
      [
        [visits, -5n],
        [all, -5n],
      ],
      [],
    ]);
    // What all caps together cut off counts with them; remarks and what waits do not.
    expect(of(said(0, 10), said(-3, -4, -1), said(-2, 7), said(-4, -6, -1))).toEqual([
      [[all, 6n]],
      [],
    ]);
    expect(of(said(-3, -4, -1))).toEqual([[[all, -4n]], []]);
  });

  it('R23: is not known of an erased one where a cap counts each location by itself', () => {
    const caps = [
      { period: 'day', points: 20, perLocation: true },
      { period: 'month', points: 90 },
    ];
    const programme = withRules([{ ...base, id: 'extra', caps }]);
    const keys = (purchase: Purchase | undefined): string[] =>
      [...uses(programme, purchase, [said(1, 5)]).caps.keys()].map(
        (key) => key.split('@2')[0] ?? '',
      );
    expect(
      keys({ ...aPurchase([1]), location: 'north' }).map((key) => key.replace(/@\d+$/, '')),
    ).toEqual(['extra/day@north', 'extra/month']);
    expect(keys(undefined).map((key) => key.replace(/@\d+$/, ''))).toEqual(['extra/month']);
    expect(uses(programme, undefined).firsts.size).toBe(0);
  });

  it('R24: is each category bought first, of which something earns', () => {
    const when = [{ kind: 'first_in_category', categories: ['garden'] }];
    const programme = withRules([{ ...base, id: 'first', when, qualifies: false }]);
    const of = (...lines: Purchase['lines']): string[] => [
      ...uses(programme, aPurchase(lines)).firsts,
    ];
    expect(of(aLine(1, { category: 'garden' }), aLine(1))).toEqual(['garden']);
    expect(of(aLine(0, { category: 'garden' }), aLine(1))).toEqual([]);
    expect(of(aLine(1))).toEqual([]);
  });

  it('R57: is that the member was heard of, where a rule asks and something earns', () => {
    const programme = withRules([{ ...base, id: 'back', when: [{ kind: 'lapsed', days: 60 }] }]);
    expect([...uses(programme, aPurchase([1])).firsts]).toEqual([BOUGHT]);
    expect([...uses(programme, aPurchase([0])).firsts]).toEqual([]);
    expect([...uses(withRules([]), aPurchase([1])).firsts]).toEqual([]);
  });

  it('R24: is a purchase of its day, where one is large enough', () => {
    const third = {
      ...{ kind: 'per_purchase', id: 'third', name: 'Third', points: 5, minimumAmount: 500 },
      when: [{ kind: 'nth_purchase', numbers: [3] }],
    };
    const programme = withRules([third], { countedPurchases: { minimumAmount: 500 } });
    const counted = (purchase: Purchase): string | undefined => uses(programme, purchase).counted;
    expect(counted(aPurchase([500]))).toBe(purchasesKey(programme, NOON));
    expect(counted(aPurchase([499]))).toBeUndefined();
    expect(counted({ ...aPurchase([500]), activity: { kind: 'visit' } })).toBeUndefined();
    const free = { ...programme, countedMinor: 0 };
    expect(uses(free, aPurchase([0])).counted).toBeUndefined();
    expect(uses(free, aPurchase([1])).counted).toBe(purchasesKey(programme, NOON));
  });

  it('R80: is what segments count of it, of an activity nothing but its reading', () => {
    const programme = withRules(
      [{ ...base, id: 'rich', when: [{ kind: 'segment', segments: ['rich'] }] }],
      {
        segments: [{ code: 'rich', name: 'Rich', all: [{ kind: 'spend', atLeast: 1, days: 30 }] }],
      },
    );
    const deeds = (purchase: Purchase): string[] => [...uses(programme, purchase).deeds.keys()];
    expect(deeds(aPurchase([1_000]))).toEqual([
      counterKey('*/spend', TODAY),
      counterKey('*/spend/ever', 0),
    ]);
    const visit = { ...aPurchase([1_000]), activity: { kind: 'visit' } };
    expect(deeds(visit)).toEqual([]);
    const activity = { kind: 'meter_reading', category: 'power', reading: 7 };
    const reading = { ...aPurchase([]), activity, retailer: 'grid' };
    expect(deeds(reading)).toEqual([counterKey('*/meter/grid/power', NOON)]);
  });

  it('R42: is qualifying points, spend and days of its month, as far as tiers go by them', () => {
    const programme = withRules([{ ...base, id: 'extra', qualifies: false }], {
      countedPurchases: { minimumAmount: 1 },
      ladder: { metric: 'spend', window: { kind: 'rolling', months: 12 } },
    });
    const { tier } = uses(programme, aPurchase([1_000]), [said(0, 10), said(1, 5)]);
    expect(tier).toMatchObject({ qualifying: 10n * BILLION, spend: 1_000 });
    expect(uses(programme, undefined, [said(0, 10)]).tier).toMatchObject({ spend: 0 });
  });

  it('R15: is added, or taken back, and never leaves less than nothing', () => {
    const key = counterKey('*/purchases', TODAY);
    const some = { ...nothing, counted: key, deeds: new Map([['deed@0', 3]]) };
    const counters = new Map<string, number>();
    changeSums(counters, some, 1n);
    changeSums(counters, some, 1n);
    const sums = (): unknown[] =>
      [key, purchaseDaysKey, 'deed@0'].map((each) => counters.get(each));
    expect(sums()).toEqual([2, 1, 6]);
    changeSums(counters, some, -1n);
    expect(sums()).toEqual([1, 1, 3]);
    changeSums(counters, some, -1n);
    expect(sums()).toEqual([0, 0, 0]);
    changeSums(counters, some, -1n);
    expect(sums()).toEqual([0, 0, 0]);
    const other = new Map([['x@0', 1]]);
    changeSums(other, nothing, 1n);
    expect([...other]).toEqual([['x@0', 1]]);
  });

  it('R5: counts as soon as there is one thing to count', () => {
    const counters = new Map([['x@0', 1]]);
    const after = (some: Partial<Uses>): string[] => [
      ...withUses(counters, { ...nothing, ...some }, NOON).keys(),
    ];
    const deeds = new Map([['deed@0', 1]]);
    expect(after({})).toEqual(['x@0']);
    expect(after({ granted: new Set(['a']), firsts: new Set(['b']) })).toEqual([
      ...['x@0', 'a/last@0', '*/first/b@0'],
    ]);
    expect(after({ firsts: new Set(['b']), deeds })).toEqual(['x@0', '*/first/b@0', 'deed@0']);
    expect(after({ deeds })).toEqual(['x@0', 'deed@0']);
    const month = { points: undefined, spend: 'spend@0', days: undefined };
    const tier = { counters: month, qualifying: 0n, spend: 5 };
    expect(after({ tier })).toEqual(['x@0', 'spend@0']);
  });

  it('R42: counts days and spend of the month with the first purchase of a day', () => {
    const counters = new Map<string, number>();
    const month = {
      points: { points: 'p', part: 'q', start: 0 },
      spend: 'spend@0',
      days: 'days@0',
    };
    const tier = { counters: month, qualifying: 2_500_000_000n, spend: 700 };
    const some = { ...nothing, counted: 'day@0', tier };
    const of = (): unknown[] =>
      ['days@0', 'spend@0', 'p@0', 'q@0'].map((each) => counters.get(each));
    changeSums(counters, some, 1n);
    expect(of()).toEqual([1, 700, 2, 500_000_000]);
    changeSums(counters, some, 1n);
    expect(of()).toEqual([1, 1_400, 5, 0]);
    changeSums(counters, some, -1n);
    changeSums(counters, some, -1n);
    expect(of()).toEqual([0, 0, 0, 0]);
  });
});

describe('the counters that a purchase reads', () => {
  const needed = (
    programme: Programme,
    purchase = aPurchase([1_000]),
    occurredAt?: number,
  ): string[] =>
    countersNeeded(programme, NOON, purchase, occurredAt).map(
      ({ counter, periodStart, onwards }) =>
        counterKey(counter, periodStart) + (onwards === true ? ' onwards' : ''),
    );
  const laned = (...days: [from: number, until: number][]): Programme => ({
    ...withRules([]),
    offers: new Map(
      days.map(([from, until], ruleNo) => [
        ruleNo,
        anOffer(ruleNo, { from: NOON + from * DAY, until: NOON + until * DAY }),
      ]),
    ),
    groups: [
      {
        ...{ id: 'lane', competes: true, level: 'event', rules: days.map((_, no) => no), caps: [] },
        ...{ coolDownMs: HOUR, topsUp: false },
      },
    ],
  });

  it('R56: are those of a lane of which any offer runs, and none of one of which none does', () => {
    expect(needed(laned([-1, 1], [1, 2]))).toEqual([lastKey('lane')]);
    expect(needed(laned([1, 2], [-1, 1]))).toEqual([lastKey('lane')]);
    expect(needed(laned([1, 2], [2, 3]))).toEqual([]);
    expect(needed(laned([1, 2]), aPurchase([1]), NOON + DAY)).toEqual([lastKey('lane')]);
  });

  it('R81: are those of its meter, of all the readings since the first', () => {
    const activity = { kind: 'meter_reading', category: 'power', reading: 7 };
    expect(needed(withRules([]), { ...aPurchase([]), activity, retailer: 'grid' })).toEqual([
      '*/meter/grid/power@0 onwards',
    ]);
  });

  it('R15: change only where they are other than before', () => {
    const before = new Map([
      ['a@1', 1],
      ['b@1', 2],
    ]);
    const after = new Map([...before, ['b@1', 3]] as [string, number][]);
    expect(changedCounters(before, after)).toEqual([{ counter: 'b', periodStart: 1, used: 3 }]);
    expect(changedCounters(before, new Map(before))).toEqual([]);
    const whole = new Map<string, number>();
    use(whole, { points: 'x', part: undefined, start: 5 }, 3n * BILLION);
    expect([...whole]).toEqual([['x@5', 3]]);
  });

  it('R54: are called what they have always been called', () => {
    expect(firstKey('garden')).toBe('*/first/garden@0');
    expect(firstKey(BOUGHT)).toBe('*/first/*bought@0');
    expect(purchaseDaysKey).toBe('*/purchase-days@0');
    expect(lastKey('visit')).toBe('visit/last@0');
  });
});

describe('what is left of purchases', () => {
  it('R15: is nothing once neither pieces nor money are', () => {
    const purchase = aPurchase([aLine(100), aLine(0)]);
    const back = (line: number, quantity: number, amount: number) => ({ line, quantity, amount });
    const gone = (...returns: ReturnType<typeof back>[]): boolean => isGone(purchase, returns);
    expect(gone(back(0, 1, 100), back(1, 1, 0))).toBe(true);
    expect(gone(back(0, 1, 100))).toBe(false);
    expect(gone(back(0, 0, 100), back(1, 1, 0))).toBe(false);
    expect(gone(back(0, 1, 99), back(1, 1, 0))).toBe(false);
    expect(gone()).toBe(false);
  });

  it('R11: is in the order in which it happened, not in that of the postings', () => {
    const history = [
      aPast({ seq: 3, kind: 'return', purchase: 1, occurredAt: NOON + 2 }),
      aPast({ seq: 4, kind: 'review', explanation: [said(-2, 0)], occurredAt: NOON + 1 }),
      aPast({ seq: 5, kind: 'correct', event: 4, explanation: [said(0, 1)], tier: 'silver' }),
      aPast({ seq: 6, kind: 'correct', event: 1, purchase: 1, explanation: [said(0, 2)] }),
      aPast({ seq: 7, kind: 'review', explanation: [said(-2, 0)], occurredAt: NOON + 3 }),
      aPast({ seq: 1, explanation: [said(0, 10)] }),
    ];
    expect(timelineOf(history).map(({ seq, items, tier }) => [seq, items.length, tier])).toEqual([
      [1, 2, 'blue'],
      [4, 0, 'silver'],
      [3, 0, 'blue'],
      [7, 0, 'blue'],
    ]);
    const [early, late] = [
      { at: NOON, seq: 2 },
      { at: NOON, seq: 3 },
    ];
    expect([inOrder(early, late) < 0, inOrder(late, early) < 0]).toEqual([true, false]);
    expect(inOrder({ at: NOON, seq: 3 }, { at: NOON + 1, seq: 2 })).toBeLessThan(0);
  });

  it('R19: is provisional from the oldest on, whatever order they were counted in', () => {
    const events = timelineOf([aPast({ seq: 1 }), aPast({ seq: 2, occurredAt: NOON + 1 })]);
    const awards = Awards.after(events.reverse(), { purchases: undefined, enrolledAt: 0 });
    expect(awards.provisionalFrom(NOON, versionsOf(withRules([])))?.seq).toBe(1);
  });

  it('R24: is what a category was bought first with, the oldest there is', () => {
    const when = [{ kind: 'first_in_category', categories: ['garden'] }];
    const programme = withRules([{ ...base, id: 'first', when, qualifies: false }]);
    const garden = aPurchase([aLine(100, { category: 'garden' })]);
    const awards = Awards.after(
      timelineOf([
        aPast({ seq: 1, occurredAt: NOON + 2 }),
        aPast({ seq: 2, occurredAt: NOON + 1 }),
        aPast({ seq: 3, occurredAt: NOON + 3 }),
        aPast({ seq: 4, occurredAt: NOON }),
      ]),
      {
        purchases: new Map([1, 2, 3].map((seq) => [seq, garden])),
        enrolledAt: 0,
      },
    );
    const versions = versionsOf(programme);
    expect(awards.others(versions).firstOf('garden')).toBe(NOON + 1);
    expect(awards.others(versions, 2).firstOf('garden')).toBe(NOON + 2);
    expect(awards.others(versions).firstOf('home')).toBe(0);
    expect(awards.uses(versions).map(({ firsts }) => firsts.size)).toEqual([0, 1, 1, 1]);
  });
});
