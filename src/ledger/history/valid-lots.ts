/**
 * Lots as a choice of postings leaves them: those of events up to an instant, whenever they were
 * recorded. A correction recorded later takes points back as of what it corrects, which some lot
 * may have spent in between or a later lot has paid; what is lacking so is settled as on the day:
 * from what is left in spending order, and the rest is owed.
 */
import type { OpenHold } from '../../rules/spending/balance.js';
import { bySpendingOrder } from '../../rules/spending/lots.js';
import type { Lot } from '../../rules/state.js';

/** What the chosen entries moved into a lot; it may be negative. */
export interface MovedLot {
  lot: Lot;
  /** Whether the posting that opened it is among the chosen ones. */
  isOpened: boolean;
}

/**
 * Lots with 0 <= held <= remaining, and what they lack together. Holds that have run out by `at`
 * (exclusive end) are given back first. Lots of 300 and -200 come out as one of 100, lacking 0.
 */
export function validLots(
  moved: readonly MovedLot[],
  holds: readonly OpenHold[],
  at: number,
): { lots: Lot[]; lacking: number } {
  const over = holds.filter(({ expiresAt }) => expiresAt <= at).flatMap(({ lots }) => lots);
  let lacking = 0;
  const lots: Lot[] = [];
  for (const { lot, isOpened } of moved) {
    const back = over
      .filter(({ seq, n }) => seq === lot.seq && n === lot.n)
      .reduce((sum, { amount }) => sum + amount, 0);
    const held = isOpened ? lot.held - back : 0;
    const remaining = isOpened ? Math.max(lot.remaining, held) : 0;
    lacking += remaining - lot.remaining;
    if (isOpened) lots.push({ ...lot, remaining, held });
  }
  for (const lot of lots.sort(bySpendingOrder)) {
    const paid = Math.min(Math.max(lacking, 0), lot.remaining - lot.held);
    lot.remaining -= paid;
    lacking -= paid;
  }
  return { lots, lacking };
}
