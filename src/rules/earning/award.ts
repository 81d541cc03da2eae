/** What a purchase is worth, item by item. */
import { NO_RULE, type ExplanationItem } from '../explanation.js';
import type { Review } from '../ladder.js';
import type { ReturnedLine } from '../state.js';
import type { Purchase } from '../purchase.js';

/** What a purchase is worth now: its award and whatever returns and corrections did to it. */
export interface Award {
  /** Number of the purchase. */
  seq: number;
  occurredAt: number;
  /** Its place in the order of events, whose caps and cool-downs it used. */
  at: number;
  /** When it became known; undefined = at its place. */
  arrivedAt?: number | undefined;
  versionNo: number;
  held: string;
  /** How long the tier held before it was kept. */
  review?: Review | undefined;
  tier: string;
  purchase: Purchase | undefined;
  /** Net items, one per rule and line, by `itemKey`. */
  items: ReadonlyMap<string, ExplanationItem>;
  returned: readonly ReturnedLine[];
}

/** Items by rule and line, each with the sum of what is said about it. */
export function netItems(parts: readonly ExplanationItem[]): Map<string, ExplanationItem> {
  const net = new Map<string, ExplanationItem>();
  for (const item of parts) {
    const [rule, line, code, billionths] = item;
    if (rule === NO_RULE) continue;
    const key = itemKey(rule, line);
    const earlier = net.get(key);
    const sum = BigInt(earlier?.[3] ?? 0) + BigInt(billionths);
    net.set(key, [rule, line, earlier?.[2] ?? code, sum.toString()]);
  }
  return net;
}

export const itemKey = (rule: number, line: number): string => `${String(rule)}/${String(line)}`;

/** What changes of each item where an event is decided again. */
export function differences(
  before: readonly ExplanationItem[],
  now: readonly ExplanationItem[],
): ExplanationItem[] {
  const [old, fresh] = [netItems(before), netItems(now)];
  const items: ExplanationItem[] = [];
  for (const key of new Set([...old.keys(), ...fresh.keys()])) {
    const item = fresh.get(key) ?? old.get(key);
    const change = BigInt(fresh.get(key)?.[3] ?? 0) - BigInt(old.get(key)?.[3] ?? 0);
    if (item === undefined || change === 0n) continue;
    items.push([item[0], item[1], 'late_event_changed', change.toString(), item[2]]);
  }
  return items;
}
