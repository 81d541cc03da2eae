/**
 * What a reward costs a member, and which lots pay it. Lots are taken in spending order; each pays
 * at the price of the time it was accrued in, where that one is still honoured, and so covers its
 * share of the reward. The last lot pays as many whole points as cover what is left.
 */
import type { Reward } from '../programme.js';
import type { HeldLot, Lot } from '../state.js';
import { availableIn, bySpendingOrder } from './lots.js';

export interface Price {
  lots: readonly HeldLot[];
  points: number;
  /** Points paid at each former price. */
  honoured: ReadonlyMap<number, number>;
  /** Points at the current price that no lot covers; 0 = it is paid. */
  missing: number;
}

export function priceOf(reward: Reward, lots: readonly Lot[], at: number): Price {
  const paid: HeldLot[] = [];
  const honoured = new Map<number, number>();
  // The whole of the reward, in parts of which every price is a divisor: exact, and no fraction.
  const whole = [reward, ...reward.formerPrices].reduce(
    (all, each) => all * BigInt(each.points),
    1n,
  );
  const covering = (open: bigint, price: number): number =>
    Number((open * BigInt(price) + whole - 1n) / whole);
  let open = whole;
  for (const lot of [...lots].sort(bySpendingOrder)) {
    if (open <= 0n) break;
    const price = priceFor(reward, lot, at);
    const amount = Math.min(covering(open, price), availableIn(lot, at));
    if (amount === 0) continue;
    open -= (BigInt(amount) * whole) / BigInt(price);
    paid.push({ seq: lot.seq, n: lot.n, amount });
    if (price !== reward.points) honoured.set(price, (honoured.get(price) ?? 0) + amount);
  }
  const points = paid.reduce((sum, { amount }) => sum + amount, 0);
  return { lots: paid, points, honoured, missing: open > 0n ? covering(open, reward.points) : 0 };
}

/** The lowest price that is promised to a lot. */
function priceFor({ points, formerPrices }: Reward, lot: Lot, at: number): number {
  const promised = formerPrices.filter(
    ({ until, honouredUntil }) => lot.accruedAt < until && at < honouredUntil,
  );
  return Math.min(points, ...promised.map((former) => former.points));
}
