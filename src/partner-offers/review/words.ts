import { localDate } from '../../rules/period.js';
import type { Programme } from '../../rules/programme.js';
import type { Words } from './judge.js';

/** Money and days of a programme: "GBP 12.50", "2026-06-30". */
export function wordsOf({ currency, currencyDigits, timeZone }: Programme): Words {
  const two = (part: number): string => String(part).padStart(2, '0');
  return {
    money: (minor) => `${currency} ${(minor / 10 ** currencyDigits).toFixed(currencyDigits)}`,
    day: (instant) => {
      const { year, month, day } = localDate(timeZone, instant);
      return `${String(year)}-${two(month)}-${two(day)}`;
    },
  };
}
