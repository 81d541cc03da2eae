/**
 * A list of prices by which no act of a member gains: what a point, and one more of everything that is
 * limited, is worth at most. Checked against every column in whole numbers, so that nothing of it
 * rests on the solver.
 */
import { MILLION } from '../../rules/points.js';
import { type Column, type Row } from './column.js';
import type { Solved } from './solver.js';

/** Billionths of a minor unit for a whole one of each row. */
export type Prices = ReadonlyMap<string, bigint>;

/** Billionths of billionths of a minor unit, in which all is compared. */
const EXCESS = 1_000_000_000_000n;

/** The solver's worths, rounded up. */
export function pricesOf(worth: Solved['worth'], rows: ReadonlyMap<string, Row>): Prices {
  return new Map(
    [...rows.keys()].map((id) => [id, BigInt(Math.ceil((worth.get(id) ?? 0) * 1e9 - 1e-3))]),
  );
}

/** What is used of rows, at their prices; 10^-18 minor units. */
export const costAt = (prices: Prices, uses: ReadonlyMap<string, bigint>): bigint =>
  [...uses].reduce((sum, [id, amount]) => sum + amount * (prices.get(id) ?? 0n), 0n);

/** What an act brings beyond what it uses; 10^-18 minor units. */
export const gainAt = (prices: Prices, { excess, uses }: Pick<Column, 'excess' | 'uses'>): bigint =>
  excess * EXCESS - costAt(prices, uses);

/** The most that any of these acts gains at the prices; 10^-18 minor units, 0n = none does. */
export function mostGained(prices: Prices, columns: readonly Column[]): bigint {
  return columns.reduce((most, column) => {
    const gain = gainAt(prices, column);
    return gain > most ? gain : most;
  }, 0n);
}

/** What all that a household has in a year comes to at the prices; minor units, rounded up. */
export function boundAt(prices: Prices, rows: ReadonlyMap<string, Row>): number {
  const sum = [...rows.values()].reduce(
    (all, { id, supply }) => all + supply * (prices.get(id) ?? 0n),
    0n,
  );
  return Number((sum + WHOLE - 1n) / WHOLE);
}

/** A minor unit in what all is compared in. */
export const WHOLE = EXCESS * MILLION;

/** A price in minor units, rounded up to a millionth. */
export const asMinor = (price: bigint): number => Number((price + 999n) / 1_000n) / 1e6;
