/**
 * The one order in which points are spent, and what time alone does to lots. Earliest expiry
 * first, then time accrued, then posting number; lots that never expire come last.
 */
import type { HeldLot, Lot, Redemption } from '../state.js';

/**
 * Negative when `a` is spent before `b`; total, so two orders never differ. Two lots that never
 * expire subtract to NaN, which `||` passes over to the next criterion.
 */
export function bySpendingOrder(a: Lot, b: Lot): number {
  return (
    (a.expiresAt ?? Infinity) - (b.expiresAt ?? Infinity) ||
    a.accruedAt - b.accruedAt ||
    a.seq - b.seq ||
    a.n - b.n
  );
}

/** What a lot has left that is neither held nor still in its return window. */
export function availableIn(lot: Lot, at: number): number {
  return lot.availableFrom <= at ? lot.remaining - lot.held : 0;
}

/** Sum of what can be spent at an instant. */
export function availableAt(lots: readonly Lot[], at: number): number {
  return lots.reduce((sum, lot) => sum + availableIn(lot, at), 0);
}

/** Sum of what is not held but whose return window is still open at an instant. */
export function pendingAt(lots: readonly Lot[], at: number): number {
  return lots.reduce(
    (sum, lot) => sum + (lot.availableFrom > at ? lot.remaining - lot.held : 0),
    0,
  );
}

/**
 * The lots that pay `points`, in spending order, or undefined when they do not suffice.
 * Two lots of 30 and 50 asked for 40 give 30 of the first and 10 of the second.
 */
export function choose(lots: readonly Lot[], points: number, at: number): HeldLot[] | undefined {
  const chosen: HeldLot[] = [];
  let missing = points;
  for (const lot of [...lots].sort(bySpendingOrder)) {
    if (missing === 0) break;
    const amount = Math.min(missing, availableIn(lot, at));
    if (amount === 0) continue;
    chosen.push({ seq: lot.seq, n: lot.n, amount });
    missing -= amount;
  }
  return missing === 0 ? chosen : undefined;
}

/** The first `points` of what lots pay, in the order in which they are named. */
export function firstOf<Part extends HeldLot>(paid: readonly Part[], points: number): Part[] {
  let missing = points;
  return paid.flatMap((part) => {
    const amount = Math.min(missing, part.amount);
    missing -= amount;
    return amount === 0 ? [] : [{ ...part, amount }];
  });
}

/** What is left of it behind the first `points`. */
export function behindFirst(paid: readonly HeldLot[], points: number): HeldLot[] {
  let passed = points;
  return paid.flatMap((part) => {
    const skipped = Math.min(passed, part.amount);
    passed -= skipped;
    return skipped === part.amount ? [] : [{ ...part, amount: part.amount - skipped }];
  });
}

/** The next instant after `at` at which a window closes or a hold runs out; null = none. */
export function nextChange(
  lots: readonly Lot[],
  redemptions: readonly Redemption[],
  at: number,
): number | null {
  const instants = [
    ...lots.filter((lot) => lot.remaining > lot.held).map((lot) => lot.availableFrom),
    ...redemptions.filter(({ state }) => state === 'held').map(({ expiresAt }) => expiresAt),
  ].filter((instant) => instant > at);
  return instants.length === 0 ? null : Math.min(...instants);
}
