import type { PurchaseLine } from '../purchase.js';

/** Lines of these articles. */
export interface SkuCondition {
  kind: 'sku';
  skus: readonly string[];
}

export const isOfSku = ({ skus }: SkuCondition, { sku }: PurchaseLine): boolean =>
  skus.some((each) => each === sku);
