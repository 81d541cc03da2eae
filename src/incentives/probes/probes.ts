/** The purchases that relations are held against: the best one of each category and size. */
import { askedBy } from './domain.js';
import type { Bench, Probe } from './bench.js';

/** Sizes at which the best circumstances are looked for, beside the largest one. */
const SIZES_MAX = 3;

/**
 * What of each category earns most in the top tier, and in the first, by size. Smaller sizes, and the
 * first tier, set out from where the largest one of the top tier has arrived.
 */
export function probesOf(bench: Bench): Probe[] {
  const found = new Map<string, Probe>();
  const add = (probe: Probe): void => {
    const { category, how } = probe;
    found.set(JSON.stringify([category, how, probe.amount]), probe);
  };
  const largest = bench.bounds.largestBasket;
  for (const category of bench.categories) {
    const { how } = bench.best(bench.topTier, {
      category,
      amount: largest,
      how: bench.domain.plain,
    });
    add({ category, amount: largest, how });
    add(bench.best(bench.tiers[0] ?? '', { category, amount: largest, how }, 1));
    for (const amount of spread(bench.narrowedTo(category).breaks, SIZES_MAX)) {
      add(bench.best(bench.topTier, { category, amount, how }, 1));
    }
  }
  return [...found.values()];
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
