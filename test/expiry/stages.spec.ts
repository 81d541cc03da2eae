import { stagesAt } from '../../src/expiry/stages.js';
import type { ExpiryNotices } from '../../src/rules/expiry/terms.js';
import { localDate, startOfDay } from '../../src/rules/period.js';
import { clockChanges } from '../support/clock-changes.js';
import { MINUTE_MS } from '../support/clock.js';

const terms: ExpiryNotices = {
  ...{ daysBefore: [30, 7, 1], leastDays: 1, mostDays: null, lastResort: true },
};

/** Nine in the morning, or what comes nearest, so many days after the local day of an instant. */
function morning(zone: string, instant: number, days: number): number {
  const date = localDate(zone, instant);
  return startOfDay(zone, { ...date, day: date.day + days }) + 540 * MINUTE_MS;
}

it('Y1: each date is told on one day for each distance, in every zone, through every change of a clock', () => {
  const wrong: string[] = [];
  const changes = clockChanges();
  for (const { zone, around } of changes) {
    for (const near of [-1, 0, 1, 2]) {
      const date = localDate(zone, around);
      const expires = startOfDay(zone, { ...date, day: date.day + near });
      for (const days of terms.daysBefore) {
        const told = [-1, 0, 1].filter((off) => {
          const at = morning(zone, expires - 1, off - days);
          const stage = stagesAt(zone, terms, at).find((each) => each.days === days);
          return stage !== undefined && (stage.from ?? 0) < expires && expires <= stage.until;
        });
        // The last day is so many whole days after the day on which it is told.
        if (told.join() !== '0') wrong.push(`${zone} ${String(expires)} ${String(days)}`);
      }
    }
  }
  expect(changes.length).toBeGreaterThan(600);
  expect(wrong).toEqual([]);
}, 300_000);

it('Y2: what has passed is looked at last, however long ago it passed', () => {
  const at = Date.UTC(2027, 5, 1, 8);
  const stages = stagesAt('Europe/London', terms, at);
  expect(stages.map(({ days }) => days)).toEqual([30, 7, 1, 0]);
  expect(stages.at(-1)).toEqual({ days: 0, from: undefined, until: at });
  expect(stages[2]).toMatchObject({ until: Date.UTC(2027, 5, 2, 23) });
});
