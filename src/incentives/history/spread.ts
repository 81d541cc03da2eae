/**
 * Many numbers in few bins, a sixteenth of a doubling each, with the sum of what is in a bin: memory
 * does not grow with the numbers, and figures are right to about a hundredth. Spreads of parts add up.
 */

/** By bin: how many there are, and their sum. */
export type Spread = Record<string, [count: number, sum: number]>;

const BINS_PER_DOUBLING = 16;

/** Counts a number in; what is not above 0 is 0. */
export function count(spread: Spread, value: number): void {
  const bin = value > 0 ? String(Math.floor(Math.log2(value) * BINS_PER_DOUBLING)) : 'none';
  const [many, sum] = spread[bin] ?? [0, 0];
  spread[bin] = [many + 1, sum + Math.max(0, value)];
}

export function merged(one: Spread, other: Spread): Spread {
  const all: Spread = { ...one };
  for (const [bin, [many, sum]] of Object.entries(other)) {
    const [before, sumBefore] = all[bin] ?? [0, 0];
    all[bin] = [before + many, sumBefore + sum];
  }
  return all;
}

/** Bins from the smallest numbers on. */
const ascending = (spread: Spread): [many: number, sum: number][] =>
  Object.entries(spread)
    .map(([bin, held]) => [bin === 'none' ? -Infinity : Number(bin), held] as const)
    .sort(([a], [b]) => a - b)
    .map(([, held]) => held);

export const countIn = (spread: Spread): number =>
  Object.values(spread).reduce((all, [many]) => all + many, 0);

/** The mean of the bin in which the number is that this share is below; undefined of none. */
export function quantile(spread: Spread, share: number): number | undefined {
  const wanted = share * countIn(spread);
  let passed = 0;
  for (const [many, sum] of ascending(spread)) {
    passed += many;
    if (passed >= wanted) return sum / many;
  }
  return undefined;
}

/** How unevenly the sum is spread: 0 = all have as much, near 1 = one has all; undefined of nothing. */
export function gini(spread: Spread): number | undefined {
  const bins = ascending(spread);
  const [many, sum] = bins.reduce(([n, s], each) => [n + each[0], s + each[1]], [0, 0]);
  if (many === 0 || sum === 0) return undefined;
  let below = 0;
  let area = 0;
  for (const [each, held] of bins) {
    area += each * (below + held / 2);
    below += held;
  }
  return 1 - (2 * area) / (many * sum);
}
