/** What a member gets for a friend who stays, and what of it is counted. */
import { periodStart } from '../period.js';
import { counterKey } from '../state.js';

/** All points are whole ones; limits are inclusive. */
export interface ReferralTerms {
  /** Points for the friend, and for who referred them. */
  friendPoints: number;
  referrerPoints: number;
  /** Eligible minor units that each of the two purchases has left after returns. */
  minimumMinor: number;
  /** After enrolment, in which a code may be claimed. */
  claimMs: number;
  /** After the claim, in which both purchases are made. */
  qualifyMs: number;
  /** Friends one member is paid for: in a month and a year of the calendar, and ever. */
  perMonth: number;
  perYear: number;
  lifetime: number;
  /** After payment, in which returns take it back, and from whom. */
  takeBackMs: number;
  takeBackFrom: 'both' | 'friend';
  /** Instants between which codes may be claimed, `until` exclusive. */
  from: number;
  until: number;
}

/** The shared limit that all payments draw from, in points. */
export const REFERRAL_BUDGET = 'referral/budget';

/** Where a referrer's paid friends are counted, by the keys of a member's counters. */
export function referralKeys(
  timeZone: string,
  at: number,
): { month: string; year: string; ever: string } {
  return {
    month: counterKey(':referrals/month', periodStart(timeZone, at, 'month')),
    year: counterKey(':referrals/year', periodStart(timeZone, at, 'year')),
    ever: counterKey(':referrals/ever', 0),
  };
}
