/**
 * An explanation in words a client can show: the short arrays of a posting, rendered with the
 * names of the version that decided it.
 */
import { NO_RULE, TIER_RULE, WHOLE_EVENT, type ExplanationItem } from '../rules/explanation.js';
import { formatBillionths } from '../rules/points.js';
import type { Programme } from '../rules/programme.js';

export interface ExplainedItem {
  /** Id of the rule, `tier` for the tier's bonus, null for what no rule made. */
  rule: string | null;
  name: string | null;
  /** Index of the purchase line; null = the whole event. */
  line: number | null;
  code: string;
  /** Exact points as a decimal string; the items of a posting sum to its exact points. */
  points: string;
  /** The number or label that explains: basis in minor units, minimum, cap, matched words. */
  detail: string | number | null;
}

/** Every rule considered, in the order it was. */
export function explain(
  explanation: readonly ExplanationItem[],
  programme: Programme | undefined,
): ExplainedItem[] {
  return explanation.map(([rule, line, code, billionths, detail]) => ({
    rule: rule === TIER_RULE ? 'tier' : rule === NO_RULE ? null : ruleId(programme, rule),
    name: rule === TIER_RULE ? 'Tier bonus' : (programme?.rules[rule]?.name ?? null),
    line: line === WHOLE_EVENT ? null : line,
    code,
    points: formatBillionths(BigInt(billionths)),
    detail: detail ?? null,
  }));
}

function ruleId(programme: Programme | undefined, rule: number): string {
  return programme?.rules[rule]?.id ?? String(rule);
}
