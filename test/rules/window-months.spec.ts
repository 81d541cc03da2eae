import type { Window } from '../../src/rules/ladder.js';
import {
  firstReview,
  lengthOf,
  monthsOf,
  nextReview,
  windowOf,
  type Months,
} from '../../src/rules/standing/months.js';
import { ladderOf } from '../support/ladders.js';

const instant = (text: string): number => Date.parse(text);
const place = (year: number, month: number): number => year * 12 + month - 1;
const quarters: Window = { kind: 'calendar', months: 3, offset: 0 };
const anniversary: Window = { kind: 'anniversary' };
const rolling: Window = { kind: 'rolling', months: 3 };
const lifetime: Window = { kind: 'lifetime' };

const months = (window: Window, enrolled = '2025-01-15T12:00:00Z', timeZone = 'UTC'): Months =>
  monthsOf({ timeZone, ladder: ladderOf(window) }, instant(enrolled));

describe('months in which tiers are counted', () => {
  it('R42: are those of the calendar, whenever a member enrolled', () => {
    for (const window of [quarters, rolling, lifetime]) {
      const { name, placeOf, startOf } = months(window);
      expect(name).toBe('month');
      expect(placeOf(instant('2026-03-31T23:59:59.999Z'))).toBe(place(2026, 3));
      expect(placeOf(instant('2026-04-01T00:00:00Z'))).toBe(place(2026, 4));
      expect(startOf(place(2026, 1))).toBe(instant('2026-01-01T00:00:00Z'));
      expect(startOf(place(2026, 12))).toBe(instant('2026-12-01T00:00:00Z'));
    }
  });

  it('R42: begin at the midnights of the programme’s clock', () => {
    const { placeOf, startOf } = months(quarters, '2025-01-15T12:00:00Z', 'Europe/London');
    expect(startOf(place(2026, 4))).toBe(instant('2026-03-31T23:00:00Z'));
    expect(placeOf(instant('2026-03-31T22:59:59.999Z'))).toBe(place(2026, 3));
    expect(placeOf(instant('2026-03-31T23:00:00Z'))).toBe(place(2026, 4));
    // The same month begins elsewhere at another instant.
    expect(months(quarters).startOf(place(2026, 4))).toBe(instant('2026-04-01T00:00:00Z'));
  });

  it('R42: are a member’s own, from the day of the month on which they enrolled', () => {
    const { name, placeOf, startOf } = months(anniversary);
    expect(name).toBe('own-month');
    expect(startOf(place(2026, 2))).toBe(instant('2026-02-15T00:00:00Z'));
    expect(placeOf(instant('2026-02-14T23:59:59.999Z'))).toBe(place(2026, 1));
    expect(placeOf(instant('2026-02-15T00:00:00Z'))).toBe(place(2026, 2));
    expect(placeOf(instant('2026-01-01T00:00:00Z'))).toBe(place(2025, 12));
    // The day is that of the programme's clock: it was the 16th there.
    const inTokyo = months(anniversary, '2025-01-15T20:00:00Z', 'Asia/Tokyo');
    expect(inTokyo.startOf(place(2026, 2))).toBe(instant('2026-02-15T15:00:00Z'));
  });

  it('R42: begin on the last day of a month that has no such day', () => {
    const starts = (enrolled: string, year: number): string[] =>
      [1, 2, 3, 4].map((month) =>
        new Date(months(anniversary, enrolled).startOf(place(year, month)))
          .toISOString()
          .slice(5, 10),
      );
    expect(starts('2025-01-31T12:00:00Z', 2026)).toEqual(['01-31', '02-28', '03-31', '04-30']);
    expect(starts('2025-01-31T12:00:00Z', 2028)).toEqual(['01-31', '02-29', '03-31', '04-30']);
    expect(starts('2025-01-29T12:00:00Z', 2026)).toEqual(['01-29', '02-28', '03-29', '04-29']);
    expect(starts('2025-01-28T12:00:00Z', 2026)).toEqual(['01-28', '02-28', '03-28', '04-28']);
    const { placeOf } = months(anniversary, '2025-01-31T12:00:00Z');
    expect(placeOf(instant('2026-02-27T12:00:00Z'))).toBe(place(2026, 1));
    expect(placeOf(instant('2026-02-28T12:00:00Z'))).toBe(place(2026, 2));
    expect(placeOf(instant('2026-03-30T12:00:00Z'))).toBe(place(2026, 2));
  });

  it('R42: begin at the same instant whenever that is asked', () => {
    const { startOf } = months(quarters);
    const asked = [7, 8, 7, 8, 7].map((month) => startOf(place(2026, month)));
    const [july, august] = [instant('2026-07-01T00:00:00Z'), instant('2026-08-01T00:00:00Z')];
    expect(asked).toEqual([july, august, july, august, july]);
  });
});

describe('windows of months', () => {
  const may = place(2026, 5);
  const offset: Window = { kind: 'calendar', months: 6, offset: 1 };
  /** Enrolled in March 2025. */
  const enrolled = place(2025, 3);
  const windows = (month: number): unknown =>
    [lifetime, rolling, quarters, offset, anniversary].map((window) => {
      const { from, until } = windowOf(ladderOf(window), month, enrolled);
      return [from - month, until - month];
    });

  it('R42: have a length in months, or no end', () => {
    const lengths = [lifetime, rolling, { ...quarters, months: 6 }, anniversary].map((window) =>
      lengthOf({ window }),
    );
    expect(lengths).toEqual([undefined, 3, 6, 12]);
  });

  it('R42: are the ones that a month is in; of rolling ones the one that ends with it', () => {
    expect(windowOf(ladderOf(rolling), may, enrolled)).toEqual({ from: may - 2, until: may + 1 });
    const always = [-Infinity, Infinity];
    expect(windows(may)).toEqual([always, [-2, 1], [-1, 2], [-3, 3], [-2, 10]]);
    expect(windows(place(2026, 2))).toEqual([always, [-2, 1], [-1, 2], [0, 6], [-11, 1]]);
    expect(windows(place(2026, 1))).toEqual([always, [-2, 1], [0, 3], [-5, 1], [-10, 2]]);
    // A month before the first window of a member is in one as well.
    expect(windows(place(2024, 12))).toEqual([always, [-2, 1], [-2, 1], [-4, 2], [-9, 3]]);
  });

  it('R40: a tier is reviewed when the window ends in which it was reached, a rolling one in full', () => {
    const first = [rolling, quarters, offset, anniversary].map(
      (window) => firstReview(ladderOf(window), may, enrolled) - may,
    );
    expect(first).toEqual([4, 2, 3, 10]);
  });

  it('R40: the next review is when the window ends that begins with the one before', () => {
    const begin = [place(2026, 5), place(2026, 4), place(2026, 8), place(2026, 3)] as const;
    const next = [rolling, quarters, offset, anniversary].map((window, index) => {
      const month = begin[index] ?? 0;
      return nextReview(ladderOf(window), month, enrolled) - month;
    });
    expect(next).toEqual([3, 3, 6, 12]);
  });
});
