import type { Occasion } from '../earning/occasion.js';
import { localDate } from '../period.js';

/** Purchases in the month of the member's birthday, by the programme's clock. */
export interface BirthdayMonthCondition {
  kind: 'birthday_month';
}

export const isInBirthdayMonth = ({
  timeZone,
  occurredAt,
  purchase: { traits },
}: Occasion): boolean => traits?.birthMonth === localDate(timeZone, occurredAt).month;
