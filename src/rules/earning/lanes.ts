import type { ExplanationItem } from '../explanation.js';

/**
 * The items of rules that compete: on each line, or for the whole purchase, the one with most points
 * pays, and of equal ones the first rule's. Those beaten say which place in the programme beat them.
 */
export function bestOf(rules: readonly (readonly ExplanationItem[])[]): ExplanationItem[] {
  const best = new Map<number, ExplanationItem>();
  for (const item of rules.flat()) {
    const known = best.get(item[1]);
    if (known === undefined || BigInt(item[3]) > BigInt(known[3])) best.set(item[1], item);
  }
  return rules.flat().map((item): ExplanationItem => {
    const [ruleNo, line, , billionths] = item;
    const winner = best.get(line);
    if (winner === item || winner === undefined || billionths === '0') return item;
    return [ruleNo, line, 'better_rule_in_lane', '0', winner[0]];
  });
}
