import type { Occasion } from '../earning/occasion.js';
import { minuteOfDay } from '../period.js';

/** Purchases made from `from` (inclusive) to `until` (exclusive), by the programme's clock. */
export interface TimeOfDayCondition {
  kind: 'time_of_day';
  /** Minutes after midnight; `until` may be before `from`, and then is on the next day. */
  from: number;
  until: number;
}

export function isAtTimeOfDay(
  { from, until }: TimeOfDayCondition,
  { timeZone, occurredAt }: Occasion,
): boolean {
  const minute = minuteOfDay(timeZone, occurredAt);
  return from <= until ? from <= minute && minute < until : from <= minute || minute < until;
}
