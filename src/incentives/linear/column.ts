/**
 * What one act of members is, as numbers: what it brings beyond what is meant, and what it uses of
 * everything that is not there without end. Every column was made by doing the act on the core.
 */
import type { Metric } from '../../rules/ladder.js';
import type { Step } from '../world/step.js';

/** What findings and coverage tell acts apart by. */
export const families = [
  'purchase',
  'resale',
  'return',
  'activity',
  'coupon',
  'referral',
  'reward',
  'sale',
  'gift',
  'conversion',
] as const;

export type Family = (typeof families)[number];

export interface Column {
  family: Family;
  /** Steps that show it, in a world made ready for it. */
  steps: readonly Step[];
  tier: string;
  /** Millionths of a minor unit: money and rewards that are had, less what is paid and meant. */
  excess: bigint;
  /** Minor units of money that came in and stays. */
  turnover: number;
  /** What it uses of each row, in billionths; negative = it makes some. */
  uses: ReadonlyMap<string, bigint>;
  /** Ids of the rules that paid. */
  rules: readonly string[];
  /** What it brings nearer to a tier, in billionths; undefined = it is nothing that does. */
  climbs?: Readonly<Record<Metric, bigint>> | undefined;
}

/** Something that is limited, or that one act makes and another one uses. */
export interface Row {
  id: string;
  /** In words, as in a list of prices. */
  name: string;
  /** What one household has of it in a calendar year, in billionths; 0n = only what is made. */
  supply: bigint;
}

/** Row of the points of the whole household. */
export const POINTS = 'points';
/** Purchases that are large enough to make a friend one who stays. */
export const FRIEND_PURCHASES = 'friend-purchases';
/** Memberships beyond the first one, which can be friends. */
export const FRIENDS = 'friends';
/** Memberships that can be left with a debt. */
export const MEMBERSHIPS = 'memberships';

export const ONE = 1_000_000_000n;
export const MINOR = 1_000_000n;

/** Columns that differ in nothing that counts are one, unless one shows a rule that no other does. */
export function distinct(columns: readonly Column[]): Column[] {
  const found = new Map<string, Column>();
  const shown = new Set<string>();
  const others: Column[] = [];
  for (const column of columns) {
    const uses = [...column.uses].filter(([, amount]) => amount !== 0n).sort();
    const key = [column.family, column.excess, ...climbed(column), ...uses.flat()].join(' ');
    const one = { ...column, uses: new Map(uses) };
    if (!found.has(key)) found.set(key, one);
    else if (column.rules.some((rule) => !shown.has(rule))) others.push(one);
    else continue;
    for (const rule of column.rules) shown.add(rule);
  }
  return [...found.values(), ...others];
}

const climbed = ({ climbs }: Column): bigint[] => Object.values(climbs ?? {});

/** Whether an act shows a rule that none of these is. */
export const showsNew = ({ rules }: Column, met: ReadonlySet<string>): boolean =>
  rules.some((rule) => !met.has(rule));

/** Whether it can be done again without end: nothing of it is limited. */
export const isEndless = ({ uses }: Column, rows: ReadonlyMap<string, Row>): boolean =>
  [...uses].every(([id, amount]) => amount <= 0n || rows.get(id)?.supply === 0n);
