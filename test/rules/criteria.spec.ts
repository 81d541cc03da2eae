import type { LineBasis } from '../../src/rules/earning/occasion.js';
import {
  boughtName,
  Deeds,
  daysBefore,
  deedsNeeded,
  deedsOf,
  PURCHASES,
  SPEND,
} from '../../src/rules/segments/deeds.js';
import type { SegmentFacts } from '../../src/rules/segments/facts.js';
import {
  askedSegments,
  asksMember,
  isAmong,
  type Criterion,
  type Segments,
} from '../../src/rules/segments/segment.js';
import { aLine, aPurchase, DAY } from '../support/state.js';

const facts = (changed: Partial<SegmentFacts> = {}): SegmentFacts => ({
  ...{ tier: 'silver', profile: undefined, balance: 0, enrolledDays: 0, enrolledBy: undefined },
  ...{ purchaseDays: () => 0, spent: () => 0, boughtWithin: () => false },
  ...{ everBought: () => false, boughtOf: () => false },
  ...changed,
});
const holds = (criterion: Criterion, changed: Partial<SegmentFacts> = {}): boolean =>
  isAmong({ code: 'club', name: 'Club', all: [criterion] }, facts(changed));

describe('a criterion of a segment', () => {
  it('R80: asks for at least so many points, days since joining, or so much spent', () => {
    const balances = [9, 10].map((balance) => holds({ kind: 'balance', atLeast: 10 }, { balance }));
    expect(balances).toEqual([false, true]);
    const joined = (criterion: object): boolean[] =>
      [0, 4, 5, 6, 7].map((enrolledDays) =>
        holds({ kind: 'enrolled', ...criterion }, { enrolledDays }),
      );
    expect(joined({ atLeastDays: 5 })).toEqual([false, false, true, true, true]);
    expect(joined({ atMostDays: 6 })).toEqual([true, true, true, true, false]);
    expect(joined({ atLeastDays: 5, atMostDays: 6 })).toEqual([false, false, true, true, false]);
    const spent = (days: number): number => (days === 30 ? 500 : 0);
    expect(
      [500, 501].map((atLeast) => holds({ kind: 'spend', days: 30, atLeast }, { spent })),
    ).toEqual([true, false]);
  });

  it('R80: asks for the days on which they bought', () => {
    const often = (criterion: object): boolean[] =>
      [1, 2, 3, 4].map((found) =>
        holds(
          { kind: 'purchases', days: 30, ...criterion },
          { purchaseDays: (days) => (days === 30 ? found : 99) },
        ),
      );
    expect(often({ atLeast: 2 })).toEqual([false, true, true, true]);
    expect(often({ atMost: 3 })).toEqual([true, true, true, false]);
    expect(often({ atLeast: 2, atMost: 3 })).toEqual([false, true, true, false]);
  });

  it('R80: asks for what they are, what they like, and where they came from', () => {
    const profile = { persona: 'cook', birthMonth: 6, preferences: ['tea', 'books'] };
    const told = [profile, { ...profile, persona: 'parent', birthMonth: 5, preferences: ['tea'] }];
    const silent = { persona: undefined, birthMonth: undefined, preferences: [] };
    const asks = (criterion: Criterion): boolean[] =>
      [...told, silent, undefined].map((each) => holds(criterion, { profile: each }));
    const only = [true, false, false, false];
    expect(asks({ kind: 'persona', personas: ['cook', 'student'] })).toEqual(only);
    expect(asks({ kind: 'birth_month', months: [6, 7] })).toEqual(only);
    expect(asks({ kind: 'preference', preferences: ['books', 'wine'] })).toEqual(only);
    const by = ['shop', 'other', undefined].map((enrolledBy) =>
      holds({ kind: 'enrolled_by', retailers: ['shop'] }, { enrolledBy }),
    );
    expect(by).toEqual([true, false, false]);
    const tiers = [['silver', 'gold'], ['gold']].map((each) =>
      holds({ kind: 'tier', tiers: each }),
    );
    expect(tiers).toEqual([true, false]);
  });

  it('R80: asks for one of these categories, ever or in the last days', () => {
    const boughtOf = (category: string, days: number | undefined): boolean =>
      category === 'garden' && days === 7;
    const asks = (categories: string[], days?: number): boolean =>
      holds({ kind: 'bought', categories, days }, { boughtOf });
    expect([asks(['home', 'garden'], 7), asks(['home'], 7), asks(['garden'])]).toEqual([
      ...[true, false, false],
    ]);
  });

  it('R80: asks for how long ago they last bought, which who never did did not', () => {
    const last = (criterion: object, ago: number | undefined): boolean =>
      holds(
        { kind: 'last_purchase', ...criterion },
        {
          boughtWithin: (days) => ago !== undefined && ago <= days,
          everBought: () => ago !== undefined,
        },
      );
    const asks = (criterion: object): boolean[] =>
      [1, 4, 5, 8, 9, undefined].map((ago) => last(criterion, ago));
    expect(asks({ atLeastDays: 5 })).toEqual([false, false, true, true, true, false]);
    expect(asks({ atMostDays: 8 })).toEqual([true, true, true, true, false, false]);
    expect(asks({ atLeastDays: 5, atMostDays: 8 })).toEqual([
      ...[false, false, true, true, false, false],
    ]);
    expect(asks({ atLeastDays: 1 })).toEqual([true, true, true, true, true, false]);
    expect(asks({ atLeastDays: 2 })).toEqual([false, true, true, true, true, false]);
    // From one day on everything counts that was bought before today.
    const today = { everBought: () => true, boughtWithin: (days: number) => days === 0 };
    expect(holds({ kind: 'last_purchase', atLeastDays: 1 }, today)).toBe(true);
  });

  it('R80: holds with all others of its segment', () => {
    const among = (...all: Criterion[]): boolean => isAmong({ code: 'a', name: 'A', all }, facts());
    const [yes, no]: Criterion[] = [
      { kind: 'tier', tiers: ['silver'] },
      { kind: 'balance', atLeast: 1 },
    ] as const;
    expect([among(), among(yes), among(yes, no), among(no)]).toEqual([true, true, false, false]);
  });
});

const segmentsOf = (
  all: Record<string, Criterion[]>,
  changed: Partial<Segments> = {},
): Segments => ({
  byCode: new Map(
    Object.entries(all).map(([code, each]) => [code, { code, name: code, all: each }]),
  ),
  ...{ asked: new Set(Object.keys(all)), countsSpend: false, countsBought: new Set() },
  ...changed,
});

describe('segments that rules ask for', () => {
  it('R26: only these are read, and of members only what they are about', () => {
    const rich: Criterion = { kind: 'balance', atLeast: 1 };
    const segments = segmentsOf({ a: [rich], b: [rich], c: [] }, { asked: new Set(['c', 'a']) });
    expect(askedSegments(segments).map(({ code }) => code)).toEqual(['a', 'c']);
    const member: Criterion[] = [
      { kind: 'persona', personas: [] },
      { kind: 'preference', preferences: [] },
      { kind: 'birth_month', months: [] },
      { kind: 'enrolled_by', retailers: [] },
    ];
    for (const each of member) {
      expect(asksMember(segmentsOf({ a: [rich], b: [rich, each] }))).toBe(true);
      expect(asksMember(segmentsOf({ a: [each] }, { asked: new Set() }))).toBe(false);
    }
    expect(asksMember(segmentsOf({ a: [rich, { kind: 'tier', tiers: [] }], b: [] }))).toBe(false);
  });
});

const timeZone = 'Europe/London';
const at = Date.UTC(2026, 5, 16, 11);
/** The midnights by London's clock that begin the day of the event, and some days before. */
const today = Date.UTC(2026, 5, 15, 23);
const ago = (days: number): number => today - days * DAY;

describe('what a purchase adds to what its member did', () => {
  const line = (category: string, minor: number): LineBasis => ({
    ...{ index: 0, category, quantity: 1, minor },
  });
  const counts = (changed: Partial<Segments>, lines: LineBasis[], totalMinor = 700): unknown => [
    ...deedsOf({ timeZone, segments: segmentsOf({}, changed) }, at, { totalMinor, lines }),
  ];
  const spent = [
    [`*/spend@${String(today)}`, 700],
    ['*/spend/ever@0', 700],
  ];
  const bought = [
    [`*/bought/garden@${String(today)}`, 1],
    ['*/bought/garden/ever@0', 1],
  ];
  const basket = [line('home', 5), line('garden', 3), line('garden', 4)];

  it('R80: is what was spent that day, and which of the categories asked for were bought', () => {
    const garden = { countsBought: new Set(['garden', 'books']) };
    expect(counts({ countsSpend: true, ...garden }, basket)).toEqual([...spent, ...bought]);
    expect(counts(garden, basket)).toEqual(bought);
    expect(counts({ countsSpend: true }, basket)).toEqual(spent);
    expect(counts({}, basket)).toEqual([]);
  });

  it('R80: is nothing of what is worth nothing', () => {
    const garden = { countsSpend: true, countsBought: new Set(['garden']) };
    expect(counts(garden, [line('garden', 0)], 0)).toEqual([]);
    expect(counts(garden, [line('garden', 1)], 1)).toHaveLength(4);
  });
});

describe('what is read to know in which segments a member is', () => {
  const need = (counter: string, periodStart: number, onwards = false): object => ({
    ...{ counter, periodStart, onwards },
  });
  const needs = (segments: Segments, lines = ['home']): unknown =>
    deedsNeeded(
      { timeZone, segments },
      ...([at, aPurchase(lines.map((category) => aLine(1, { category })))] as const),
    );
  const asked = (...all: Criterion[]): unknown => needs(segmentsOf({ a: all }));

  it('R80: is what the purchase changes itself', () => {
    const segments = segmentsOf(
      {},
      { countsSpend: true, countsBought: new Set(['garden', 'home']) },
    );
    const spend = [need('*/spend', today), need('*/spend/ever', 0)];
    const home = [need('*/bought/home', today), need('*/bought/home/ever', 0)];
    expect(needs(segments)).toEqual([...spend, ...home]);
    expect(needs(segments, [])).toEqual([]);
    expect(needs({ ...segments, countsSpend: false })).toEqual(home);
    expect(needs(segments, ['books'])).toEqual(spend);
  });

  it('R80: is what criteria look back at, from so many days before on', () => {
    expect(asked({ kind: 'spend', days: 3, atLeast: 1 })).toEqual([need(SPEND, ago(3), true)]);
    expect(asked({ kind: 'purchases', days: 2 })).toEqual([need(PURCHASES, ago(2), true)]);
    const categories = ['garden', 'books'];
    expect(asked({ kind: 'bought', categories, days: 4 })).toEqual([
      ...categories.map((category) => need(boughtName(category), ago(4), true)),
    ]);
    expect(asked({ kind: 'last_purchase', atMostDays: 9 })).toEqual([need(SPEND, ago(9), true)]);
    expect(asked({ kind: 'last_purchase', atLeastDays: 12, atMostDays: 9 })).toEqual([
      need(SPEND, ago(11), true),
    ]);
  });

  it('R80: is what was ever done, and what was of that on the day itself', () => {
    const garden: Criterion = { kind: 'bought', categories: ['garden'] };
    expect(asked(garden)).toEqual([
      need('*/bought/garden/ever', 0),
      need('*/bought/garden', today, true),
    ]);
    const ever = need('*/spend/ever', 0);
    expect(asked({ kind: 'last_purchase', atLeastDays: 5 })).toEqual([
      ever,
      need(SPEND, ago(4), true),
    ]);
    expect(asked({ kind: 'last_purchase' })).toEqual([ever, need(SPEND, today, true)]);
  });

  it('R80: is each counter once, as far back as any criterion asks', () => {
    const spend = (days: number): Criterion => ({ kind: 'spend', days, atLeast: 1 });
    expect(asked(spend(3), spend(8), spend(5))).toEqual([need(SPEND, ago(8), true)]);
    const segments = segmentsOf({ a: [spend(3)] }, { countsSpend: true });
    expect(needs(segments)).toEqual([need(SPEND, ago(3), true), need('*/spend/ever', 0)]);
  });

  it('R80: is nothing where criteria are about the member alone', () => {
    expect(
      asked(
        ...[{ kind: 'balance', atLeast: 1 } as const, { kind: 'birth_month', months: [] } as const],
        ...[{ kind: 'enrolled_by', retailers: [] } as const, { kind: 'enrolled' } as const],
        ...[{ kind: 'persona', personas: [] } as const, { kind: 'tier', tiers: [] } as const],
        { kind: 'preference', preferences: [] },
      ),
    ).toEqual([]);
    const segments = segmentsOf({ a: [{ kind: 'spend', days: 3, atLeast: 1 }] });
    expect(needs({ ...segments, asked: new Set() })).toEqual([]);
  });
});

describe('what members did before the day of an event', () => {
  const deeds = (counters: readonly [string, number][]): Deeds =>
    new Deeds(timeZone, at, new Map(counters));
  const key = (start: number, counter = '*/spend'): string => `${counter}@${String(start)}`;

  it('R80: looks back whole local days, across a change of clocks', () => {
    expect([0, 1, 3].map((days) => daysBefore(timeZone, at, days))).toEqual([
      today,
      ago(1),
      ago(3),
    ]);
    const april = Date.UTC(2026, 3, 1, 11);
    expect(daysBefore(timeZone, april, 5)).toBe(Date.UTC(2026, 2, 27));
  });

  it('R80: counts the days from so many before up to the last midnight', () => {
    const found = deeds([
      [key(ago(3)), 30],
      [key(ago(2)), 20],
      [key(ago(1)), 0],
      [key(today), 9],
      [key(ago(1), '*/spend/ever'), 7],
      [key(ago(1), '*/purchases'), 8],
    ]);
    expect([1, 2, 3, 4].map((days) => found.within(SPEND, days))).toEqual([
      ...[[], [20], [30, 20], [30, 20]],
    ]);
    expect(deeds([[key(ago(1)), -5]]).within(SPEND, 3)).toEqual([]);
  });

  it('R80: was ever done what is more than what was done since that midnight', () => {
    const ever = (total: number | undefined, ...since: number[]): boolean =>
      deeds([
        ...(total === undefined ? [] : [[key(0, '*/spend/ever'), total] as [string, number]]),
        ...since.map((used, index): [string, number] => [key(today + index * DAY), used]),
        [key(ago(1)), 500],
      ]).isEver(SPEND);
    expect([ever(undefined), ever(0), ever(1)]).toEqual([false, false, true]);
    expect([ever(7, 7), ever(8, 7), ever(8, 7, 1), ever(9, 7, 1)]).toEqual([
      ...[false, true, false, true],
    ]);
  });
});
