import type { Occasion } from '../earning/occasion.js';

/**
 * The member's second purchase, or fifth, ... Purchases of one local day count as one and small ones
 * not at all, so that splitting a purchase does not get there sooner.
 */
export interface NthPurchaseCondition {
  kind: 'nth_purchase';
  /** From 1. */
  numbers: readonly number[];
}

export const isNthPurchase = ({ numbers }: NthPurchaseCondition, { ordinal }: Occasion): boolean =>
  numbers.includes(ordinal());
