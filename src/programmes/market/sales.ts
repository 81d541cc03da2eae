/**
 * Laws P74, P75 and P95: limits of sales that leave room for one another, a price above whatever a
 * point is worth, or points would be bought to be redeemed for more, and packages that are no trap.
 */
import { MILLION, parseRate } from '../../rules/points.js';
import type { ProgrammeDocument } from '../document.js';
import { repeated, type Finding } from '../laws/finding.js';
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
  const each = { pointer: '/pointSales/price', price: parseRate(pointSales.price) ?? 0n };
  const worth = paying(document);
  return [
    { ...each, points: MILLION },
    ...packagesOf(document).map(({ points, price, pointer }) => ({
      points,
      price,
      pointer: `${pointer}/price`,
    })),
  ].flatMap(({ pointer, price, points }): Finding[] => {
    if (price === 0n) {
      return [{ code: 'sold_for_nothing', pointer, detail: 'Points are not given away.' }];
    }
    return worth.flatMap((paid): Finding[] => {
      if (price * paid.points > paid.value * points) return [];
      const detail = `With ${paid.what} a point is worth what it costs, or more.`;
      return [{ code: 'sold_below_worth', pointer, detail }];
    });
  });
}

/**
 * Law P95: a package can be bought, costs no more than its points one by one, and of two the larger
 * one costs more, but not for each point.
 */
export function salePackages(document: ProgrammeDocument): Finding[] {
  const { pointSales } = document;
  if (pointSales === undefined) return [];
  const { perYear, packages = [] } = pointSales;
  const each = parseRate(pointSales.price) ?? 0n;
  const sizes = packages.map(({ points }) => String(points));
  const findings = repeated('pointSales/packages', 'points', sizes);
  const bySize = packagesOf(document).sort((a, b) => (a.points < b.points ? -1 : 1));
  bySize.forEach(({ points, price, pointer }, place) => {
    const find = (field: string, code: string, detail: string): void => {
      findings.push({ code, pointer: `${pointer}/${field}`, detail });
    };
    if (points > BigInt(perYear)) {
      find('points', 'limit_leaves_no_room', 'Nobody may buy as many points in a year.');
    }
    if (price * MILLION > points * each) {
      find('price', 'package_costs_more', 'The points cost less when they are bought one by one.');
    }
    const smaller = bySize[place - 1];
    if (smaller === undefined || smaller.points === points) return;
    if (price <= smaller.price) {
      find('price', 'more_costs_less', 'A smaller package costs as much, or more.');
    }
    if (price * smaller.points > smaller.price * points) {
      find('price', 'package_costs_more', 'A point costs less in a smaller package.');
    }
  });
  return findings;
}

interface Package {
  points: bigint;
  /** Minor units. */
  price: bigint;
  pointer: string;
}

const packagesOf = ({ pointSales }: ProgrammeDocument): Package[] =>
  (pointSales?.packages ?? []).map(({ points, price }, place) => ({
    points: BigInt(points),
    price: BigInt(price),
    pointer: `/pointSales/packages/${String(place)}`,
  }));
