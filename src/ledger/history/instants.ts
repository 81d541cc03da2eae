/** What of a member's points is still to come: when they become available, and when they go. */
import type { Lot } from '../../rules/state.js';

/** At most this many instants are told. */
const TOLD_MAX = 5;

/** Points that remain in lots, summed by an instant of theirs after `after`, soonest first. */
export function byInstant(
  lots: readonly Pick<Lot, 'availableFrom' | 'expiresAt' | 'remaining'>[],
  kind: 'availableFrom' | 'expiresAt',
  after: number,
): { at: number; points: number }[] {
  return summed(lots, kind)
    .filter(({ at }) => at > after)
    .slice(0, TOLD_MAX);
}

/** Points that remain although their date is not after `until`, the newest dates last. */
export function passedBy(
  lots: readonly Pick<Lot, 'availableFrom' | 'expiresAt' | 'remaining'>[],
  until: number,
): { at: number; points: number }[] {
  return summed(lots, 'expiresAt')
    .filter(({ at }) => at <= until)
    .slice(-TOLD_MAX);
}

function summed(
  lots: readonly Pick<Lot, 'availableFrom' | 'expiresAt' | 'remaining'>[],
  kind: 'availableFrom' | 'expiresAt',
): { at: number; points: number }[] {
  const dated: { at: number; points: number }[] = [];
  for (const lot of lots) {
    const at = lot[kind];
    if (at !== null && lot.remaining !== 0) dated.push({ at, points: lot.remaining });
  }
  dated.sort((a, b) => a.at - b.at);
  const sums: typeof dated = [];
  for (const each of dated) {
    const last = sums.at(-1);
    if (last?.at === each.at) last.points += each.points;
    else sums.push(each);
  }
  return sums;
}
