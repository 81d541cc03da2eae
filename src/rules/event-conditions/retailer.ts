import type { Occasion } from '../earning/occasion.js';

/** Purchases from these retailers. */
export interface RetailerCondition {
  kind: 'retailer';
  retailers: readonly string[];
}

export const isOfRetailer = ({ retailers }: RetailerCondition, { purchase }: Occasion): boolean =>
  retailers.some((each) => each === purchase.retailer);
