/** What points cost that members buy, and how many a member may. */
import { periodStart } from '../period.js';
import { MILLION } from '../points.js';
import { counterKey } from '../state.js';

/** All points are whole ones; limits are inclusive. */
export interface SaleTerms {
  /** Millionths of a minor unit that a point costs. */
  price: bigint;
  minimumPoints: number;
  /** Points are sold in multiples of these. */
  step: number;
  /** Minor units that so many points cost together, by how many they are. */
  packages: ReadonlyMap<number, number>;
  /** The most one member gets in a calendar year; what is refunded counts no more. */
  perYear: number;
  /** After the sale, in which it can be refunded while nothing of it is spent. */
  refundMs: number;
}

/** Minor units that points cost: those of their package, or the price of each, rounded up. */
export function costOf(
  { price, packages }: Pick<SaleTerms, 'price' | 'packages'>,
  points: number,
): number {
  return packages.get(points) ?? Number((BigInt(points) * price + MILLION - 1n) / MILLION);
}

/** Where the points bought in the year of an instant are counted, by the key among counters. */
export const saleKey = (timeZone: string, at: number): string =>
  counterKey(':sales/year', periodStart(timeZone, at, 'year'));
