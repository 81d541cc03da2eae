import { WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { IsNamed, Matching } from '../earning/occasion.js';
import { pointsForAmount } from '../points.js';
import type { PerAmountRule, Programme } from '../programme.js';

/**
 * One item per line the rule earns on, or one that says why there is none. A rule that names a
 * line's category goes before one that names none; `isNamed` says of which lines it does.
 */
export function perAmountItems(
  { currencyDigits }: Programme,
  { categories, rate }: PerAmountRule,
  ruleNo: number,
  { lines, share }: Matching,
  isNamed: IsNamed,
): ExplanationItem[] {
  if (lines.length === 0) return [[ruleNo, WHOLE_EVENT, 'no_eligible_amount', '0']];
  const code = categories === undefined ? 'rate_applied' : 'category_rate_applied';
  const items: ExplanationItem[] = [];
  for (const line of lines) {
    const { index, category, minor } = line;
    if (categories === undefined ? isNamed(line) : !categories.has(category)) continue;
    const billionths = pointsForAmount(minor, currencyDigits, rate, share);
    items.push([ruleNo, index, code, billionths.toString(), minor]);
  }
  if (items.length > 0) return items;
  const why = categories === undefined ? 'category_rate_goes_first' : 'no_line_in_category';
  return [[ruleNo, WHOLE_EVENT, why, '0']];
}
