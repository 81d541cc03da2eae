/** What of a member's points is still to come: when they become available, and when they go. */
import type { Lot } from '../../rules/state.js';

/** At most this many instants are told. */
const TOLD_MAX = 5;

/** Points that remain in lots, summed by an instant of theirs, after `after` if that is said, soonest first. */
export function byInstant(
  lots: readonly Pick<Lot, 'availableFrom' | 'expiresAt' | 'remaining'>[],
  kind: 'availableFrom' | 'expiresAt',
  after = -Infinity,
): { at: number; points: number }[] {
  const sums = new Map<number, number>();
  for (const lot of lots) {
    const at = lot[kind];
    if (at === null || at <= after || lot.remaining === 0) continue;
    sums.set(at, (sums.get(at) ?? 0) + lot.remaining);
  }
  return [...sums]
    .map(([at, points]) => ({ at, points }))
    .sort((a, b) => a.at - b.at)
    .slice(0, TOLD_MAX);
}
