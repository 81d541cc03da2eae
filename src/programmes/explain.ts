/**
 * An explanation in words a client can show: the short arrays of a posting, rendered with the
 * names of the version that decided it.
 */
import {
  MEMBER_CAP,
  NO_RULE,
  TIER_RULE,
  WAITS,
  WHOLE_EVENT,
  WITHHELD,
  type ExplanationItem,
  type ReasonCode,
} from '../rules/explanation.js';
import { isHint } from '../rules/offers/surprise.js';
import { formatBillionths } from '../rules/points.js';
import type { Programme } from '../rules/programme.js';
import type { ExplainedItem } from './views/programmes.views.js';

/** Codes of offers that are not there for the member. */
const forStaff: readonly string[] = ['held_out', 'not_listed'] satisfies ReasonCode[];

/**
 * Every rule considered, in the order it was. Who is held out of an offer, or not on its list, and that
 * a surprise found its budget spent, is told to staff alone: to members and tills it is not there.
 */
export function explain(
  explanation: readonly ExplanationItem[],
  programme: Programme | undefined,
  isForStaff = false,
): ExplainedItem[] {
  return explanation
    .filter((item) => isForStaff || !isForStaffAlone(programme, item))
    .map((item) => explained(programme, item));
}

function isForStaffAlone(programme: Programme | undefined, item: ExplanationItem): boolean {
  if (forStaff.includes(item[2])) return true;
  return programme !== undefined && isHint(programme, item);
}

function explained(programme: Programme | undefined, item: ExplanationItem): ExplainedItem {
  const [rule, line, code, billionths, detail] = item;
  return {
    rule: ruleId(programme, rule),
    name: nameOf(programme, item),
    line: line === WHOLE_EVENT || rule === WITHHELD ? null : line,
    code,
    points: billionths === '0' ? '0' : formatBillionths(BigInt(billionths)),
    detail: code === 'better_rule_in_lane' ? ruleId(programme, Number(detail)) : (detail ?? null),
  };
}

const byStaff: readonly string[] = [
  ...['adjustment_given', 'adjustment_taken', 'points_reinstated', 'points_extended'],
];

/** The rule's name, or the reason's of an adjustment, which no rule made. */
function nameOf(programme: Programme | undefined, item: ExplanationItem): string | null {
  const [rule, , code, , detail] = item;
  if (rule === TIER_RULE) return 'Tier bonus';
  if (rule === MEMBER_CAP) return 'Most from all rules together';
  if (rule === WAITS) return 'Waits for the partner';
  if (rule === WITHHELD) return 'Withheld for a while';
  if (rule !== NO_RULE) return programme?.rules[rule]?.name ?? null;
  if (code === 'coupon_redeemed') return programme?.coupons.get(String(detail))?.name ?? null;
  if (code === 'offer_activated') {
    const offers = [...(programme?.offers.values() ?? [])];
    return offers.find((offer) => offer.code === detail)?.name ?? null;
  }
  if (!byStaff.includes(code)) return null;
  return programme?.staff.reasons.get(String(detail))?.name ?? null;
}

function ruleId(programme: Programme | undefined, rule: number): string | null {
  if (rule === NO_RULE) return null;
  if (rule === TIER_RULE) return 'tier';
  if (rule === MEMBER_CAP) return 'all';
  if (rule === WAITS) return 'waits';
  if (rule === WITHHELD) return 'withheld';
  return programme?.rules[rule]?.id ?? String(rule);
}
