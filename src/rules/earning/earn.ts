/**
 * What of a purchase may earn at all. A line earns only if its category is declared as earning and
 * nothing about the line contradicts that.
 */
import type { LineBasis } from './occasion.js';
import type { Purchase } from '../purchase.js';
import type { ExplanationItem, ReasonCode } from '../explanation.js';
import { NO_RULE, TIER_RULE, WHOLE_EVENT } from '../explanation.js';
import { contradiction } from '../guards/line.js';
import { MILLION, type Fraction } from '../points.js';
import type { Programme, Tier } from '../programme.js';

export interface EarningBasis {
  lines: LineBasis[];
  share: Fraction;
  /** Eligible minor units of the whole purchase, floored. */
  totalMinor: number;
  explanation: ExplanationItem[];
}

const treatmentReason = {
  excluded: 'category_excluded',
  cash_like: 'category_cash_like',
  metered: 'category_metered',
  regulated: 'category_regulated',
  harmful: 'category_harmful',
} as const satisfies Record<string, ReasonCode>;

/** What of a purchase may earn at all, with a reason for each line that may not. */
export function earningBasis(programme: Programme, purchase: Purchase): EarningBasis {
  const explanation: ExplanationItem[] = [];
  const lines: LineBasis[] = [];
  purchase.lines.forEach((line, index) => {
    const treatment = programme.categories.get(line.category)?.treatment;
    if (treatment === undefined) {
      explanation.push([NO_RULE, index, 'category_undeclared', '0', line.category]);
    } else if (treatment !== 'earns') {
      explanation.push([NO_RULE, index, treatmentReason[treatment], '0', line.category]);
    } else {
      const found = contradiction(line, purchase.merchantCategoryCode);
      if (found !== undefined) {
        explanation.push([NO_RULE, index, 'label_contradicted', '0', found.matched]);
        return;
      }
      const minor = programme.taxEarns ? line.amount : line.amount - line.tax;
      lines.push({ index, category: line.category, quantity: line.quantity, minor });
    }
  });
  const share = eligibleShare(programme, purchase);
  if (share.numerator < share.denominator) {
    const excluded = share.denominator - share.numerator;
    explanation.push([NO_RULE, WHOLE_EVENT, 'paid_by_excluded_tender', '0', excluded]);
  }
  return { lines, share, totalMinor: totalOf(lines, share), explanation };
}

/** Eligible minor units of lines, floored. */
export function totalOf(lines: readonly LineBasis[], share: Fraction): number {
  const sum = lines.reduce((total, { minor }) => total + minor, 0);
  if (share.numerator === share.denominator) return sum;
  return Number((BigInt(sum) * BigInt(share.numerator)) / BigInt(share.denominator));
}

/** The part of the purchase paid by tenders that earn, as an exact fraction. */
function eligibleShare(programme: Programme, purchase: Purchase): Fraction {
  const total = purchase.tenders.reduce((sum, { amount }) => sum + amount, 0);
  if (total === 0) return { numerator: 1, denominator: 1 };
  const eligible = purchase.tenders
    .filter(({ kind }) => !programme.excludedTenders.has(kind))
    .reduce((sum, { amount }) => sum + amount, 0);
  return { numerator: eligible, denominator: total };
}

/** The tier's bonus on each item of the per-amount rules: a multiplier of 1.25 adds a quarter. */
export function tierItems(tier: Tier, items: readonly ExplanationItem[]): ExplanationItem[] {
  const bonus = tier.multiplier - MILLION;
  if (bonus <= 0n) return [[TIER_RULE, WHOLE_EVENT, 'tier_has_no_bonus', '0']];
  return items
    .filter((item) => item[3] !== '0')
    .map((item) => [
      TIER_RULE,
      item[1],
      'tier_bonus_applied',
      ((BigInt(item[3]) * bonus) / MILLION).toString(),
    ]);
}
