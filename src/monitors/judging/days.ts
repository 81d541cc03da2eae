/** Days of a programme as text, such as `2026-06-30`. */
import { DAY_MS, startOfDay } from '../../rules/period.js';

/** The day so many days later, or before where negative. */
export const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** The instant at which a day begins in a zone, in milliseconds. */
export function beginOf(zone: string, text: string): number {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return startOfDay(zone, { year, month, day });
}

/** A stretch of days cut into pieces of so many at most; `until` is exclusive. */
export function piecesOf(
  from: string,
  until: string,
  days: number,
): { from: string; until: string }[] {
  const pieces = [];
  for (let begin = from; begin < until; begin = dayAfter(begin, days)) {
    const end = dayAfter(begin, days);
    pieces.push({ from: begin, until: end < until ? end : until });
  }
  return pieces;
}
