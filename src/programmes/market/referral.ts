/**
 * Laws P72 and P73: what is paid for a friend has limits that leave room for one another, and never
 * gives back what was spent to get it, or people would refer themselves.
 */
import type { ProgrammeDocument } from '../document.js';
import { currencyDigits } from '../laws/currency.js';
import type { Finding } from '../laws/finding.js';
import { bestEarning, paying } from '../laws/payout.js';
import { plus, ratio, times } from '../laws/ratio.js';
import { isDay } from '../laws/rewards.js';

/** Purchases that a friend makes before anything is paid. */
const PURCHASES = 2n;

/** Law P72. */
export function referralLimits({ referral }: ProgrammeDocument): Finding[] {
  if (referral === undefined) return [];
  const { caps, budget, friendPoints, referrerPoints } = referral;
  const findings: Finding[] = [];
  const below = (pointer: string, value: number, least: number): void => {
    if (value >= least) return;
    const detail = `It is at least ${String(least)}, or a smaller limit could never be reached.`;
    findings.push({ code: 'limit_leaves_no_room', pointer: `/referral/${pointer}`, detail });
  };
  below('caps/year', caps.year, caps.month);
  below('caps/lifetime', caps.lifetime, caps.year);
  below('budget', budget, friendPoints + referrerPoints);
  return findings;
}

/** Law P72: its days are days, and it does not end before it begins. */
export function referralDays({ referral }: ProgrammeDocument): Finding[] {
  if (referral === undefined) return [];
  const days = { from: referral.from, until: referral.until };
  const findings = (['from', 'until'] as const).flatMap((field): Finding[] => {
    const day = days[field];
    if (day === undefined || isDay(day)) return [];
    const detail = `${day} is no day of the calendar.`;
    return [{ code: 'no_such_day', pointer: `/referral/${field}`, detail }];
  });
  const { from = '0', until = '9' } = days;
  if (from > until) {
    const detail = 'It ends before it begins.';
    findings.push({ code: 'ends_before_it_begins', pointer: '/referral/until', detail });
  }
  return findings;
}

/**
 * Law P73: the points of both, and those of the two purchases at the best rate, are worth less than
 * what the purchases cost. Fractions are exact.
 */
export function referralPays(document: ProgrammeDocument): Finding[] {
  const { referral, identity } = document;
  const digits = currencyDigits(identity.currency);
  if (referral === undefined || digits === undefined) return [];
  const { friendPoints, referrerPoints, minimumAmount } = referral;
  const spent = PURCHASES * BigInt(minimumAmount);
  const both = ratio(BigInt(friendPoints + referrerPoints), spent);
  const perMinor = plus(bestEarning(document, 10n ** BigInt(digits)), both);
  return paying(document).flatMap(({ what, value, points }): Finding[] => {
    const back = times(perMinor, ratio(value, points));
    if (back.numerator < back.denominator) return [];
    const detail = `With ${what} two purchases and both rewards give back more than they cost.`;
    return [{ code: 'referral_pays_out_more_than_spent', pointer: '/referral', detail }];
  });
}
