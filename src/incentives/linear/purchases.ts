/** Columns of what is bought: kept, sold on, or brought back. */
import { MILLION } from '../../rules/points.js';
import { settings } from '../subject.js';
import { spendable } from '../relations/returns.js';
import { tierFor } from '../probes/activities.js';
import { probesOfRule } from '../probes/probes.js';
import type { Bench, Probe } from '../probes/bench.js';
import type { Step } from '../world/step.js';
import type { World } from '../world/world.js';
import { FRIEND_PURCHASES, MEMBERSHIPS, MINOR, ONE, POINTS, type Column } from './column.js';
import { limitersOf, setsOf, type Limiter } from './limiters.js';
import { withBends } from './sizes.js';

const HOUR_MS = 3_600_000;
/** Rewards taken before a purchase is brought back at most. */
const REWARDS_MAX = 100;

/** A column of something bought, and the world in which it was bought. */
interface Bought {
  world: World;
  /** Points and counters before it. */
  had: number;
  before: ReadonlyMap<string, number>;
  qualifying: bigint;
  probe: Probe;
  tier: string;
  /** Number of the purchase. */
  seq: number;
}

/**
 * Columns of every category, size, tier and circumstance in which most is earned, of an ordinary
 * one, and of one for each rule that pays in none of them. `share` of what stays is meant to go back.
 */
export function purchaseColumns(bench: Bench, probes: readonly Probe[], share: bigint): Column[] {
  const plain = bench.categories.map((category): Probe => ({
    category,
    amount: 0,
    how: bench.domain.plain,
  }));
  const columns = settings([...probes, ...plain]).flatMap((each) => ofSetting(bench, each, share));
  const paid = new Set(columns.flatMap(({ rules }) => rules));
  const asked = bench.rules.flatMap((rule, place) =>
    rule.kind === 'metered_reduction' || rule.kind === 'per_activity' || paid.has(rule.id)
      ? []
      : probesOfRule(bench, place).flatMap((probe) => inTime(bench, probe, rule)),
  );
  return [...columns, ...settings(asked).flatMap((each) => ofSetting(bench, each, share))];
}

/** The purchase at an instant at which its rule pays. */
function inTime(bench: Bench, probe: Probe, rule: Bench['rules'][number]): Probe[] {
  const tier = tierFor(bench, rule);
  const { dimensions } = bench.narrowedTo(probe.category).domain;
  const instants = dimensions.find((turns) => turns[0]?.at !== undefined) ?? [{}];
  for (const turn of instants) {
    const at = { ...probe, how: { ...probe.how, ...turn } };
    if (bench.buy(tier, at).rules.has(rule.id)) return [at];
  }
  return [];
}

/** Sizes at which a rule begins to pay, the last one before it, the smallest and the largest. */
function sizesFor(bench: Bench, setting: Probe, tier: string): number[] {
  const { largestBasket } = bench.bounds;
  const friend = bench.programme.referral?.minimumMinor ?? 0;
  const breaks = [...bench.narrowedTo(setting.category).breaks, friend].filter(
    (size) => size <= largestBasket,
  );
  const ends = breaks.flatMap((size) => [size - 1, size]).filter((size) => size > 0);
  const sizes = [...new Set([1, ...ends, largestBasket])].sort((a, b) => a - b);
  if (!bends(bench)) return sizes;
  return withBends(sizes, (amount) => bench.points(tier, { ...setting, amount }));
}

/** Whether caps may be full in the middle of what grows with the amount. */
const bends = ({ programme: { groups, memberCaps } }: Bench): boolean =>
  memberCaps.length > 0 || groups.some(({ level, caps }) => level !== 'event' && caps.length > 0);

function ofSetting(bench: Bench, setting: Probe, share: bigint): Column[] {
  const limiters = limitersOf(bench.programme, setting.how, setting.category);
  const sizes = sizesFor(bench, setting, bench.topTier);
  const freshIn = (tier: string, amounts: readonly number[]): Bought[] =>
    amounts.flatMap((amount) => bought(bench, { ...setting, amount }, tier, []) ?? []);
  const everywhere = freshIn(bench.topTier, sizes);
  const top = everywhere.filter(
    (each, place) =>
      !isBetween(everywhere[place - 1], each, everywhere[place + 1], limiters, bench.programme),
  );
  const kept = top.map(({ probe }) => probe.amount);
  const others = bench.tiers
    .filter((tier) => tier !== bench.topTier)
    .map((tier) => freshIn(tier, kept))
    .filter((fresh) => !fresh.every((each, place) => isNoBetter(each, top[place], limiters)));
  return [top, ...others].flat().flatMap((fresh) => ofSize(bench, fresh, limiters, share));
}

/** Whether all of a purchase lies on the straight line between a smaller one and a larger one. */
function isBetween(
  low: Bought | undefined,
  each: Bought,
  high: Bought | undefined,
  limiters: readonly Limiter[],
  { referral }: Bench['programme'],
): boolean {
  if (low === undefined || high === undefined) return false;
  const all = [low, each, high];
  const least = referral?.minimumMinor ?? 0;
  if (new Set(all.map(({ probe }) => probe.amount >= least)).size > 1) return false;
  const [first, second, third] = all.map((one) => usedBy(one, limiters).set(POINTS, pointsOf(one)));
  const span = BigInt(high.probe.amount - low.probe.amount);
  const part = BigInt(each.probe.amount - low.probe.amount);
  const ids = new Set([...(first ?? []), ...(second ?? []), ...(third ?? [])].map(([id]) => id));
  return [...ids].every((id) => {
    const at = (uses: ReadonlyMap<string, bigint> | undefined): bigint => uses?.get(id) ?? 0n;
    const off = (at(second) - at(first)) * span - (at(third) - at(first)) * part;
    // Each rule's points are cut to a billionth.
    return (off < 0n ? -off : off) <= 100n * span;
  });
}

/** Whether a purchase in one tier brings no more than in another, and uses no less. */
function isNoBetter(low: Bought, high: Bought | undefined, limiters: readonly Limiter[]): boolean {
  if (high === undefined || pointsOf(low) > pointsOf(high)) return false;
  const [less, more] = [usedBy(low, limiters), usedBy(high, limiters)];
  return [...more].every(([id, amount]) => (less.get(id) ?? 0n) >= amount);
}

const pointsOf = ({ world }: Bought): bigint => world.done.at(-1)?.billionths ?? 0n;

function ofSize(
  bench: Bench,
  fresh: Bought,
  limiters: readonly Limiter[],
  share: bigint,
): Column[] {
  const met = limiters.filter((limiter) => usedBy(fresh, [limiter]).size > 0);
  const columns = setsOf(met).flatMap((spent): Column[] => {
    const { probe, tier } = fresh;
    const done = spent.length === 0 ? fresh : bought(bench, probe, tier, spent);
    return done === undefined ? [] : kept(bench, done, limiters, share);
  });
  return [...columns, ...broughtBack(bench, fresh)];
}

/** Buys in a world in which these limits are used up. */
function bought(
  bench: Bench,
  probe: Probe,
  tier: string,
  spent: readonly Limiter[],
): Bought | undefined {
  const { category, amount, how } = probe;
  const world = bench.worldFor(category, tier, how);
  world.alter('me', (member) => ({
    ...member,
    counters: spent.reduce((counters, limiter) => limiter.spent(counters), member.counters),
  }));
  const { points: had, counters: before, qualifying } = world.member('me');
  const { seq } = bench.count(world.take({ kind: 'buy', who: 'me', category, amount, how }));
  return seq === undefined ? undefined : { world, had, before, qualifying, probe, tier, seq };
}

function usedBy({ world, before }: Bought, limiters: readonly Limiter[]): Map<string, bigint> {
  const after = world.member('me').counters;
  return new Map(limiters.flatMap((limiter) => [...limiter.used(before, after)]));
}

function kept(bench: Bench, done: Bought, limiters: readonly Limiter[], share: bigint): Column[] {
  const { world, tier, probe } = done;
  const { amount, category } = probe;
  const last = world.done.at(-1);
  if (last === undefined) return [];
  const uses = usedBy(done, limiters);
  uses.set(POINTS, -last.billionths);
  const { referral } = bench.programme;
  if (referral !== undefined && amount >= referral.minimumMinor) uses.set(FRIEND_PURCHASES, -ONE);
  const climbs = {
    qualifying_points: world.member('me').qualifying - done.qualifying,
    spend: BigInt(amount) * ONE,
    purchases: amount >= (bench.programme.countedMinor ?? 1) ? ONE : 0n,
  };
  const base = { tier, uses, rules: [...last.rules.keys()], climbs };
  const column: Column = {
    ...base,
    family: 'purchase',
    steps: [last.step],
    excess: -BigInt(amount) * share,
    turnover: amount,
  };
  const resale = bench.bounds.resale.get(category) ?? 0;
  if (resale === 0) return [column];
  const back = Math.floor(amount * resale);
  const sold: Step = { kind: 'sell-on', who: 'me', amount, back };
  const excess = BigInt(back - amount) * MINOR;
  return [column, { ...base, family: 'resale', steps: [last.step, sold], excess, turnover: 0 }];
}

/** Bought, spent as far as that goes, and brought back: what is owed then is never paid. */
function broughtBack(bench: Bench, { world: made, had, tier, seq, probe }: Bought): Column[] {
  // Smaller ones leave no more than parts of the largest do.
  if (probe.amount !== bench.bounds.largestBasket) return [];
  const world = made.fork();
  const [buy] = world.done.slice(-1);
  const start = world.done.length - 1;
  if (buy === undefined) return [];
  const early = spendable(world.member('me'), world.now, seq);
  let worth = 0;
  for (const { code } of best(bench)) {
    for (let n = 0; n < REWARDS_MAX; n += 1) {
      const done = world.take({ kind: 'redeem', who: 'me', reward: code });
      if (done.refused !== undefined) break;
      worth += done.worth;
    }
  }
  world.take({ kind: 'wait', until: world.now + HOUR_MS });
  const back = bench.count(world.take({ kind: 'return', who: 'me', purchase: seq }));
  if (back.refused !== undefined) return [];
  const uses = new Map([[POINTS, BigInt(had - world.member('me').points) * ONE]]);
  if (worth > 0) uses.set(MEMBERSHIPS, ONE);
  const steps = world.done
    .slice(start)
    .flatMap(({ step, refused }) => (refused === undefined ? [step] : []));
  const excess = BigInt(worth) * MINOR;
  const column = { family: 'return' as const, tier, turnover: 0, rules: [...buy.rules.keys()] };
  const whole = { ...column, steps, excess, uses };
  if (early === 0) return [whole];
  // What can be spent before it comes back is there for whatever takes the points of several.
  const points = new Map([[POINTS, BigInt(-early) * ONE]]);
  return [whole, { ...column, steps, excess: 0n, uses: points }];
}

const best = ({ programme }: Bench): { code: string; worth: number }[] =>
  [...programme.rewards.values()]
    .map(({ code, valueMinor, points }) => ({ code, worth: valueMinor / points }))
    .sort((a, b) => b.worth - a.worth);

/** A share as millionths of a minor unit for each minor unit. */
export const shareOf = (share: number): bigint => BigInt(Math.round(share * Number(MILLION)));
