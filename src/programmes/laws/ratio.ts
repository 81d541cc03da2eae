/** Exact fractions with positive denominators. */
export interface Ratio {
  numerator: bigint;
  denominator: bigint;
}

export const ratio = (numerator: bigint, denominator: bigint): Ratio => ({
  numerator,
  denominator,
});

export const plus = (a: Ratio, b: Ratio): Ratio =>
  ratio(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator);

export const times = (a: Ratio, b: Ratio): Ratio =>
  ratio(a.numerator * b.numerator, a.denominator * b.denominator);

export const total = (ratios: readonly Ratio[]): Ratio => ratios.reduce(plus, ratio(0n, 1n));

/** The largest of ratios that are not negative; 0 of none. */
export const most = (ratios: readonly Ratio[]): Ratio =>
  ratios.reduce(
    (best, each) =>
      each.numerator * best.denominator > best.numerator * each.denominator ? each : best,
    ratio(0n, 1n),
  );

/** The largest of integers that are not negative; 0 of none. */
export const largest = (numbers: readonly bigint[]): bigint =>
  numbers.reduce((best, each) => (each > best ? each : best), 0n);
