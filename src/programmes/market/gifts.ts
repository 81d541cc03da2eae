/**
 * Law P61: what is given for nothing that was bought has an end, a budget, and a bound for each
 * member, as no law about spending bounds it.
 */
import type { ProgrammeDocument } from '../document.js';
import { repeated, type Finding } from '../laws/finding.js';
import { isDay } from '../laws/rewards.js';

export function gifts(document: ProgrammeDocument): Finding[] {
  const { coupons = [], giftCaps = [] } = document;
  if (coupons.length === 0) return [];
  const findings = [
    ...repeated(
      'coupons',
      'code',
      coupons.map(({ code }) => code),
    ),
    ...repeated(
      'giftCaps',
      'period',
      giftCaps.map(({ period }) => period),
    ),
    ...coupons.flatMap((coupon, place) => ofCoupon(document, coupon, `/coupons/${String(place)}`)),
  ];
  if (giftCaps.every(({ period }) => period !== 'lifetime')) {
    const detail = 'What one member ever gets for nothing must be bounded.';
    findings.push({ code: 'no_lifetime_cap', pointer: '/giftCaps', detail });
  }
  return findings;
}

function ofCoupon(
  { giftCaps = [] }: ProgrammeDocument,
  coupon: NonNullable<ProgrammeDocument['coupons']>[number],
  pointer: string,
): Finding[] {
  const { code, points, from, until, budget } = coupon;
  const findings: Finding[] = [];
  for (const [field, day] of Object.entries({ from, until })) {
    if (day === undefined || isDay(day)) continue;
    const detail = `${day} is no day of the calendar.`;
    findings.push({ code: 'no_such_day', pointer: `${pointer}/${field}`, detail });
  }
  // As text, days of four digits sort in their order.
  if (from !== undefined && from > until) {
    const detail = `"${code}" ends before it begins.`;
    findings.push({ code: 'ends_before_it_begins', pointer: `${pointer}/until`, detail });
  }
  if (budget < points) {
    const detail = `The budget of "${code}" does not pay a single one.`;
    findings.push({ code: 'budget_too_small', pointer: `${pointer}/budget`, detail });
  }
  if (giftCaps.some((cap) => cap.points < points)) {
    const detail = `Nobody may get as much as "${code}" gives.`;
    findings.push({ code: 'above_gift_cap', pointer: `${pointer}/points`, detail });
  }
  return findings;
}
