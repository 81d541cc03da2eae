import type { Occasion } from '../earning/occasion.js';
import { localDate } from '../period.js';

export const weekdays = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;

/** Purchases made on these days of the week, by the programme's clock. */
export interface WeekdayCondition {
  kind: 'weekday';
  days: readonly (typeof weekdays)[number][];
}

export function isOnWeekday(
  { days }: WeekdayCondition,
  { timeZone, occurredAt }: Occasion,
): boolean {
  const { year, month, day } = localDate(timeZone, occurredAt);
  const name = weekdays[new Date(Date.UTC(year, month - 1, day)).getUTCDay()];
  return name !== undefined && days.includes(name);
}
