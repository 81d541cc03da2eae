import type { PurchaseLine } from '../purchase.js';

/** Lines of these categories. */
export interface CategoryCondition {
  kind: 'category';
  categories: readonly string[];
}

export const isOfCategory = (
  { categories }: CategoryCondition,
  { category }: PurchaseLine,
): boolean => categories.includes(category);
