/** What a household makes most of a programme in a year, and what of it there is no end to. */
import type { Check } from '../finding.js';
import { isEndless, POINTS, type Column, type Family } from './column.js';
import type { Solved, Solver } from './solver.js';
import type { Table } from './table.js';

/** Something done so many times. */
export interface Planned {
  column: Column;
  times: number;
}

export interface Plan {
  /** Minor units beyond what is meant; Infinity = as much as one likes. */
  most: number;
  planned: readonly Planned[];
  /** What one more of each row would bring: minor units per whole one; empty = there is no end. */
  worth: Solved['worth'];
}

const brings = ({ excess }: Column): number => Number(excess) / 1e6;

/** The best plan of a calendar year. */
export function yearOf({ columns, rows }: Table, solve: Solver): Plan {
  const limits = [...rows.values()].map(({ id, supply }) => ({ id, most: Number(supply) / 1e9 }));
  const year = solve({ columns, limits, brings });
  if (year !== undefined) {
    return { most: year.value, planned: plannedOf(columns, year), worth: year.worth };
  }
  const endless = columns.filter((column) => isEndless(column, rows));
  const one = solve({ columns: endless, limits, brings, acts: 1_000 });
  if (one === undefined) throw new Error('invariant: a limited number of acts brings so much');
  return { most: Infinity, planned: plannedOf(endless, one), worth: new Map() };
}

/** Less than this of an act is the rounding of the solver. */
const SOME = 1e-6;

function plannedOf(columns: readonly Column[], { times }: Solved): Planned[] {
  return columns.flatMap((column, place) => {
    const often = times[place] ?? 0;
    return often > SOME ? [{ column, times: often }] : [];
  });
}

/** Minor units that a column brings if a point is worth so many. */
export const gainOf = ({ excess, uses }: Column, point: number): number =>
  Number(excess) / 1e6 - (Number(uses.get(POINTS) ?? 0n) / 1e9) * point;

/** What a family of acts is called when it brings too much. */
const checkOf: Partial<Record<Family, Check>> = {
  resale: 'PUMP',
  sale: 'PUMP',
  return: 'DEBT',
  activity: 'COUNT',
  coupon: 'BOUNDED',
  referral: 'FARM',
};

export interface Driver {
  check: Check;
  family: Family;
  /** Minor units in the year, before what it costs to be able to do it. */
  minor: number;
}

/** Where a year's gain comes from, the most first. */
export function driversOf({ planned }: Plan, point: number): Driver[] {
  const sums = new Map<Family, number>();
  for (const { column, times } of planned) {
    const { family } = column;
    if (family === 'reward' || family === 'conversion') continue;
    sums.set(family, (sums.get(family) ?? 0) + times * gainOf(column, point));
  }
  return [...sums]
    .filter(([, minor]) => minor > 0)
    .map(([family, minor]) => ({ check: checkOf[family] ?? 'BOUNDED', family, minor }))
    .sort((a, b) => b.minor - a.minor);
}
