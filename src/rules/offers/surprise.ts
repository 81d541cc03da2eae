/**
 * Surprises: offers that nobody is promised. On some days, drawn for each member, they pay for the
 * first purchase that is large enough, and but for what they pay nothing is said of them: whoever
 * could see that today is such a day would buy for it.
 */
import type { ExplanationItem } from '../explanation.js';
import { localDate } from '../period.js';
import type { Programme } from '../programme.js';
import type { Offer, Offers } from './offer.js';

/**
 * A number from 0 to 999,999 for a surprise and a local day (2026-12-31) of one member: always the
 * same, and nobody outside can foretell it.
 */
export type Luck = (surprise: string, day: string) => number;

/** A member's luck, and the day of theirs that counts. */
export interface LuckyDay {
  luck: Luck;
  day: string;
}

/** A day as luck goes by it: 2026-12-31. */
export function dayOfLuck(timeZone: string, instant: number): string {
  const { year, month, day } = localDate(timeZone, instant);
  return [year, month, day].map((part) => String(part).padStart(2, '0')).join('-');
}

export const isSurprise = ({ asks }: Offer): boolean => asks.chance !== undefined;

/** Whether a day is one on which a surprise comes. */
export const isLucky = ({ code, asks: { chance = 0 } }: Offer, { luck, day }: LuckyDay): boolean =>
  luck(code, day) < chance;

/**
 * Items without what surprises would say of paying nothing. That a budget had no room has to be kept, as
 * it is not paid later.
 */
export function withoutHints(offers: Offers, items: ExplanationItem[]): ExplanationItem[] {
  if (offers.size === 0) return items;
  return items.flatMap((item): ExplanationItem[] => {
    const [ruleNo, line, code, billionths] = item;
    const offer = offers.get(ruleNo);
    if (offer === undefined || !isSurprise(offer)) return [item];
    if (billionths === '0') return code === 'budget_used_up' ? [item] : [];
    const isPlain = code === 'purchase_bonus_applied';
    return isPlain ? [[ruleNo, line, 'surprise_given', billionths]] : [item];
  });
}

/** Whether an item says of a surprise that it paid nothing. */
export function isHint(
  { offers }: Pick<Programme, 'offers'>,
  [ruleNo, , , billionths]: ExplanationItem,
): boolean {
  const offer = offers.get(ruleNo);
  return billionths === '0' && offer !== undefined && isSurprise(offer);
}
