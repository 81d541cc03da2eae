/** Which dates members are told on a day. */
import type { ExpiryNotices } from '../rules/expiry/terms.js';
import { endOfDayAfter } from '../rules/period.js';

/** Dates after `from` and not after `until`, in milliseconds. */
export interface Stage {
  /** Days before the date; 0 = it has passed. */
  days: number;
  from: number | undefined;
  until: number;
}

/**
 * The dates that are so many whole days after the local day of an instant; and last, those that have
 * passed, of which whoever was not told is told now.
 */
export function stagesAt(timeZone: string, { daysBefore }: ExpiryNotices, at: number): Stage[] {
  const before = daysBefore.map((days) => ({
    days,
    from: endOfDayAfter(timeZone, at, days - 1),
    until: endOfDayAfter(timeZone, at, days),
  }));
  return [...before, { days: 0, from: undefined, until: at }];
}
