/**
 * Circumstances in which as many rules as possible hold at once. Which of them pay then, the core says;
 * here it is only guessed what is worth trying.
 */
import { currencyDigits } from '../../programmes/laws/currency.js';
import type { EarningRule } from '../../programmes/document.js';
import { together, turnOf, type Asks } from './asks.js';
import type { Bench, Probe } from './bench.js';
import type { Turn } from './domain.js';

/** How many are told at most. */
const TOLD = 3;

/** A rule that may pay, and about how many points. */
interface Likely {
  asks: Asks;
  points: number;
  lane: string | undefined;
}

/**
 * What to try of a purchase in a tier: from each rule on that asks for two things or more, those that
 * pay most of what goes with it. For others the best of each thing is the best of all.
 */
export function turnsTogether(bench: Bench, tier: string, { category, amount }: Probe): Turn[] {
  const rules = likely(bench, tier, { category, amount });
  const found = new Map<string, { turn: Turn; points: number }>();
  for (const first of rules.filter(({ asks }) => asks.size > 1)) {
    let { asks, points } = first;
    const lanes = new Set([first.lane]);
    for (const other of rules) {
      const both = together(asks, other.asks);
      if (other === first || both === undefined) continue;
      if (other.lane !== undefined && lanes.has(other.lane)) continue;
      lanes.add(other.lane);
      asks = both;
      points += other.points;
    }
    const turn = turnOf(asks);
    found.set(JSON.stringify(turn), { turn, points });
  }
  return [...found.values()]
    .sort((a, b) => b.points - a.points)
    .slice(0, TOLD)
    .map(({ turn }) => turn);
}

/** Rules that ask for something, those that pay most first. */
function likely(
  bench: Bench,
  tier: string,
  { category, amount }: Pick<Probe, 'category' | 'amount'>,
): Likely[] {
  const { rules } = bench.narrowedTo(category);
  const rates = rules.map(([rule]) => (rule.kind === 'per_amount' ? Number(rule.rate) : 0));
  const rate = Math.max(0, ...rates);
  const major = amount / 10 ** (currencyDigits(bench.document.identity.currency) ?? 2);
  return rules
    .flatMap(([rule, asks]): Likely[] => {
      if (asks.size === 0 || !isFor(rule, tier, amount)) return [];
      const most = Math.min(Infinity, ...(rule.caps ?? []).map(({ points }) => points));
      const points = Math.min(most, pointsOf(rule, { amount, major, rate }));
      return points > 0 ? [{ asks, points, lane: rule.lane }] : [];
    })
    .sort((a, b) => b.points - a.points);
}

const isFor = ({ when = [] }: EarningRule, tier: string, amount: number): boolean =>
  when.every(
    (each) =>
      (each.kind !== 'tier' || each.tiers.includes(tier)) &&
      (each.kind !== 'amount' || each.minimum <= amount),
  );

/** About how many points a rule pays for an amount; what is multiplied is about the best rate. */
function pointsOf(
  rule: EarningRule,
  { amount, major, rate }: { amount: number; major: number; rate: number },
): number {
  switch (rule.kind) {
    case 'per_amount':
      return Number(rule.rate) * major;
    case 'multiplier':
      return (Number(rule.by) - 1) * rate * major;
    case 'per_unit':
      return Number(rule.rate) * Math.floor(amount / rule.minimumUnitAmount);
    case 'per_purchase':
      return rule.minimumAmount <= amount ? rule.points : 0;
    case 'steps':
      return rule.steps.findLast(({ minimumAmount }) => minimumAmount <= amount)?.points ?? 0;
    case 'per_activity':
    case 'metered_reduction':
      return 0;
  }
}
