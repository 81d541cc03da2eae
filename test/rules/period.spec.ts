import fc from 'fast-check';
import {
  endOfDayAfter,
  endOfDayAfterMonths,
  isTimeZone,
  localDate,
  minuteOfDay,
  periodStart,
  startOfDay,
  startOfHour,
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

describe('days that start oddly', () => {
  it.each([
    // Clocks skip from midnight to one o'clock.
    { zone: 'America/Santiago', date: '2024-09-08', starts: '2024-09-08T04:00:00Z' },
    { zone: 'Asia/Beirut', date: '2024-03-31', starts: '2024-03-30T22:00:00Z' },
    { zone: 'Africa/Cairo', date: '2024-04-26', starts: '2024-04-25T22:00:00Z' },
    { zone: 'Atlantic/Azores', date: '2024-03-31', starts: '2024-03-31T01:00:00Z' },
    { zone: 'America/Havana', date: '2024-03-10', starts: '2024-03-10T05:00:00Z' },
    // Midnight comes twice, and the first one counts.
    { zone: 'Atlantic/Azores', date: '2024-10-27', starts: '2024-10-27T00:00:00Z' },
    { zone: 'America/Havana', date: '2024-11-03', starts: '2024-11-03T04:00:00Z' },
    // At midnight it is eleven again, so the day starts an hour later.
    { zone: 'Africa/Cairo', date: '2024-11-01', starts: '2024-10-31T22:00:00Z' },
    { zone: 'Asia/Beirut', date: '2024-10-27', starts: '2024-10-26T22:00:00Z' },
    { zone: 'America/Santiago', date: '2024-04-07', starts: '2024-04-07T04:00:00Z' },
    { zone: 'Asia/Almaty', date: '2024-03-01', starts: '2024-02-29T19:00:00Z' },
    // Clocks change by half an hour, or stand a quarter apart.
    { zone: 'Australia/Lord_Howe', date: '2024-10-06', starts: '2024-10-05T13:30:00Z' },
    { zone: 'Asia/Kathmandu', date: '2024-01-01', starts: '2023-12-31T18:15:00Z' },
  ])('R13: $date in $zone starts at $starts', ({ zone, date, starts }) => {
    const instant = Date.parse(starts);
    firstInstant(zone, instant, date, 'the example');
    expect(startOfDay(zone, partsOf(date))).toBe(instant);
    expect(endOfDayAfter(zone, instant - 1, 0)).toBe(instant);
    expect(periodStart(zone, instant, 'day')).toBe(instant);
  });

  it.each([
    { zone: 'Pacific/Apia', eve: '2011-12-29', next: '2011-12-31', at: '2011-12-30T10:00:00Z' },
    {
      zone: 'Pacific/Kwajalein',
      eve: '1993-08-20',
      next: '1993-08-22',
      at: '1993-08-21T12:00:00Z',
    },
    {
      zone: 'Pacific/Kiritimati',
      eve: '1994-12-30',
      next: '1995-01-01',
      at: '1994-12-31T10:00:00Z',
    },
  ])('R13: in $zone, which left out a day, $eve ends where $next starts', (example) => {
    const { zone, eve, next } = example;
    const instant = Date.parse(example.at);
    firstInstant(zone, instant, next, 'the example');
    expect(startOfDay(zone, partsOf(next))).toBe(instant);
    expect(startOfDay(zone, partsOf(plusDays(eve, 1)))).toBe(instant);
    expect(endOfDayAfter(zone, instant - HOUR, 0)).toBe(instant);
  });
});

describe('dates before our era', () => {
  it('R13: count their years down to 0 and below, as astronomers do', () => {
    const ides = new Date(0);
    ides.setUTCFullYear(-43, 2, 15);
    expect(localDate('UTC', ides.getTime())).toEqual({ year: -43, month: 3, day: 15 });
  });
});

describe('months', () => {
  const inLondon = (date: string): number => Date.parse(`${date}T12:00:00Z`);

  it.each([
    { bought: '2026-01-31', months: 1, ends: '2026-03-01' },
    { bought: '2024-01-31', months: 1, ends: '2024-03-01' },
    { bought: '2024-02-29', months: 12, ends: '2025-03-01' },
    { bought: '2024-02-29', months: 48, ends: '2028-03-01' },
    { bought: '2026-05-31', months: 1, ends: '2026-07-01' },
    { bought: '2026-10-31', months: 4, ends: '2027-03-01' },
    { bought: '2026-06-16', months: 24, ends: '2028-06-17' },
    { bought: '2026-12-31', months: 1, ends: '2027-02-01' },
    { bought: '2026-11-30', months: 120, ends: '2036-12-01' },
  ])('R13: $months months after $bought end at the start of $ends', ({ bought, months, ends }) => {
    const end = endOfDayAfterMonths('Europe/London', inLondon(bought), months);
    expect(end).toBe(startOfDay('Europe/London', partsOf(ends)));
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

  it('R13: the lifetime has one period, and weeks start on Monday', () => {
    const sunday = Date.UTC(2026, 5, 21, 22, 59);
    expect(periodStart('Europe/London', sunday, 'lifetime')).toBe(0);
    expect(periodStart('Europe/London', sunday, 'week')).toBe(Date.UTC(2026, 5, 14, 23));
    expect(periodStart('Europe/London', sunday + HOUR, 'week')).toBe(Date.UTC(2026, 5, 21, 23));
  });

  it('R13: a zone is one the runtime knows', () => {
    for (const zone of ZONES) expect(isTimeZone(zone)).toBe(true);
    for (const name of ['', 'Mars/Olympus', 'Europe/Lundon', 'GMT+25']) {
      expect(isTimeZone(name)).toBe(false);
    }
  });
});

describe('days in every zone', () => {
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

describe('hours of the day', () => {
  it.each([
    ['Europe/London', Date.UTC(2026, 5, 16, 11, 17), 12 * 60 + 17],
    ['Europe/London', Date.UTC(2026, 5, 15, 23), 0],
    ['Asia/Kathmandu', Date.UTC(2026, 0, 5, 0, 0, 59), 5 * 60 + 45],
    ['America/New_York', Date.UTC(2026, 0, 5, 4, 59), 23 * 60 + 59],
  ])('R5: %s: minutes are those of the clock on the wall', (zone, instant, minute) => {
    expect(minuteOfDay(zone, instant)).toBe(minute);
  });

  it.each([
    ['Europe/London', Date.UTC(2026, 5, 16, 11, 17, 3, 4), Date.UTC(2026, 5, 16, 11)],
    ['Asia/Kathmandu', Date.UTC(2026, 0, 5, 0, 20), Date.UTC(2026, 0, 5, 0, 15)],
    ['Asia/Kathmandu', Date.UTC(2026, 0, 5, 0, 14, 59), Date.UTC(2026, 0, 4, 23, 15)],
    // The hour from one to two comes twice, and each is an hour of its own.
    ['Europe/London', Date.UTC(2026, 9, 25, 0, 30), Date.UTC(2026, 9, 25, 0)],
    ['Europe/London', Date.UTC(2026, 9, 25, 1, 30), Date.UTC(2026, 9, 25, 1)],
  ])('R5: %s: an hour begins where its minutes do', (zone, instant, begin) => {
    expect(startOfHour(zone, instant)).toBe(begin);
  });
});
