import type { PurchaseLine } from '../earning/earn.js';

/** Lines of these brands. */
export interface BrandCondition {
  kind: 'brand';
  brands: readonly string[];
}

export const isOfBrand = ({ brands }: BrandCondition, { brand }: PurchaseLine): boolean =>
  brand !== undefined && brands.includes(brand);
