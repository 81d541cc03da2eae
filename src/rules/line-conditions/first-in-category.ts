import { firstKey } from '../earning/counters.js';
import type { PurchaseLine } from '../earning/earn.js';
import type { Occasion } from '../earning/occasion.js';

/** Lines of these categories, of which the member has never bought before. */
export interface FirstInCategoryCondition {
  kind: 'first_in_category';
  categories: readonly string[];
}

export function isFirstInCategory(
  { categories }: FirstInCategoryCondition,
  { category }: PurchaseLine,
  { counters }: Occasion,
): boolean {
  return categories.includes(category) && (counters.get(firstKey(category)) ?? 0) === 0;
}
