/**
 * Fixed points per purchase, and the counters that keep splitting worthless: a minimum value, a
 * cool-down since the last purchase that had the bonus, and a cap per period, which truncates.
 */
import type { EarningBasis } from './earn.js';
import { WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { periodStart } from '../period.js';
import { BILLION } from '../points.js';
import type { PerPurchaseRule, Programme } from '../programme.js';
import { counterKey, type Counter } from '../state.js';

/** Used amount 0 of this counter means that the bonus was never granted. */
export const lastCounter = (rule: PerPurchaseRule): string => `${rule.id}/last`;
export const capCounter = (rule: PerPurchaseRule): string => `${rule.id}/${rule.cap.period}`;

/** The counters that deciding a purchase at `time` reads, so that no others are fetched. */
export function countersNeeded(programme: Programme, time: number): Counter[] {
  return programme.rules.flatMap((rule) =>
    rule.kind === 'per_purchase'
      ? [
          { counter: lastCounter(rule), periodStart: 0, used: 0 },
          {
            counter: capCounter(rule),
            periodStart: periodStart(programme.timeZone, time, rule.cap.period),
            used: 0,
          },
        ]
      : [],
  );
}

/**
 * Items of every per-purchase rule, and the counters after them. A bonus of 20 with a cap of 30 a
 * day pays 20, then 10, then nothing until the next local day.
 */
export function purchaseBonus(
  programme: Programme,
  before: ReadonlyMap<string, number>,
  basis: EarningBasis,
  time: number,
): { items: ExplanationItem[]; counters: ReadonlyMap<string, number> } {
  const items: ExplanationItem[] = [];
  let counters = before;
  programme.rules.forEach((rule, ruleNo) => {
    if (rule.kind !== 'per_purchase') return;
    const cap = counterKey(
      capCounter(rule),
      periodStart(programme.timeZone, time, rule.cap.period),
    );
    const last = counterKey(lastCounter(rule), 0);
    const used = counters.get(cap) ?? 0;
    const lastAt = counters.get(last) ?? 0;
    const granted = Math.min(rule.points, rule.cap.points - used);
    if (basis.totalMinor < rule.minimumMinor) {
      items.push([ruleNo, WHOLE_EVENT, 'below_minimum_amount', '0', rule.minimumMinor]);
    } else if (lastAt !== 0 && time - lastAt < rule.coolDownMs) {
      items.push([ruleNo, WHOLE_EVENT, 'cool_down_running', '0', rule.coolDownMs]);
    } else if (granted <= 0) {
      items.push([ruleNo, WHOLE_EVENT, 'cap_reached', '0', rule.cap.points]);
    } else {
      const code = granted < rule.points ? 'purchase_bonus_capped' : 'purchase_bonus_applied';
      const billionths = BigInt(granted) * BILLION;
      items.push([ruleNo, WHOLE_EVENT, code, billionths.toString(), rule.cap.points]);
      counters = new Map(counters).set(last, time).set(cap, used + granted);
    }
  });
  return { items, counters };
}
