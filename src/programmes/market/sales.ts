/**
 * Laws P74 and P75: limits of sales that leave room for one another, and a price above whatever a point
 * is worth, or points would be bought to be redeemed for more.
 */
import { MILLION, parseRate } from '../../rules/points.js';
import type { ProgrammeDocument } from '../document.js';
import type { Finding } from '../laws/finding.js';
import { paying } from '../laws/payout.js';

/** Law P74. */
export function saleLimits({ pointSales }: ProgrammeDocument): Finding[] {
  if (pointSales === undefined) return [];
  const { minimumPoints, step, perYear } = pointSales;
  const findings: Finding[] = [];
  if (minimumPoints % step !== 0) {
    const detail = `${String(minimumPoints)} points are no multiple of ${String(step)}.`;
    findings.push({ code: 'not_in_steps', pointer: '/pointSales/minimumPoints', detail });
  }
  if (perYear < minimumPoints) {
    const detail = `It is at least ${String(minimumPoints)}, or nothing could be sold.`;
    findings.push({ code: 'limit_leaves_no_room', pointer: '/pointSales/perYear', detail });
  }
  return findings;
}

/** Law P75: exact fractions; the price is never rounded down. */
export function salePrice(document: ProgrammeDocument): Finding[] {
  const { pointSales } = document;
  if (pointSales === undefined) return [];
  const price = parseRate(pointSales.price) ?? 0n;
  const isFree = price === 0n;
  const pointer = '/pointSales/price';
  if (isFree) return [{ code: 'sold_for_nothing', pointer, detail: 'Points are not given away.' }];
  return paying(document).flatMap(({ what, value, points }): Finding[] => {
    if (price * points > value * MILLION) return [];
    const detail = `With ${what} a point is worth what it costs, or more.`;
    return [{ code: 'sold_below_worth', pointer, detail }];
  });
}
