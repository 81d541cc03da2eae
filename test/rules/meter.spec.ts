import {
  implausible,
  meterName,
  readingAt,
  readingDeed,
  readingsOf,
  savedBy,
  type Reading,
} from '../../src/rules/metered/meter.js';
import { misread } from '../../src/rules/metered/misread.js';
import type { EarningRule } from '../../src/rules/programme.js';
import type { Activity, Purchase } from '../../src/rules/purchase.js';
import { DAY } from '../support/state.js';

const power: Activity = { kind: 'meter_reading', category: 'power', reading: 40 };
const purchase = (activity: Activity | undefined, retailer?: string): Purchase => ({
  ...{ lines: [], tenders: [], retailer, activity },
});
const read = purchase(power, 'grid');
/** A reading so many days after the first one. */
const on = (day: number, units: number): Reading => ({ at: day * DAY, units });

describe('readings of a meter', () => {
  it('R82: are of one meter of a retailer, for each category', () => {
    const names = [
      meterName(read),
      meterName(purchase(power)),
      meterName(purchase({ kind: 'meter_reading' }, 'grid')),
      meterName(purchase({ ...power, kind: 'review' }, 'grid')),
      meterName(purchase(undefined, 'grid')),
    ];
    expect(names).toEqual([
      '*/meter/grid/power',
      '*/meter//power',
      '*/meter/grid/',
      undefined,
      undefined,
    ]);
  });

  it('R82: are kept at their instant, also one of nothing', () => {
    expect(readingDeed(read, 77)).toEqual([['*/meter/grid/power@77', 41]]);
    expect(readingDeed(purchase({ ...power, reading: 0 }, 'grid'), 77)).toEqual([
      ['*/meter/grid/power@77', 1],
    ]);
    expect(readingDeed(purchase({ ...power, reading: undefined }), 77)).toEqual([]);
    expect(readingDeed(purchase({ ...power, kind: 'review' }), 77)).toEqual([]);
    expect(readingDeed(purchase(undefined), 77)).toEqual([]);
  });

  it('R82: are read in the order they were taken, and only those of the same meter', () => {
    const counters = new Map([
      ['*/meter/grid/power@30', 7],
      ['*/meter/grid/power@4', 1],
      ['*/meter/grid/power@9', 0],
      ['*/meter/grid/gas@5', 3],
      ['*/meter/other/power@5', 3],
    ]);
    expect(readingsOf(counters, read)).toEqual([
      { at: 4, units: 0 },
      { at: 30, units: 6 },
    ]);
    expect(readingsOf(counters, purchase(undefined))).toEqual([]);
  });

  it('R82: are what the activity says', () => {
    expect(readingAt(power, 5)).toEqual({ at: 5, units: 40 });
    expect(readingAt({ ...power, reading: 0 }, 5)).toEqual({ at: 5, units: 0 });
    expect(readingAt({ kind: 'review' }, 5)).toBeUndefined();
  });
});

describe('a reading beside others', () => {
  const others = [on(10, 100), on(20, 300)];
  /** The least and the most that it may be; undefined = it is taken. */
  const range = (reading: Reading, perDay?: number, readings = others): unknown => {
    const refusal = implausible(readings, reading, perDay);
    if (refusal === undefined) return undefined;
    const { details, ...why } = refusal;
    expect(why).toEqual({ code: 'reading_not_plausible', pointer: '/reading' });
    return details;
  };

  it('R82: is no less than those before and no more than those after', () => {
    const between = { least: 100, most: 300 };
    expect([99, 100, 300, 301].map((units) => range(on(15, units)))).toEqual([
      ...[between, undefined, undefined, between],
    ]);
    expect(range(on(25, 299))).toEqual({ least: 300 });
    expect([range(on(25, 300)), range(on(25, 9_999))]).toEqual([undefined, undefined]);
    expect(range(on(5, 101))).toEqual({ least: 0, most: 100 });
    expect([range(on(5, 0)), range(on(5, 100))]).toEqual([undefined, undefined]);
    expect(range(on(5, 7), undefined, [])).toBeUndefined();
  });

  it('R82: is no more than a household can use in between, by days that have begun', () => {
    const after = { least: 300, most: 360 };
    expect([360, 361].map((units) => range(on(22, units), 30))).toEqual([undefined, after]);
    expect(range({ at: 20 * DAY + 1, units: 331 }, 30)).toEqual({ least: 300, most: 330 });
    expect(range({ at: 21 * DAY + 1, units: 361 }, 30)).toEqual(after);
    // What comes after bounds it as well.
    const before = { least: 240, most: 250 };
    expect(
      [239, 240, 250, 251].map((units) => range(on(15, units), 30, [on(10, 100), on(17, 300)])),
    ).toEqual([before, undefined, undefined, before]);
    expect(range(on(8, 39), 30)).toEqual({ least: 40, most: 100 });
    expect(range(on(8, 40), 30)).toBeUndefined();
  });

  it('R82: is no second one at the same instant', () => {
    expect(range(on(10, 100))).toEqual({ least: 100, most: 100 });
    expect(range(on(20, 300), 30)).toEqual({ least: 300, most: 300 });
    expect(range(on(10, 100), undefined, [on(10, 100)])).toEqual({ least: 100, most: 100 });
  });
});

describe('whether a reading is taken', () => {
  const base = { id: 'rule', name: 'Rule', lineConditions: [], eventConditions: [] };
  const rule = (category: string, perDay: number): EarningRule => ({
    ...{ ...base, qualifies: false, lane: undefined, kind: 'metered_reduction' },
    ...{ rate: 1n, category, until: 0, perDay },
  });
  const visit: EarningRule = {
    ...{ ...base, qualifies: false, lane: undefined, kind: 'per_purchase' },
    ...{ points: 1, minimumMinor: 1 },
  };
  const programme = {
    rules: [visit, rule('power', 30), rule('power', 20), rule('gas', 5)],
    late: { windowDays: 45, older: 'flag' as const },
  };
  const counters = new Map([[`*/meter/grid/power@${String(10 * DAY)}`, 101]]);
  const asks = (
    activity: Activity | undefined,
    timing: 'in_time' | 'late' | 'as_of_today' = 'in_time',
    by = programme,
  ): unknown =>
    misread(by, counters, { purchase: purchase(activity, 'grid'), occurredAt: 12 * DAY }, timing);

  it('R82: goes by the least that any rule of its category says can be used in a day', () => {
    const of = (units: number): Activity => ({ ...power, reading: units });
    expect([asks(of(140)), asks(of(140), 'late')]).toEqual([undefined, undefined]);
    expect(asks(of(141))).toEqual({
      ...{ code: 'reading_not_plausible', pointer: '/reading', details: { least: 100, most: 140 } },
    });
    expect(asks(of(99), 'late')).toMatchObject({ details: { least: 100, most: 140 } });
    const none = { ...programme, rules: [visit, rule('gas', 5)] };
    expect(asks(of(9_999), 'in_time', none)).toBeUndefined();
  });

  it('R82: is none older than the late window among newer events', () => {
    const late = { code: 'event_too_late', details: { windowDays: 45 } };
    expect(asks({ ...power, reading: 120 }, 'as_of_today')).toEqual(late);
    expect(asks({ kind: 'review' }, 'as_of_today')).toBeUndefined();
    expect(asks(undefined, 'as_of_today')).toBeUndefined();
  });
});

describe('what a reading shows to be saved', () => {
  const until = 400 * DAY;
  /** A year of two units a day, read once in between. */
  const year = [on(0, 0), on(200, 400), on(365, 730)];
  const saved = (reading: Reading, between: Reading[] = [], base = year): bigint | undefined =>
    savedBy([...base, ...between, reading], reading, until);
  const MILLION = 1_000_000n;

  it('R81: is by how much less was used than in the same days of the baseline', () => {
    expect(saved(on(465, 830))).toBe(100n * MILLION);
    expect(saved(on(465, 930))).toBe(0n);
    expect(saved(on(465, 929))).toBe(MILLION);
    expect(saved(on(465, 1_000))).toBe(0n);
    // A year later the baseline begins anew.
    expect(saved(on(2 * 365, 730))).toBe(730n * MILLION);
    expect(saved(on(2 * 365 + 100, 1_000))).toBe(660n * MILLION);
  });

  it('R81: counts what was used unevenly in the days in which it was', () => {
    const winter = [on(0, 0), on(100, 900), on(365, 1_165)];
    expect(saved(on(465, 1_165), [], winter)).toBe(900n * MILLION);
    expect(saved(on(465 + 265, 1_165), [on(465, 1_165)], winter)).toBe(265n * MILLION);
    // Floored to a millionth.
    expect(saved(on(405, 10), [], [on(0, 0), on(90, 10), on(365, 10)])).toBe(4_444_444n);
  });

  it('R81: is only what no reading before it has shown', () => {
    const first = on(465, 830);
    expect(saved(on(565, 1_030), [first])).toBe(0n);
    expect(saved(on(565, 1_029), [first])).toBe(MILLION);
    // What was used more in between is made up for first.
    expect(saved(on(565, 980), [first, on(515, 1_000)])).toBe(50n * MILLION);
    expect(saved(on(565, 1_100), [on(465, 990)])).toBe(30n * MILLION);
    // Readings after it show nothing before it.
    expect(saved(on(465, 830), [on(565, 830)])).toBe(100n * MILLION);
  });

  it('R81: needs a year of readings before the rule’s day', () => {
    const reading = on(465, 700);
    expect(saved(reading, [], [])).toBeUndefined();
    expect(saved(reading, [], [on(365, 700)])).toBeUndefined();
    expect(saved(reading, [], [on(1, 0), on(365, 700)])).toBeUndefined();
    expect(saved(reading, [], [on(0, 0), on(365, 700)])).toBe(191_780_821n);
    // A reading of that day is no part of it.
    expect(saved(reading, [], [on(36, 0), on(400, 700)])).toBeUndefined();
    expect(
      savedBy([on(0, 0), { at: until - 1, units: 700 }, reading], reading, until),
    ).toBeDefined();
    expect(savedBy([on(35, 0), on(400, 700), reading], reading, until)).toBeUndefined();
  });

  it('R81: is the year that ends with the last reading before that day', () => {
    const longer = [on(0, 0), on(30, 900), on(395, 900 + 730)];
    expect(saved(on(495, 900 + 730), [], longer)).toBe(200n * MILLION);
    expect(saved(on(395 + 365, 900 + 730 + 700), [], longer)).toBe(30n * MILLION);
    expect(saved(on(395, 0), [], longer)).toBeUndefined();
    expect(saved(on(100, 0), [], longer)).toBeUndefined();
  });
});
