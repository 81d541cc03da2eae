import type { PurchaseLine } from '../purchase.js';

/** Lines of these brands. */
export interface BrandCondition {
  kind: 'brand';
  brands: readonly string[];
}

export const isOfBrand = ({ brands }: BrandCondition, { brand }: PurchaseLine): boolean =>
  brands.some((each) => each === brand);
