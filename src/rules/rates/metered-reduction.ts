import { WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { MeteredTerms } from '../metered/terms.js';
import type { Activity } from '../purchase.js';

/** Points per unit saved against the member's own baseline, floored to a billionth. */
export function meteredReductionItem(
  { rate, category }: MeteredTerms,
  ruleNo: number,
  activity: Activity | undefined,
  saved: bigint | undefined,
): ExplanationItem {
  if (activity?.kind !== 'meter_reading' || activity.category !== category) {
    return [ruleNo, WHOLE_EVENT, 'not_a_reading', '0', category];
  }
  if (saved === undefined) return [ruleNo, WHOLE_EVENT, 'no_baseline', '0'];
  const billionths = (saved * rate) / 1_000n;
  if (billionths === 0n) return [ruleNo, WHOLE_EVENT, 'nothing_saved', '0'];
  // Whole units, for people; the points are of the exact ones.
  const units = Number(saved / 1_000_000n);
  return [ruleNo, WHOLE_EVENT, 'reduction_applied', billionths.toString(), units];
}
