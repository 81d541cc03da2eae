/** What members did, each with what it brought them, as it was booked. */
import { TENDER } from '../../rules/programme.js';
import type { Happening } from '../lives/events.js';
import type { Recorded } from '../lives/recorded.js';

export interface Deed {
  event: Happening;
  /** When it happened; what has no such time, when it was recorded. */
  at: number;
  /** Minor units: points by what they are worth, and the rewards that were had for them. */
  brought: number;
}

/** What points and rewards are worth, in minor units. */
export interface Prices {
  point: number;
  rewards: ReadonlyMap<string, { valueMinor: number }>;
}

/**
 * Deeds in the order in which they happened. `postings` are those that the happenings were read off, behind
 * `before`; what followed from one of them, as corrections do, counts to it.
 */
export function deedsOf(
  happenings: readonly Happening[],
  postings: readonly Recorded[],
  { before, prices }: { before: Recorded | undefined; prices: Prices },
): Deed[] {
  const moved = movedBy(happenings, postings, before);
  const had = rewardsHad(happenings, prices);
  const deeds = happenings.map((event) => {
    const points = moved.get(event.seq) ?? 0;
    const at = 'occurredAt' in event ? event.occurredAt : event.at;
    return { event, at, brought: points * prices.point + (had.get(event.seq) ?? 0) };
  });
  return deeds.sort((a, b) => a.at - b.at);
}

/** Whole points that each brought; what is owed beside them is not taken off, as nobody has to pay it. */
function movedBy(
  happenings: readonly Happening[],
  postings: readonly Recorded[],
  before: Recorded | undefined,
): Map<number, number> {
  const own = new Set(happenings.map(({ seq }) => seq));
  const moved = new Map<number, number>();
  let last = pointsOf(before);
  let cause: number | undefined;
  for (const posting of postings) {
    if (own.has(posting.seq)) cause = posting.seq;
    const now = pointsOf(posting);
    if (cause !== undefined) moved.set(cause, (moved.get(cause) ?? 0) + now - last);
    last = now;
  }
  // Points go when a hold is captured, and it is the hold that was wanted.
  for (const each of happenings) {
    if (each.kind !== 'capture') continue;
    const { redemption, seq } = each;
    moved.set(redemption, (moved.get(redemption) ?? 0) + (moved.get(seq) ?? 0));
  }
  return moved;
}

const pointsOf = (posting: Recorded | undefined): number =>
  posting === undefined ? 0 : posting.after.points + posting.after.held;

/** What rewards that were captured are worth, by the numbers of their holds. */
function rewardsHad(
  happenings: readonly Happening[],
  { point, rewards }: Prices,
): Map<number, number> {
  const holds = new Map<number, Extract<Happening, { kind: 'hold' }>>();
  const had = new Map<number, number>();
  for (const each of happenings) {
    if (each.kind === 'hold') holds.set(each.seq, each);
    if (each.kind !== 'capture') continue;
    const hold = holds.get(each.redemption);
    if (hold === undefined) continue;
    const { reward, points } = hold;
    const price = reward === TENDER ? each.amount : rewards.get(reward)?.valueMinor;
    had.set(hold.seq, price ?? points * point);
  }
  return had;
}
