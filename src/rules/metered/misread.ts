import type { Refusal } from '../outcome.js';
import type { Programme } from '../programme.js';
import type { Purchase } from '../purchase.js';
import { implausible, readingAt, readingsOf } from './meter.js';

/** Why a reading is not taken: it does not fit to others, or comes too late to be put in its place. */
export function misread(
  { rules, late }: Pick<Programme, 'rules' | 'late'>,
  counters: ReadonlyMap<string, number>,
  { purchase, occurredAt }: { purchase: Purchase; occurredAt: number },
  timing: 'in_time' | 'late' | 'as_of_today',
): Refusal | undefined {
  const { activity } = purchase;
  const reading = activity && readingAt(activity, occurredAt);
  if (activity === undefined || reading === undefined) return undefined;
  if (timing === 'as_of_today') {
    return { code: 'event_too_late', details: { windowDays: late.windowDays } };
  }
  const most = rules.flatMap((rule) =>
    rule.kind === 'metered_reduction' && rule.category === activity.category ? [rule.perDay] : [],
  );
  return implausible(
    readingsOf(counters, purchase),
    reading,
    most.length === 0 ? undefined : Math.min(...most),
  );
}
