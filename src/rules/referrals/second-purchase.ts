/**
 * When a friend has stayed: two purchases of different days, large enough after whatever came back of
 * them, whose return windows are closed. Of several on one day the one that is settled first counts,
 * so that splitting a purchase gains nothing.
 */
import { termsOf } from '../earning/decision.js';
import { earningBasis } from '../earning/earn.js';
import { remaining } from '../earning/remaining.js';
import { Awards, timelineOf, type Versions } from '../earning/timeline.js';
import type { Award } from '../earning/award.js';
import { periodStart } from '../period.js';
import type { Programme } from '../programme.js';
import type { MemberState } from '../state.js';
import type { ReferralTerms } from './terms.js';

export interface Bought {
  /** Whether something was bought on a day before the claim's. */
  before: boolean;
  /** When the second of the purchases that count can no longer come back; undefined = not two. */
  settledAt: number | undefined;
}

export function boughtSince(
  { timeZone }: Programme,
  terms: ReferralTerms,
  friend: Pick<MemberState, 'enrolledAt' | 'history' | 'purchases'>,
  claimedAt: number,
  versions: Versions,
): Bought {
  const events = timelineOf(friend.history ?? []);
  const awards = Awards.after(events, friend);
  const since = periodStart(timeZone, claimedAt, 'day');
  const days = new Map<number, number>();
  let before = false;
  for (const { kind, purchase } of events) {
    const award = kind === 'accrue' ? awards.of(purchase) : undefined;
    if (award?.purchase === undefined || award.purchase.activity !== undefined) continue;
    const { occurredAt, versionNo } = award;
    if (occurredAt < since) before = true;
    const isInTime = occurredAt >= since && occurredAt < claimedAt + terms.qualifyMs;
    if (!isInTime || !isEnough(versions.version(versionNo), terms, award)) continue;
    const day = periodStart(timeZone, occurredAt, 'day');
    const settled = termsOf(versions.version(versionNo), occurredAt).availableFrom;
    days.set(day, Math.min(days.get(day) ?? Infinity, settled));
  }
  const [, settledAt] = [...days.values()].sort((a, b) => a - b);
  return { before, settledAt };
}

function isEnough(
  programme: Programme,
  { minimumMinor }: ReferralTerms,
  { purchase, returned }: Award,
): boolean {
  if (purchase === undefined) return false;
  const { totalMinor } = earningBasis(programme, remaining(purchase, returned));
  return totalMinor > 0 && totalMinor >= minimumMinor;
}
