/** Days of a calendar as they are written: `2026-12-31`. */
import { startOfDay } from '../rules/period.js';

/** Whether a day of this form is one of the calendar. */
export function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** The instant at which a local day ends, which is the first one of the next. */
export function endOfDay(timeZone: string, text: string): number {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return startOfDay(timeZone, { year, month, day: day + 1 });
}
