import { WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { BILLION } from '../points.js';
import type { PerActivityRule } from '../programme.js';

/** A fixed number of points for an activity, which the rule's conditions name. */
export function perActivityItem({ points }: PerActivityRule, ruleNo: number): ExplanationItem {
  const billionths = BigInt(points) * BILLION;
  return [ruleNo, WHOLE_EVENT, 'activity_applied', billionths.toString()];
}
