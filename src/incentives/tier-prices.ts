/**
 * What each tier costs at least: the money that somebody parts with, whose goods are worth nothing to
 * them, less the rewards for what they earn on the way. Nobody gets it for less, by the columns of the
 * linear programme; that somebody gets it for as little is not said.
 */
import type { Metric } from '../rules/ladder.js';
import { ONE, type Column } from './linear/column.js';
import type { Solver } from './linear/solver.js';
import type { Table } from './linear/table.js';
import { timingOf, type TierTiming } from './tier-days.js';

export interface TierPrice {
  tier: string;
  /** Minor units, rounded down. */
  minor: number;
  /** The same where everything is bought at partners; undefined = no rule knows any, or it cannot be. */
  atPartners: number | undefined;
  /** How long it lasts, by when its buyer began; undefined = for ever, or it is not had by buying. */
  timing?: TierTiming | undefined;
}

const CLIMBED = 'climbed';

/** Of every tier above the first that can be reached in a calendar year. */
export function tierPricesOf(table: Table, solve: Solver): TierPrice[] {
  const { bench, columns } = table;
  const partners = new Set(
    (bench.document.partners ?? []).flatMap(({ code, kind }) => (kind === 'partner' ? [code] : [])),
  );
  const elsewhere = columns.filter((column) => !isOwn(column, partners));
  const isAnywhere = elsewhere.some(({ climbs }) => climbs !== undefined);
  return bench.programme.tiers.slice(1).flatMap(({ code, ways }): TierPrice[] => {
    const least = (some: readonly Column[]): number | undefined =>
      lowest(
        ways.map(({ metric, threshold }) => priceOf(table, some, { metric, threshold }, solve)),
      );
    const minor = least(columns);
    if (minor === undefined) return [];
    const atPartners = isAnywhere ? least(elsewhere) : undefined;
    return [{ tier: code, minor, atPartners, timing: timingOf(bench, code) }];
  });
}

const lowest = (prices: readonly (number | undefined)[]): number | undefined => {
  const known = prices.filter((price) => price !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
};

/** Whether something is bought of the programme itself; what is no purchase is had anywhere. */
function isOwn({ steps, climbs }: Column, partners: ReadonlySet<string>): boolean {
  if (climbs === undefined) return false;
  const [step] = steps;
  return step?.kind !== 'buy' || !partners.has(step.how.retailer ?? '');
}

/** Undefined = so much cannot be had in a year. */
function priceOf(
  { rows }: Table,
  columns: readonly Column[],
  { metric, threshold }: { metric: Metric; threshold: bigint },
  solve: Solver,
): number | undefined {
  const wanted = metric === 'qualifying_points' ? threshold : threshold * ONE;
  const climbing = columns.map((column): Column => {
    const amount = column.climbs?.[metric] ?? 0n;
    return amount === 0n
      ? column
      : { ...column, uses: new Map([...column.uses, [CLIMBED, -amount]]) };
  });
  const limits = [...rows.values()].map(({ id, supply }) => ({ id, most: Number(supply) / 1e9 }));
  const year = solve({
    columns: climbing,
    limits: [...limits, { id: CLIMBED, most: -Number(wanted) / 1e9 }],
    brings: ({ family, excess, turnover }) =>
      family === 'purchase' ? -turnover : Number(excess) / 1e6,
  });
  return year === undefined ? undefined : Math.max(0, Math.floor(-year.value));
}
