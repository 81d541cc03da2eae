/** The purchases that relations are held against: the best one of each category and size. */
import { askedBy } from './asks.js';
import type { Bench, Probe } from './bench.js';
import { turnsTogether } from './together.js';

/** Sizes at which the best circumstances are looked for, beside the largest one. */
const SIZES_MAX = 3;

/**
 * What of each category earns most in the top tier, in the first, and in those that rules name, by size.
 * Smaller sizes, and other tiers, set out from where the largest one of the top tier has arrived.
 */
export function probesOf(bench: Bench): Probe[] {
  const found = new Map<string, Probe>();
  const add = (probe: Probe): void => {
    const { category, how } = probe;
    found.set(JSON.stringify([category, how, probe.amount]), probe);
  };
  const largest = bench.bounds.largestBasket;
  const others = new Set([bench.tiers[0] ?? '', ...namedTiers(bench)]);
  for (const category of bench.categories) {
    const start = { category, amount: largest, how: bench.domain.plain };
    const top = bestTogether(bench, bench.topTier, bench.best(bench.topTier, start));
    add(top);
    for (const tier of others) add(bestTogether(bench, tier, bench.best(tier, top, 1)));
    for (const amount of spread(bench.narrowedTo(category).breaks, SIZES_MAX)) {
      const small = bench.best(bench.topTier, { ...top, amount }, 1);
      add(bestTogether(bench, bench.topTier, small));
    }
  }
  return [...found.values()];
}

/** Tiers below the top that some rule asks for. */
export function namedTiers({ rules, tiers, topTier }: Bench): string[] {
  const named = new Set(
    rules.flatMap(({ when = [] }) =>
      when.flatMap((each) => (each.kind === 'tier' ? each.tiers : [])),
    ),
  );
  return tiers.filter((tier) => tier !== topTier && named.has(tier));
}

/** The same purchase, or one for which more of what rules ask for holds at once, if that earns more. */
function bestTogether(bench: Bench, tier: string, probe: Probe): Probe {
  let [found, most] = [probe, bench.points(tier, probe)];
  for (const turn of turnsTogether(bench, tier, probe)) {
    const other = { ...probe, how: { ...probe.how, ...turn } };
    const points = bench.points(tier, other);
    if (points > most) [found, most] = [other, points];
  }
  return found === probe ? probe : bench.best(tier, found, 1);
}

/** A purchase that one rule asks for, of each of its sizes, in the circumstances best for it. */
export function probesOfRule(bench: Bench, place: number): Probe[] {
  const rule = bench.rules[place];
  if (rule === undefined) return [];
  const { when = [] } = rule;
  const named = rule.kind === 'per_amount' ? rule.categories : undefined;
  const asked = when.find(({ kind }) => kind === 'category' || kind === 'first_in_category');
  const categories =
    named ?? (asked !== undefined && 'categories' in asked ? asked.categories : bench.categories);
  const how = { ...bench.domain.plain, ...askedBy(when) };
  return categories.slice(0, 2).flatMap((category) => {
    const { breaks } = bench.narrowedTo(category);
    const amounts = [bench.bounds.largestBasket, ...spread(breaks, SIZES_MAX)];
    return amounts.map((amount): Probe => ({ category, amount, how }));
  });
}

/** So many of a list, evenly spread, the first and the last among them. */
export function spread<T>(list: readonly T[], most: number): T[] {
  if (list.length <= most) return [...list];
  return Array.from(
    { length: most },
    (_, n) => list[Math.round((n * (list.length - 1)) / (most - 1))],
  ).filter((each) => each !== undefined);
}
