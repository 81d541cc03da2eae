import { WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { Matching } from '../earning/occasion.js';
import { MILLION, type Fraction } from '../points.js';
import type { MultiplierRule } from '../programme.js';

/**
 * What the rule adds to the qualifying points of its lines: double points add as many again. Where
 * the rule is about a part of how the purchase was paid, to that part of them.
 */
export function multiplierItems(
  { by }: MultiplierRule,
  ruleNo: number,
  { lines, share }: Matching,
  base: { items: readonly ExplanationItem[]; share: Fraction },
): ExplanationItem[] {
  const own = new Set(lines.map(({ index }) => index));
  // Both shares are of the same total, so their ratio is that of their numerators.
  const part = BigInt(share.numerator) * BigInt(base.share.denominator);
  const whole = BigInt(share.denominator) * BigInt(base.share.numerator);
  const items = base.items
    .filter(([, line, , billionths]) => own.has(line) && billionths !== '0')
    .map(([, line, , billionths]): ExplanationItem => {
      const product = BigInt(billionths) * (by - MILLION) * part;
      return [ruleNo, line, 'multiplier_applied', (product / (MILLION * whole)).toString()];
    });
  return items.length > 0 ? items : [[ruleNo, WHOLE_EVENT, 'nothing_to_multiply', '0']];
}
