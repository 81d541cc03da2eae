import { endOfDayAfter, endOfDayAfterMonths, periodStart } from '../../src/rules/period.js';
import { monthsOf } from '../../src/rules/standing/months.js';
import { clockChanges } from '../support/clock-changes.js';
import { DAY_MS } from '../support/clock.js';
import { aProgramme } from '../support/programme.js';

const { ladder } = aProgramme({ ladder: { window: { kind: 'anniversary' } } });

/** The day on a zone's calendar as the platform alone tells it, as UTC's midnight of that day. */
function calendarOf(zone: string): (instant: number) => number {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  return (instant) => Date.parse(`${format.format(instant)}T00:00:00Z`);
}

/** A day so many months on, or the last of its month where that has no such day. */
function monthsOn(day: number, months: number): number {
  const date = new Date(day);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth() + months];
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  return Date.UTC(year, month, Math.min(date.getUTCDate(), last));
}

/** What is wrong with an instant that is to be the first one of a day. */
function wrongStart(dayOf: (at: number) => number, start: number, day: number): boolean {
  return dayOf(start) !== day || dayOf(start - 1) !== day - DAY_MS;
}

it('R9: a day ends at its own end in every zone, through every change of a clock to 2034', () => {
  const wrong: string[] = [];
  const changes = clockChanges();
  for (const { zone, around } of changes) {
    const dayOf = calendarOf(zone);
    for (let near = -2; near <= 2; near += 1) {
      // Bought at UTC's noon, a month or a year before a day beside the change.
      const noon = around + near * DAY_MS;
      for (const months of [1, 12]) {
        const bought = monthsOn(dayOf(noon), -months) + DAY_MS / 2;
        const end = endOfDayAfterMonths(zone, bought, months);
        const day = monthsOn(dayOf(bought), months) + DAY_MS;
        if (wrongStart(dayOf, end, day)) wrong.push(`${zone} ${String(bought)} +${String(months)}`);
      }
      const bought = noon - 30 * DAY_MS;
      const end = endOfDayAfter(zone, bought, 30);
      if (wrongStart(dayOf, end, dayOf(bought) + 31 * DAY_MS)) wrong.push(`${zone} ${String(end)}`);
      const today = periodStart(zone, noon, 'day');
      if (wrongStart(dayOf, today, dayOf(noon))) wrong.push(`${zone} ${String(noon)} today`);
    }
  }
  expect(changes.length).toBeGreaterThan(600);
  expect(wrong).toEqual([]);
});

it('R42: a member is reviewed as their own day begins, whatever the clock does that night', () => {
  const wrong: string[] = [];
  for (const { zone, around } of clockChanges()) {
    const dayOf = calendarOf(zone);
    for (let near = -2; near <= 2; near += 1) {
      const day = dayOf(around + near * DAY_MS);
      const enrolled = monthsOn(day, -24) + DAY_MS / 2;
      const months = monthsOf({ timeZone: zone, ladder }, enrolled);
      const start = months.startOf(months.placeOf(around + near * DAY_MS));
      const own = [22, 23, 24, 25].map((on) => monthsOn(dayOf(enrolled), on));
      const begun = Math.max(...own.filter((each) => each <= day));
      if (wrongStart(dayOf, start, begun)) wrong.push(`${zone} ${String(enrolled)}`);
    }
  }
  expect(wrong).toEqual([]);
});
