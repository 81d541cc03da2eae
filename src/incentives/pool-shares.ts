/**
 * What two members make of what the one of the first tier spends: each by themselves, and with points
 * sent to the other one of the best tier. By the linear programme, over purchases in the first tier.
 */
import { paying } from '../programmes/laws/payout.js';
import { settings } from './subject.js';
import { ONE, POINTS, type Column } from './linear/column.js';
import type { Solver } from './linear/solver.js';
import type { Bench, Probe } from './probes/bench.js';

export interface PoolShares {
  /** The tier of the one who earns, and of the one who may be sent points. */
  from: string;
  to: string;
  /** Minor units spent in a year: the median, or one largest purchase. */
  spent: number;
  /** Minor units that come back of it at most, alone and with both. */
  alone: number;
  together: number;
}

const SENT_TO = 'points of the best tier';
const SENT = 'sent';
const SPENT = 'spent';
const MONTHS = 12;

/** Undefined = nobody may send points, or there is nobody else or no other tier. */
export function poolSharesOf(
  bench: Bench,
  probes: readonly Probe[],
  solve: Solver,
): PoolShares | undefined {
  const { programme, bounds, tiers, topTier } = bench;
  const terms = programme.transfers;
  const [first = ''] = tiers;
  if (terms === undefined || bounds.accounts < 2 || first === topTier) return undefined;
  const spent = (bounds.medianSpend ?? bounds.largestBasket / MONTHS) * MONTHS;
  const atOnce = Math.min(terms.perDay, terms.perYear, terms.receivedPerYear);
  const limits = [
    ...[POINTS, SENT_TO].map((id) => ({ id, most: 0 })),
    { id: SENT, most: Math.min(terms.perYear, terms.receivedPerYear) },
    { id: SPENT, most: spent },
  ];
  const own = [...bought(bench, probes, first), ...payouts(bench)];
  const sending = acting('gift', 0n, [
    [POINTS, BigInt(atOnce + terms.fee) * ONE],
    [SENT_TO, -BigInt(atOnce) * ONE],
    [SENT, BigInt(atOnce) * ONE],
  ]);
  const most = (columns: readonly Column[]): number =>
    Math.floor(
      solve({ columns, limits, brings: ({ excess }) => Number(excess) / 1e6 })?.value ?? Infinity,
    );
  return { from: first, to: topTier, spent, alone: most(own), together: most([...own, sending]) };
}

/** What a member of a tier earns of each kind of goods, at the largest size. */
const bought = (bench: Bench, probes: readonly Probe[], tier: string): Column[] =>
  settings(probes).map(({ category, how }) => {
    const amount = bench.bounds.largestBasket;
    const { billionths } = bench.buy(tier, { category, amount, how });
    return acting('purchase', 0n, [
      [POINTS, -billionths],
      [SPENT, BigInt(amount) * ONE],
    ]);
  });

/** What points pay: for everybody, and for the best tier. */
const payouts = ({ document }: Bench): Column[] =>
  paying(document).flatMap(({ value, points, pointer }) => {
    // Rounded up to a millionth of a minor unit for a thousand points.
    const excess = (value * 1_000_000_000n + points - 1n) / points;
    const place = /^\/rewards\/(\d+)/.exec(pointer)?.[1];
    const isForAll =
      place === undefined || document.rewards[Number(place)]?.minimumTier === undefined;
    return (isForAll ? [POINTS, SENT_TO] : [SENT_TO]).map((id) =>
      acting('reward', excess, [[id, 1_000n * ONE]]),
    );
  });

const acting = (
  family: Column['family'],
  excess: bigint,
  uses: readonly (readonly [string, bigint])[],
): Column => ({ family, steps: [], tier: '', excess, turnover: 0, uses: new Map(uses), rules: [] });
