import { WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { Matching } from '../earning/occasion.js';
import { BILLION } from '../points.js';
import type { StepsRule } from '../programme.js';

/** The points of the highest step that the lines of the rule reach. */
export function stepsItem(
  { steps }: StepsRule,
  ruleNo: number,
  { minor }: Matching,
): ExplanationItem {
  const step = steps.findLast(({ minimumMinor }) => minor >= minimumMinor);
  if (step === undefined) {
    return [ruleNo, WHOLE_EVENT, 'below_first_step', '0', steps[0]?.minimumMinor ?? 0];
  }
  const billionths = BigInt(step.points) * BILLION;
  return [ruleNo, WHOLE_EVENT, 'step_applied', billionths.toString(), step.minimumMinor];
}
