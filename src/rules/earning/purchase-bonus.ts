/**
 * Fixed points per purchase, and the counters that keep splitting worthless: a minimum value, a
 * cool-down since the last purchase that had the bonus, and a cap per period, which truncates.
 */
import type { EarningBasis } from './earn.js';
import { WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { periodStart } from '../period.js';
import { BILLION } from '../points.js';
import type { PerPurchaseRule, Programme } from '../programme.js';
import { counterKey, type Counter, type MemberState } from '../state.js';

interface EventTimes {
  /** The database's now. */
  at: number;
  occurredAt: number;
}

/** Whether a member has a newer event already; until then events are in time. */
export function isLate(member: Pick<MemberState, 'newestAt'>, { occurredAt }: EventTimes): boolean {
  return member.newestAt !== null && occurredAt < member.newestAt;
}

/** A late event is decided under the counters of the day it arrives, any other under its own. */
export function counterTime(member: Pick<MemberState, 'newestAt'>, event: EventTimes): number {
  return isLate(member, event) ? event.at : event.occurredAt;
}

const lastCounter = (rule: PerPurchaseRule): string => `${rule.id}/last`;
const capCounter = (rule: PerPurchaseRule): string => `${rule.id}/${rule.cap.period}`;

/** The counters that deciding this purchase reads, so that no others are fetched. */
export function countersNeeded(
  programme: Programme,
  member: Pick<MemberState, 'newestAt'>,
  event: EventTimes,
): Counter[] {
  const time = counterTime(member, event);
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
 * Items and counters of every per-purchase rule. A bonus of 20 with a cap of 30 a day pays 20, then
 * 10, then nothing until the next local day.
 */
export function purchaseBonus(
  programme: Programme,
  member: MemberState,
  basis: EarningBasis,
  time: number,
): { items: ExplanationItem[]; counters: Counter[] } {
  const items: ExplanationItem[] = [];
  const counters: Counter[] = [];
  programme.rules.forEach((rule, ruleNo) => {
    if (rule.kind !== 'per_purchase') return;
    const start = periodStart(programme.timeZone, time, rule.cap.period);
    const used = member.counters.get(counterKey(capCounter(rule), start)) ?? 0;
    const last = member.counters.get(counterKey(lastCounter(rule), 0));
    const granted = Math.min(rule.points, rule.cap.points - used);
    if (basis.totalMinor < rule.minimumMinor) {
      items.push([ruleNo, WHOLE_EVENT, 'below_minimum_amount', '0', rule.minimumMinor]);
    } else if (last !== undefined && time - last < rule.coolDownMs) {
      items.push([ruleNo, WHOLE_EVENT, 'cool_down_running', '0', rule.coolDownMs]);
    } else if (granted <= 0) {
      items.push([ruleNo, WHOLE_EVENT, 'cap_reached', '0', rule.cap.points]);
    } else {
      const code = granted < rule.points ? 'purchase_bonus_capped' : 'purchase_bonus_applied';
      const billionths = BigInt(granted) * BILLION;
      items.push([ruleNo, WHOLE_EVENT, code, billionths.toString(), rule.cap.points]);
      counters.push(
        { counter: lastCounter(rule), periodStart: 0, used: time },
        { counter: capCounter(rule), periodStart: start, used: used + granted },
      );
    }
  });
  return { items, counters };
}
