/** Calendar months of a programme. */
import { startOfDay } from '../../rules/period.js';

/** A month in the zone that the programme has at its beginning. */
export interface Period {
  /** `2026-06`. */
  name: string;
  from: number;
  /** The first instant of the next month. */
  until: number;
}

/**
 * The month of a name, or undefined where that is none. `zoneAt` says the zone in force at an
 * instant, which no later version changes; each month ends where the next one begins.
 */
export function periodOf(name: string, zoneAt: (instant: number) => string): Period | undefined {
  const [, year, month] = /^(20\d{2})-(0[1-9]|1[0-2])$/.exec(name) ?? [];
  if (year === undefined || month === undefined) return undefined;
  const start = (months: number): number => {
    const first = new Date(Date.UTC(Number(year), Number(month) - 1 + months, 1));
    const date = { year: first.getUTCFullYear(), month: first.getUTCMonth() + 1, day: 1 };
    return startOfDay(zoneAt(first.getTime()), date);
  };
  return { name, from: start(0), until: start(1) };
}
