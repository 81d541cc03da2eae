/** What becomes of points that come back when the time of their lots is over. */
import { mayGoBySilence } from '../expiry/terms.js';
import { endOfDayAfter } from '../period.js';
import type { Programme } from '../programme.js';

export interface Grace {
  /** Until when those stay whose date has passed. */
  endsAt: number;
  /** Whether those without a date of their own get a new lot, as they may go by silence. */
  isAnew: boolean;
}

export const graceFrom = (
  { timeZone, returnGraceDays, expiry }: Pick<Programme, 'timeZone' | 'returnGraceDays' | 'expiry'>,
  at: number,
): Grace => ({
  endsAt: endOfDayAfter(timeZone, at, returnGraceDays),
  isAnew: mayGoBySilence(expiry),
});
