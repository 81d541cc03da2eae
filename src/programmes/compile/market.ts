/** What moves points between members, as the core reads it. */
import { DAY_MS } from '../../rules/period.js';
import type { TransferTerms } from '../../rules/transfers/terms.js';
import type * as written from '../document.js';

const HOUR_MS = 3_600_000;

export function compileTransfers(
  transfers: written.Transfers | undefined,
): TransferTerms | undefined {
  if (transfers === undefined) return undefined;
  const { coolDownHours, lotAgeDays, fee = 0, bonusPoints = false, ...limits } = transfers;
  return {
    ...limits,
    fee,
    bonusPoints,
    coolDownMs: coolDownHours * HOUR_MS,
    lotAgeMs: lotAgeDays * DAY_MS,
  };
}
