import { WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { Matching } from '../earning/occasion.js';
import { BILLION } from '../points.js';
import type { PerPurchaseRule } from '../programme.js';

/** A fixed number of points once the lines of the rule reach the minimum. */
export function perPurchaseItem(
  { points, minimumMinor }: PerPurchaseRule,
  ruleNo: number,
  { minor }: Matching,
): ExplanationItem {
  if (minor < minimumMinor) {
    return [ruleNo, WHOLE_EVENT, 'below_minimum_amount', '0', minimumMinor];
  }
  const billionths = BigInt(points) * BILLION;
  return [ruleNo, WHOLE_EVENT, 'purchase_bonus_applied', billionths.toString()];
}
