import {
  endOfDayAfter,
  endOfDayAfterMonths,
  isTimeZone,
  localDate,
  minuteOfDay,
  periodStart,
  startOfDay,
  startOfHour,
  type LocalDate,
} from '../../src/rules/period.js';
import { HOUR } from '../support/state.js';

const ZONES = Intl.supportedValuesOf('timeZone').filter((_, index) => index % 40 === 0);

function partsOf(date: string): LocalDate {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number);
  return { year, month, day };
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
    expect(startOfDay(zone, partsOf(next))).toBe(instant);
    const left = partsOf(eve);
    expect(startOfDay(zone, { ...left, day: left.day + 1 })).toBe(instant);
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

describe('months and other periods', () => {
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

  it('R13: days, weeks from Monday, months and years begin at local midnights', () => {
    const begins = (instant: number): unknown =>
      (['day', 'week', 'month', 'year', 'lifetime'] as const).map((period) => {
        const start = periodStart('Europe/London', instant, period);
        return new Date(start).toISOString().slice(0, 13);
      });
    const [month, year] = ['2026-05-31T23', '2026-01-01T00'];
    const sunday = Date.UTC(2026, 5, 21, 22, 59);
    expect(begins(sunday)).toEqual([
      ...['2026-06-20T23', '2026-06-14T23', month, year, '1970-01-01T00'],
    ]);
    expect(begins(sunday + HOUR)).toEqual([
      ...['2026-06-21T23', '2026-06-21T23', month, year, '1970-01-01T00'],
    ]);
  });

  it('R13: a day ends so many days later at a local midnight, in whatever month that is', () => {
    const end = (days: number): string =>
      new Date(endOfDayAfter('Europe/London', inLondon('2026-10-24'), days)).toISOString();
    expect([0, 1, 8].map(end)).toEqual([
      '2026-10-24T23:00:00.000Z',
      '2026-10-26T00:00:00.000Z',
      '2026-11-02T00:00:00.000Z',
    ]);
  });
});

describe('the date in a zone', () => {
  it('R13: is that of the clock on the wall', () => {
    const at = Date.UTC(2026, 11, 31, 15);
    expect(localDate('Asia/Tokyo', at)).toEqual({ year: 2027, month: 1, day: 1 });
    expect(localDate('Asia/Tokyo', at - 1)).toEqual({ year: 2026, month: 12, day: 31 });
    expect(localDate('America/New_York', at)).toEqual({ year: 2026, month: 12, day: 31 });
  });

  it('R13: is known of zones that the runtime knows', () => {
    for (const zone of ZONES) expect(isTimeZone(zone)).toBe(true);
    for (const name of ['', 'Mars/Olympus', 'Europe/Lundon', 'GMT+25']) {
      expect(isTimeZone(name)).toBe(false);
    }
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
