/** The sizes of purchases at which something changes, and some in between. Minor units. */
import type { ProgrammeDocument } from '../../programmes/document.js';
import { withOffersAsRules } from '../../programmes/offers/as-rules.js';

/** Amounts from which a rule pays, or pays more, each once and ascending. */
export function breakPoints(document: ProgrammeDocument, largest: number): number[] {
  const found = withOffersAsRules(document).earningRules.flatMap((rule) => [
    ...ofRule(rule),
    ...(rule.when ?? []).flatMap((each) => (each.kind === 'amount' ? [each.minimum] : [])),
  ]);
  const counted = document.countedPurchases?.minimumAmount;
  return ascending([...found, ...(counted === undefined ? [] : [counted])], largest);
}

type Rule = ProgrammeDocument['earningRules'][number];

function ofRule(rule: Rule): number[] {
  switch (rule.kind) {
    case 'per_purchase':
      return [rule.minimumAmount];
    case 'per_unit':
      return [rule.minimumUnitAmount];
    case 'steps':
      return rule.steps.map(({ minimumAmount }) => minimumAmount);
    case 'per_amount':
    case 'multiplier':
    case 'per_activity':
    case 'metered_reduction':
      return [];
  }
}

/** Break points, and between them sizes that double up to the largest one. */
export function sizesOf(document: ProgrammeDocument, largest: number): number[] {
  const doubling: number[] = [];
  for (let size = largest; size >= 1; size = Math.floor(size / 2)) doubling.push(size);
  return ascending([...breakPoints(document, largest), ...doubling], largest);
}

const ascending = (sizes: readonly number[], largest: number): number[] =>
  [...new Set(sizes.filter((size) => size > 0 && size <= largest))].sort((a, b) => a - b);
