import fc from 'fast-check';
import {
  endOfDayAfter,
  endOfDayAfterMonths,
  isTimeZone,
  localDate,
  periodStart,
  startOfDay,
  type CapPeriod,
} from '../../src/rules/period.js';
import { draws, sampled } from '../support/draws.js';
import { DAY, HOUR } from '../support/state.js';

const FROM = Date.UTC(2024, 0, 1);
const UNTIL = Date.UTC(2035, 0, 1);
const ZONES = Intl.supportedValuesOf('timeZone');

/** The runtime's own answer, as `2026-06-16`; such dates are ordered like their strings. */
const formats = new Map<string, Intl.DateTimeFormat>();
function dateIn(zone: string, instant: number): string {
  let format = formats.get(zone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' });
    formats.set(zone, format);
  }
  return format.format(instant);
}

const written = (utc: number): string => new Date(utc).toISOString().slice(0, 10);
const midnightOf = (date: string): number => Date.parse(`${date}T00:00:00Z`);
const plusDays = (date: string, days: number): string => written(midnightOf(date) + days * DAY);

/** 31 January plus one month is the last day of February. */
function plusMonths(date: string, months: number): string {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  const first = new Date(Date.UTC(year, month - 1 + months, 1));
  const next = new Date(Date.UTC(year, month + months, 1));
  const days = Math.round((next.getTime() - first.getTime()) / DAY);
  return plusDays(written(first.getTime()), Math.min(day, days) - 1);
}

function partsOf(date: string): { year: number; month: number; day: number } {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return { year, month, day };
}

/** Throws unless an instant is the very first one of a date in a zone. */
function firstInstant(zone: string, instant: number, date: string, what: string): void {
  const found = [dateIn(zone, instant), dateIn(zone, instant - 1) < date];
  if (found[0] === date && found[1] === true) return;
  throw new Error(`${what} in ${zone}: ${new Date(instant).toISOString()} is not first of ${date}`);
}

/** Every calculation for the local day of an instant. */
function checkDay(zone: string, instant: number, days: number, months: number): void {
  const date = dateIn(zone, instant);
  expect(localDate(zone, instant)).toEqual(partsOf(date));
  firstInstant(zone, startOfDay(zone, partsOf(date)), date, 'startOfDay');
  const after = plusDays(date, days + 1);
  firstInstant(zone, endOfDayAfter(zone, instant, days), after, `endOfDayAfter ${days}`);
  const later = plusDays(plusMonths(date, months), 1);
  firstInstant(zone, endOfDayAfterMonths(zone, instant, months), later, `after ${months} months`);
  const weekday = (new Date(midnightOf(date)).getUTCDay() + 6) % 7;
  const starts: [CapPeriod, string][] = [
    ['day', date],
    ['week', plusDays(date, -weekday)],
    ['month', `${date.slice(0, 8)}01`],
    ['year', `${date.slice(0, 5)}01-01`],
  ];
  for (const [period, start] of starts) {
    firstInstant(zone, periodStart(zone, instant, period), start, period);
  }
}

/** Local time minus UTC in minutes, told by the runtime's name of the offset. */
function offsetsOf(zone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  return (instant) => format.format(instant);
}

/** The instants in [from, until) at which a zone's clocks are changed. */
function changesIn(zone: string, from: number, until: number): number[] {
  const nameAt = offsetsOf(zone);
  const offset = (instant: number): string => nameAt(instant).split('GMT')[1] ?? '';
  const changes: number[] = [];
  let [low, before] = [from, offset(from)];
  for (let high = from; high < until; high += 10 * DAY) {
    const after = offset(high);
    if (after !== before) {
      let [left, right] = [low, high];
      while (right - left > 1) {
        const middle = Math.floor((left + right) / 2);
        if (offset(middle) === before) left = middle;
        else right = middle;
      }
      changes.push(right);
    }
    [low, before] = [high, after];
  }
  return changes;
}

describe('days in every zone', () => {
  it('R13: all zones that the runtime knows are zones', () => {
    expect(ZONES.filter((zone) => !isTimeZone(zone))).toEqual([]);
  });

  it('R13: a sample of days in 2024 to 2034 starts at its first instant in all zones', () => {
    expect(ZONES.length).toBeGreaterThan(400);
    sampled(ZONES).forEach((zone, index) => {
      // The steps are prime to a week and to each other, so that zones sample other days.
      const step = (389 + (index % 7) * 2) * DAY + 5 * HOUR;
      for (let instant = FROM + index * HOUR; instant < UNTIL; instant += step) {
        checkDay(zone, instant, index % 40, (index % 36) + 1);
      }
    });
  });

  it('R13: so does every day around a change of clocks', () => {
    let found = 0;
    for (const zone of sampled(ZONES)) {
      for (const change of changesIn(zone, FROM, UNTIL)) {
        found += 1;
        for (const hours of [-30, -23, -1, 0, 1, 22, 30]) {
          const instant = change + hours * HOUR;
          const date = dateIn(zone, instant);
          firstInstant(zone, startOfDay(zone, partsOf(date)), date, 'startOfDay');
          firstInstant(zone, endOfDayAfter(zone, instant, 0), plusDays(date, 1), 'endOfDay');
          firstInstant(zone, periodStart(zone, instant, 'day'), date, 'day');
        }
      }
    }
    expect(found).toBeGreaterThan(draws(1_500));
  });

  it('R13: more months never end earlier, nor does a later purchase', () => {
    const zone = fc.constantFrom('Europe/London', 'America/Santiago', 'Pacific/Auckland');
    const instant = fc.integer({ min: FROM, max: UNTIL });
    fc.assert(
      fc.property(zone, instant, fc.nat(40 * 24), fc.nat(48), (name, at, hours, months) => {
        const end = endOfDayAfterMonths(name, at, months);
        expect(endOfDayAfterMonths(name, at, months + 1)).toBeGreaterThan(end);
        expect(endOfDayAfterMonths(name, at + hours * HOUR, months)).toBeGreaterThanOrEqual(end);
      }),
    );
  });

  it('R13: any instant lies in its day, and its day ends where the next one starts', () => {
    const zone = fc.constantFrom(...ZONES);
    const instant = fc.integer({ min: FROM, max: UNTIL });
    fc.assert(
      fc.property(zone, instant, fc.nat(400), fc.nat(60), (name, at, days, months) => {
        checkDay(name, at, days, months);
        const [start, end] = [periodStart(name, at, 'day'), endOfDayAfter(name, at, 0)];
        expect(start <= at && at < end).toBe(true);
        expect([22, 23, 24, 25, 26].map((hours) => hours * HOUR)).toContain(
          Math.round((end - start) / HOUR) * HOUR,
        );
      }),
      { numRuns: draws(500) },
    );
  });
});
