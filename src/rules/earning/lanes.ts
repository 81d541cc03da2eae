import type { ExplanationItem } from '../explanation.js';
import { itemKey } from './award.js';

/**
 * The items of rules that compete: on each line, or for the whole purchase, the rule that gives most
 * there pays, and of equal ones the first. Those beaten say which place in the programme beat them.
 */
export function bestOf(rules: readonly (readonly ExplanationItem[])[]): ExplanationItem[] {
  const items = rules.flat();
  const paying = rules.filter((rule) => rule.some(([, , , billionths]) => billionths !== '0'));
  // One rule alone beats nobody.
  if (paying.length <= 1) return items;
  const given = new Map<string, bigint>();
  for (const [ruleNo, line, , billionths] of items) {
    const key = itemKey(ruleNo, line);
    given.set(key, (given.get(key) ?? 0n) + BigInt(billionths));
  }
  const best = new Map<number, { ruleNo: number; sum: bigint }>();
  for (const [ruleNo, line] of items) {
    const sum = given.get(itemKey(ruleNo, line)) ?? 0n;
    const known = best.get(line);
    if (known === undefined || sum > known.sum) best.set(line, { ruleNo, sum });
  }
  return items.map((item): ExplanationItem => {
    const [ruleNo, line, , billionths] = item;
    const winner = best.get(line)?.ruleNo ?? ruleNo;
    if (winner === ruleNo || billionths === '0') return item;
    // What had too little left to be the best must still be known as that when it is decided again.
    if (item[2] === 'budget_capped') return [ruleNo, line, 'budget_used_up', '0'];
    return [ruleNo, line, 'better_rule_in_lane', '0', winner];
  });
}
