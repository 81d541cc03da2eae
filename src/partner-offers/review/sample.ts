/** What members of one group spent, and how sure one can be that two groups differ. */

/** Counts, sums and sums of squares of one number of each member. */
export class Sample {
  n = 0;
  private sum = 0;
  private squares = 0;

  add(value: number): void {
    this.n += 1;
    this.sum += value;
    this.squares += value * value;
  }

  get mean(): number {
    return this.n === 0 ? 0 : this.sum / this.n;
  }

  /** Unbiased, of the members beside the mean. */
  get variance(): number {
    if (this.n < 2) return 0;
    return Math.max(0, (this.squares - this.n * this.mean ** 2) / (this.n - 1));
  }
}

export interface Uplift {
  /** How much higher the mean of the first sample is. */
  difference: number;
  /** Between these it is, with the confidence asked for. */
  low: number;
  high: number;
}

/** Members of each group from which on the interval is told: with fewer it would say too little. */
export const COMPARABLE = 30;

/** Quantiles of the normal distribution for an interval of so much confidence. */
const quantiles = { 95: 1.959964, 99: 2.575829 } as const;

/**
 * The interval of Welch for the difference of two means with variances of their own (B. L. Welch,
 * Biometrika 34, 1947), with the quantile of Student's distribution by the expansion of Cornish and
 * Fisher (Abramowitz and Stegun, 26.7.5). Undefined where a sample is too small.
 */
export function uplift(
  one: Sample,
  other: Sample,
  confidence: keyof typeof quantiles,
): Uplift | undefined {
  if (one.n < COMPARABLE || other.n < COMPARABLE) return undefined;
  const [a, b] = [one.variance / one.n, other.variance / other.n];
  const difference = one.mean - other.mean;
  if (a + b === 0) return { difference, low: difference, high: difference };
  const freedom = (a + b) ** 2 / (a ** 2 / (one.n - 1) + b ** 2 / (other.n - 1));
  const margin = studentOf(quantiles[confidence], freedom) * Math.sqrt(a + b);
  return { difference, low: difference - margin, high: difference + margin };
}

function studentOf(z: number, freedom: number): number {
  return (
    z +
    (z ** 3 + z) / (4 * freedom) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * freedom ** 3)
  );
}
