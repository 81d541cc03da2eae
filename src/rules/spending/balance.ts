/**
 * What a member can spend at an instant, from lots and holds alone. A hold whose time is up no
 * longer counts, although its release is only posted when something touches the member next.
 */
import { availableAt, pendingAt } from './lots.js';
import type { Lot } from '../state.js';

export interface Balance {
  available: number;
  pending: number;
  held: number;
  owed: number;
}

/** A hold still open in the ledger: when its time is up and what it took from which lot. */
export interface OpenHold {
  expiresAt: number;
  lots: readonly { seq: number; n: number; amount: number }[];
}

/** The balance at an instant; holds run out at `expiresAt` (exclusive). */
export function balanceAt(
  lots: readonly Lot[],
  holds: readonly OpenHold[],
  owed: number,
  at: number,
): Balance {
  const current = lots.map((lot) => ({ ...lot }));
  for (const hold of holds) {
    if (hold.expiresAt > at) continue;
    for (const { seq, n, amount } of hold.lots) {
      const lot = current.find((each) => each.seq === seq && each.n === n);
      if (lot !== undefined) lot.held -= amount;
    }
  }
  return {
    available: availableAt(current, at),
    pending: pendingAt(current, at),
    held: current.reduce((sum, lot) => sum + lot.held, 0),
    owed,
  };
}
