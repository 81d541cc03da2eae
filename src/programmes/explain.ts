/**
 * An explanation in words a client can show: the short arrays of a posting, rendered with the
 * names of the version that decided it.
 */
import { NO_RULE, TIER_RULE, WHOLE_EVENT, type ExplanationItem } from '../rules/explanation.js';
import { formatBillionths } from '../rules/points.js';
import type { Programme } from '../rules/programme.js';
import type { ExplainedItem } from './views/programmes.views.js';

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
    points: billionths === '0' ? '0' : formatBillionths(BigInt(billionths)),
    detail: detail ?? null,
  }));
}

function ruleId(programme: Programme | undefined, rule: number): string {
  return programme?.rules[rule]?.id ?? String(rule);
}
