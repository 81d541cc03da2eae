import { DomainError } from '../../platform/http/domain-error.js';
import type { ProgrammeBook } from '../../ledger/command.js';
import { periodOf, type Period } from './period.js';

/** Seconds behind a month after which nothing is recorded in it any more, if nobody is writing. */
export const SETTLING_S = 300;

/** The month of a name, such as `2026-06`; anything else is to blame, and one that has not begun. */
export function monthOf(
  name: string,
  programmes: Pick<ProgrammeBook, 'at' | 'version'>,
  now: number,
): Period {
  const first = programmes.version(1);
  const zoneAt = (instant: number): string => (programmes.at(instant) ?? first).timeZone;
  const period = periodOf(name, zoneAt);
  if (period === undefined) {
    const faults = [{ pointer: '/period', code: 'is_month', detail: 'must be a month: 2026-06' }];
    const detail = 'The period is no month, such as 2026-06.';
    throw new DomainError('invalid_request', detail, {}, faults);
  }
  if (period.from > now) throw new DomainError('period_in_future', 'The month has not begun.');
  return period;
}

/** Whether nothing can come to a month any more, so that it will always read the same. */
export function isClosed(
  { until }: Period,
  { now, isQuiet }: { now: number; isQuiet: boolean },
): boolean {
  return now >= until + SETTLING_S * 1_000 && isQuiet;
}
