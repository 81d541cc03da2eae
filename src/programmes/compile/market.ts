/** What moves points between members, as the core reads it. */
import { DAY_MS, startOfDay } from '../../rules/period.js';
import type { ReferralTerms } from '../../rules/referrals/terms.js';
import { parseRate } from '../../rules/points.js';
import type { SaleTerms } from '../../rules/sales/terms.js';
import type { TransferTerms } from '../../rules/transfers/terms.js';
import type * as written from '../document.js';
import { dateOf } from './rewards.js';

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

export function compileReferral({
  referral,
  identity: { timeZone },
}: written.ProgrammeDocument): ReferralTerms | undefined {
  if (referral === undefined) return undefined;
  const { friendPoints, referrerPoints, minimumAmount, caps, from, until } = referral;
  return {
    friendPoints,
    referrerPoints,
    minimumMinor: minimumAmount,
    claimMs: referral.claimDays * DAY_MS,
    qualifyMs: referral.qualifyDays * DAY_MS,
    perMonth: caps.month,
    perYear: caps.year,
    lifetime: caps.lifetime,
    takeBackMs: referral.takeBackDays * DAY_MS,
    takeBackFrom: referral.takeBackFrom ?? 'both',
    from: from === undefined ? -Infinity : startOfDay(timeZone, dateOf(from)),
    until: until === undefined ? Infinity : startOfDay(timeZone, dateOf(until, 1)),
  };
}

export function compilePointSales(
  pointSales: written.PointSales | undefined,
): SaleTerms | undefined {
  if (pointSales === undefined) return undefined;
  const price = parseRate(pointSales.price);
  if (price === undefined) throw new Error('invariant: only a checked document is compiled');
  const { minimumPoints, step, perYear, refundDays, packages = [] } = pointSales;
  return {
    price,
    minimumPoints,
    step,
    perYear,
    refundMs: refundDays * DAY_MS,
    packages: new Map(packages.map((each) => [each.points, each.price])),
  };
}
