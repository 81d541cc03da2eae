import { WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { Matching } from '../earning/occasion.js';
import type { PerUnitRule } from '../programme.js';

/**
 * One item per line whose pieces cost enough: pieces times rate times the share paid by tenders
 * that earn, floored to a billionth. A line of 3 at a rate of 2.5 is 7.5 points.
 */
export function perUnitItems(
  { rate, minimumUnitMinor }: PerUnitRule,
  ruleNo: number,
  { lines, share }: Matching,
): ExplanationItem[] {
  const dear = lines.filter(
    ({ quantity, minor }) => quantity > 0 && minor >= minimumUnitMinor * quantity,
  );
  if (dear.length === 0) {
    return [[ruleNo, WHOLE_EVENT, 'below_minimum_amount', '0', minimumUnitMinor]];
  }
  return dear.map(({ index, quantity }) => {
    const product = BigInt(quantity) * rate * 1_000n * BigInt(share.numerator);
    const billionths = product / BigInt(share.denominator);
    return [ruleNo, index, 'unit_rate_applied', billionths.toString(), quantity];
  });
}
