import type { PurchaseLine } from '../earning/earn.js';

/** Lines of these articles. */
export interface SkuCondition {
  kind: 'sku';
  skus: readonly string[];
}

export const isOfSku = ({ skus }: SkuCondition, { sku }: PurchaseLine): boolean =>
  sku !== undefined && skus.includes(sku);
