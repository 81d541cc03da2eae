import type { Fraction } from '../points.js';
import type { Occasion } from '../earning/occasion.js';

/**
 * Purchases paid by these tenders. What was paid otherwise does not earn by the rule, so that a
 * penny on the right card is worth a penny.
 */
export interface TenderCondition {
  kind: 'tender';
  tenders: readonly string[];
}

/** The part of the purchase that these tenders paid, of those that may earn. */
export function shareOfTenders(
  { tenders }: TenderCondition,
  { purchase, excludedTenders }: Occasion,
): Fraction {
  const total = purchase.tenders.reduce((sum, { amount }) => sum + amount, 0);
  if (total === 0) return { numerator: 0, denominator: 1 };
  const paid = purchase.tenders
    .filter(({ kind }) => tenders.includes(kind) && !excludedTenders.has(kind))
    .reduce((sum, { amount }) => sum + amount, 0);
  return { numerator: paid, denominator: total };
}
