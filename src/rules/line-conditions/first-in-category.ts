import type { PurchaseLine } from '../purchase.js';
import type { Occasion } from '../earning/occasion.js';

/** Lines of these categories, of which the member has never bought before. */
export interface FirstInCategoryCondition {
  kind: 'first_in_category';
  categories: readonly string[];
}

export const isFirstInCategory = (
  { categories }: FirstInCategoryCondition,
  { category }: PurchaseLine,
  { isFirstOf }: Occasion,
): boolean => categories.includes(category) && isFirstOf(category);
