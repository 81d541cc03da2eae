/**
 * Purchases that follow one another within a group's cool-down are one basket where the group tops
 * up: together they get the fixed points that the best of them gets alone, and no more than a cap on
 * one purchase. What each was paid is counted by its place in the order of events, so late events and
 * returns change just that, and the window is one that looks back from any purchase.
 */
import type { ExplanationItem } from '../explanation.js';
import { BILLION } from '../points.js';
import type { Group } from '../programme.js';
import { counterKey, type CounterNeed } from '../state.js';

type Basketed = Pick<Group, 'id' | 'level' | 'coolDownMs'>;

const paidName = ({ id }: Pick<Group, 'id'>): string => `${id}/basket`;
/** Billionths of the next point; none where only whole points are ever paid. */
const partName = ({ id, level }: Pick<Group, 'id' | 'level'>): string | undefined =>
  level === 'event' ? undefined : `${id}/basket-part`;

/** Where what a group pays counts for a purchase with its place at `at`. */
export const basketPlace = (
  group: Pick<Group, 'id' | 'level'>,
  at: number,
): { points: string; part: string | undefined; start: number } => ({
  points: paidName(group),
  part: partName(group),
  start: at,
});

/** What was paid in the cool-down that ends at `at`. */
export function basketNeeds(group: Basketed, at: number): CounterNeed[] {
  const periodStart = at - group.coolDownMs + 1;
  return [paidName(group), partName(group)].flatMap((counter) =>
    counter === undefined ? [] : { counter, periodStart, onwards: true },
  );
}

/** Billionths that a group has paid in the cool-down that ends with a purchase at `at`. */
export function paidBefore(
  counters: ReadonlyMap<string, number>,
  group: Basketed,
  at: number,
): bigint {
  const sum = (counter: string | undefined): bigint => {
    if (counter === undefined) return 0n;
    let used = 0;
    for (const [key, amount] of counters) {
      if (!key.startsWith(`${counter}@`)) continue;
      const paidAt = Number(key.slice(counter.length + 1));
      if (paidAt <= at && at - paidAt < group.coolDownMs) used += amount;
    }
    return BigInt(used);
  };
  return sum(paidName(group)) * BILLION + sum(partName(group));
}

/** Billionths that it has paid for a purchase, by what the purchase has used of counters. */
export const paidFor = (
  { caps }: { caps: ReadonlyMap<string, { billionths: bigint }> },
  group: Pick<Group, 'id'>,
  at: number,
): bigint => caps.get(counterKey(paidName(group), at))?.billionths ?? 0n;

/** What items of fixed points come to beyond what their basket had before. */
export function beyond(items: readonly ExplanationItem[], had: bigint): ExplanationItem[] {
  if (had === 0n) return [...items];
  const points = Number(had / BILLION);
  return items.map((item): ExplanationItem => {
    const [ruleNo, line, , billionths] = item;
    if (billionths === '0') return item;
    const more = BigInt(billionths) - had;
    return more > 0n
      ? [ruleNo, line, 'basket_topped_up', more.toString(), points]
      : [ruleNo, line, 'basket_paid_before', '0', points];
  });
}
