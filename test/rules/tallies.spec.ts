import type { Metric, Review, Window } from '../../src/rules/ladder.js';
import { grantedRung, marginOf, nearest, reachedRung } from '../../src/rules/standing/rungs.js';
import { calendarOf } from '../../src/rules/standing/stand.js';
import {
  monthCounters,
  tallyAt,
  tallyIn,
  tierCounters,
  whole,
  type Tally,
} from '../../src/rules/standing/tally.js';
import type { Programme } from '../../src/rules/programme.js';
import {
  aReview,
  blue,
  gold,
  granted,
  ladderOf,
  on,
  POINT,
  points,
  quarterly,
  silver,
  standing,
} from '../support/ladders.js';
import { DAY } from '../support/state.js';

const all: Metric[] = ['qualifying_points', 'spend', 'purchases'];
const calendar: Window = { kind: 'calendar', months: 3, offset: 0 };
const plain = quarterly({ window: { kind: 'lifetime' } });
const counting = (metrics: readonly Metric[], window: Window = calendar): Programme => ({
  ...plain,
  ladder: ladderOf(window, { metrics }),
});
const may = on('2026-05-20');
const tally = (changed: Partial<Tally> = {}): Tally => ({
  ...{ qualifying_points: 0n, spend: 0n, purchases: 0n },
  ...changed,
});

describe('where months are counted', () => {
  const counters = (programme: Programme): unknown =>
    monthCounters(programme, on('2025-01-15'), may);

  it('R42: points, spend and days are counted in the month of the event, as far as tiers ask', () => {
    const start = on('2026-05');
    const points = { points: '*/tier/month/points', part: '*/tier/month/points/part', start };
    const [spend, days] = [`*/tier/month/spend@${start}`, `*/tier/month/days@${start}`];
    expect(counters(counting(all))).toEqual({ points, spend, days });
    expect(counters(counting(['qualifying_points']))).toEqual({ points });
    expect(counters(counting(['spend']))).toEqual({ spend });
    expect(counters(counting(['purchases']))).toEqual({ days });
  });

  it('R42: in a member’s own months, which are called after that', () => {
    const start = on('2026-05-15');
    expect(counters(counting(all, { kind: 'anniversary' }))).toEqual({
      points: { points: '*/tier/own-month/points', part: '*/tier/own-month/points/part', start },
      spend: `*/tier/own-month/spend@${start}`,
      days: `*/tier/own-month/days@${start}`,
    });
  });

  it('R42: of a lifetime only spend is counted for tiers, and nothing where points are all', () => {
    const lifetime: Window = { kind: 'lifetime' };
    expect(counters(counting(all, lifetime))).toEqual({ spend: '*/tier/ever/spend@0' });
    expect(counters(counting(['purchases'], lifetime))).toEqual({});
    expect(counters(plain)).toBeUndefined();
  });
});

describe('counters that are read for a tier', () => {
  const names = (programme: Programme): string[] =>
    tierCounters([programme], may).map(({ counter }) => counter);
  const since = (programme: Programme, isReviewed?: boolean): number[] =>
    tierCounters([programme], may, isReviewed).map(({ periodStart }) => (may - periodStart) / DAY);

  it('R42: are those of what the ladder counts', () => {
    const points = ['*/tier/month/points', '*/tier/month/points/part'];
    const [spend, days] = ['*/tier/month/spend', '*/tier/month/days'];
    expect(names(counting(all))).toEqual([...points, spend, days]);
    expect(names(counting(['spend']))).toEqual([spend]);
    expect(names(counting(['purchases']))).toEqual([days]);
    expect(names(counting(['purchases'], { kind: 'anniversary' }))).toEqual([
      '*/tier/own-month/days',
    ]);
    expect(names(counting(all, { kind: 'lifetime' }))).toEqual([
      '*/tier/ever/spend',
      '*/purchase-days',
    ]);
    expect(tierCounters([plain], may)).toEqual([]);
  });

  it('R42: go back for a window, and for the one before and the grace where one was reviewed', () => {
    const one = counting(['spend'], { kind: 'rolling', months: 5 });
    const graceful = { ...one, ladder: { ...one.ladder, graceMonths: 2 } };
    expect(since(one)).toEqual([6 * 31]);
    expect(since(graceful)).toEqual([6 * 31]);
    expect(since(one, true)).toEqual([11 * 31]);
    expect(since(graceful, true)).toEqual([13 * 31]);
    expect(tierCounters([counting(['spend'], { kind: 'lifetime' })], may)).toEqual([
      { counter: '*/tier/ever/spend', periodStart: 0, onwards: true },
    ]);
  });

  it('R42: go back as far as any of the versions asks, each named once', () => {
    const [short, long] = [2, 7].map((months) => counting(['spend'], { kind: 'rolling', months }));
    const need = { counter: '*/tier/month/spend', periodStart: may - 8 * 31 * DAY, onwards: true };
    expect(tierCounters([short, undefined, long], may)).toEqual([need]);
    expect(tierCounters([long, short], may)).toEqual([need]);
    expect(tierCounters([undefined], may)).toEqual([]);
  });
});

describe('a tally', () => {
  const months = [
    ['2026-03', 'points', 1_000],
    ['2026-04', 'points', 30],
    ['2026-04', 'points/part', 600_000_000],
    ['2026-06', 'points', 4],
    ['2026-06', 'points/part', 500_000_000],
    ['2026-04', 'spend', 70],
    ['2026-06', 'spend', 7],
    ['2026-05', 'days', 2],
    ['2026-06', 'days', 3],
    ['2026-07', 'points', 5_000],
    ['2026-07', 'spend', 5_000],
    ['2026-07', 'days', 50],
  ] as const;
  const of = (programme: Programme, review?: Review): Tally =>
    tallyAt(programme, standing('blue', review, months), may);

  it('R42: is the sum of the months of its window, exactly, and of no other', () => {
    expect(of(counting(all))).toEqual({
      ...{ qualifying_points: 35n * POINT + 100_000_000n, spend: 77n, purchases: 5n },
    });
    const counted = standing('blue', undefined, months);
    const { months: own } = calendarOf(counting(all), counted.enrolledAt);
    const [from, until] = [own.placeOf(on('2026-05')), own.placeOf(on('2026-06'))];
    const one = (until: number): Tally => tallyIn(counting(all), counted, own, { from, until });
    expect(one(until)).toEqual(tally({ purchases: 2n }));
    expect(one(from)).toEqual(tally());
  });

  it('R42: leaves out what the ladder does not count', () => {
    const points = { qualifying_points: 35n * POINT + 100_000_000n };
    expect(of(counting(['spend']))).toEqual(tally({ ...points, spend: 77n }));
    expect(of(counting(['purchases']))).toEqual(tally({ ...points, purchases: 5n }));
  });

  it('R46: has what rolled over into a month of its window', () => {
    const with7 = (start: string): bigint =>
      of(counting(all), aReview({ rolled: { start: on(start), billionths: 7n } }))
        .qualifying_points;
    expect(with7('2026-04')).toBe(35n * POINT + 100_000_007n);
    expect(with7('2026-01')).toBe(35n * POINT + 100_000_000n);
    expect(of(counting(all), aReview()).qualifying_points).toBe(35n * POINT + 100_000_000n);
  });

  it('R42: of a lifetime is what was counted ever', () => {
    const member = { ...standing('blue'), qualifying: 12n };
    const counters = new Map([
      ['*/tier/ever/spend@0', 5],
      ['*/purchase-days@0', 3],
    ]);
    const lifetime = counting(all, { kind: 'lifetime' });
    expect(tallyAt(lifetime, { ...member, counters }, may)).toEqual({
      ...{ qualifying_points: 12n, spend: 5n, purchases: 3n },
    });
    expect(tallyAt(lifetime, member, may)).toEqual(tally({ qualifying_points: 12n }));
  });

  it('R42: is told in whole points, rounded down, in minor units and in days', () => {
    expect(all.map((metric) => whole(metric, 2n * POINT - 1n))).toEqual([
      ...[1, 1_999_999_999, 1_999_999_999],
    ]);
  });
});

describe('the rungs of a ladder', () => {
  const ways = [{ metric: 'purchases', threshold: 6, keep: 4 } as const];
  const programme = quarterly({}, [blue, { ...silver, otherWays: ways }, gold]);
  const [, second] = programme.tiers;

  it('R40: are reached by any of their ways, from its threshold on; the highest counts', () => {
    const rungs = [
      tally(),
      tally({ qualifying_points: points(100) - 1n, purchases: 5n }),
      tally({ qualifying_points: points(100) }),
      tally({ purchases: 6n }),
      tally({ qualifying_points: points(220), purchases: 6n }),
    ].map((each) => reachedRung(programme, each));
    expect(rungs).toEqual([0, 0, 1, 1, 2]);
  });

  it('R47: what is given by hand counts where it is higher', () => {
    expect(grantedRung(programme, 1, null)).toBe(1);
    expect(grantedRung(programme, 1, granted('gold', '2027-01'))).toBe(2);
    expect(grantedRung(programme, 1, granted('blue', '2027-01'))).toBe(1);
  });

  it('R40: of several ways the one with the smallest share to go is the nearest', () => {
    if (second === undefined) throw new Error('There is a second tier.');
    const [byPoints, byDays] = second.ways;
    const to = (goal: 'threshold' | 'keep', points: bigint, purchases: bigint): unknown =>
      Object.values(nearest(second, tally({ qualifying_points: points, purchases }), goal));
    expect(to('threshold', points(60), 3n)).toEqual([byPoints, points(60), points(40)]);
    expect(to('threshold', points(40), 3n)).toEqual([byDays, 3n, 3n]);
    expect(to('threshold', points(50), 3n)).toEqual([byPoints, points(50), points(50)]);
    expect(to('threshold', points(100), 0n)).toEqual([byPoints, points(100), 0n]);
    expect(to('threshold', points(130), 7n)).toEqual([byPoints, points(130), 0n]);
    expect(to('threshold', points(99), 6n)).toEqual([byDays, 6n, 0n]);
    expect(to('keep', points(40), 3n)).toEqual([byDays, 3n, 1n]);
    expect(to('keep', points(70), 3n)).toEqual([byPoints, points(70), points(10)]);
  });

  it('R40: may miss what keeps them by a share of it, or by an amount of what the ladder counts', () => {
    const margins = (nearMiss?: Parameters<typeof quarterly>[0]): bigint[] => {
      const { ladder } = quarterly(nearMiss);
      return second?.ways.map((way) => marginOf({ ...programme, ladder }, way)) ?? [];
    };
    expect(margins()).toEqual([0n, 0n]);
    expect(margins({ nearMiss: { kind: 'share', percent: 30 } })).toEqual([points(24), 1n]);
    expect(margins({ nearMiss: { kind: 'amount', amount: 9 } })).toEqual([points(9), 0n]);
  });

  it('R40: a tier without a way is no tier', () => {
    const none = { ...programme.tiers[0], ways: [] as never };
    expect(() => nearest(none, tally(), 'keep')).toThrow('invariant: a tier has a way');
  });
});
