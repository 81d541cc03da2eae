/** What is given for nothing that was bought, as the core reads it. */
import type { Coupon } from '../../rules/gifts/coupon.js';
import { startOfDay } from '../../rules/period.js';
import type * as written from '../document.js';
import { dateOf } from './rewards.js';

/** The kinds of coupons of a checked document, by code. */
export function compileCoupons({
  coupons = [],
  identity: { timeZone },
}: written.ProgrammeDocument): Map<string, Coupon> {
  return new Map(
    coupons.map(({ code, name, points, perMember, from, until }) => [
      code,
      {
        code,
        name,
        points,
        perMember,
        from: from === undefined ? -Infinity : startOfDay(timeZone, dateOf(from)),
        until: startOfDay(timeZone, dateOf(until, 1)),
        budget: budgetOf(code),
      },
    ]),
  );
}

/** What the budget of a kind is called among the shared limits. */
const budgetOf = (code: string): string => `coupon/${code}`;

/** Totals of the budgets of coupons, by the ids of their shared limits. */
export const couponBudgets = ({ coupons = [] }: written.ProgrammeDocument): Map<string, number> =>
  new Map(coupons.map(({ code, budget }) => [budgetOf(code), budget]));
