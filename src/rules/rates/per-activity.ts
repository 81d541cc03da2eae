import { WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { BILLION } from '../points.js';
import type { PerActivityRule } from '../programme.js';
import type { Activity } from '../purchase.js';

/** A fixed number of points for an activity that the rule's conditions name and that is worth it. */
export function perActivityItem(
  { points, minimumMinor }: PerActivityRule,
  ruleNo: number,
  activity: Activity | undefined,
): ExplanationItem {
  if ((activity?.value ?? 0) < minimumMinor) {
    return [ruleNo, WHOLE_EVENT, 'below_minimum_amount', '0', minimumMinor];
  }
  const billionths = BigInt(points) * BILLION;
  return [ruleNo, WHOLE_EVENT, 'activity_applied', billionths.toString()];
}
