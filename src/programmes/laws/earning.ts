/** Laws P9 and P10: no bonus is worth splitting a purchase for, and points never earn points. */
import type { PerPurchaseRule, ProgrammeDocument } from '../document.js';
import type { Finding } from './finding.js';

/**
 * Law P9. With a cool-down of at least an hour at most one of several purchases within it is
 * given the bonus, a minimum amount that one part meets is met by the whole too, and a cap
 * that leaves room for the part leaves the same room for the whole: the parts of a basket, sent
 * within the cool-down, never get more bonus than the basket.
 */
export function bonuses({ earningRules }: ProgrammeDocument): Finding[] {
  return earningRules.flatMap((rule, place) =>
    rule.kind === 'per_purchase'
      ? bonusFaults(rule).map((fault) => ({
          ...fault,
          pointer: `/earningRules/${String(place)}${fault.pointer}`,
        }))
      : [],
  );
}

function bonusFaults({
  id,
  points,
  minimumAmount,
  cap,
  coolDownHours,
}: PerPurchaseRule): Finding[] {
  const faults: Finding[] = [];
  const code = 'splitting_pays';
  if (minimumAmount === 0) {
    const detail = `"${id}" pays for a purchase of nothing, so any basket is worth splitting.`;
    faults.push({ code, pointer: '/minimumAmount', detail });
  }
  if (coolDownHours === 0) {
    const detail = `"${id}" pays for every part of a split basket.`;
    faults.push({ code, pointer: '/coolDownHours', detail });
  }
  if (cap.points < points) {
    const detail = `"${id}" promises ${String(points)} points and never pays them.`;
    faults.push({ code: 'cap_below_points', pointer: '/cap/points', detail });
  }
  return faults;
}

/** What redemptions are paid in: points as such, and the vouchers they were turned into. */
const paidInPoints = ['points', 'voucher'];

/**
 * Law P10. Stored value needs no such law: it is `cash_like` when it is loaded and earns nothing
 * then, so that a programme may let it earn when it is spent, or exclude the tender; never both.
 */
export function tenders({ earningBasis }: ProgrammeDocument): Finding[] {
  return paidInPoints
    .filter((tender) => !earningBasis.excludedTenders.includes(tender))
    .map((tender) => ({
      code: 'points_earn_points',
      pointer: '/earningBasis/excludedTenders',
      detail: `What is paid by "${tender}" was earned before and would earn again.`,
    }));
}
