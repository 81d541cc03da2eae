/**
 * Numbers of the core. Points are computed in integer billionths and rates in integer millionths;
 * nothing here or above it uses a float. Whole points are safe integers (at most 2^53 - 1).
 */

/** Billionths in one point. */
export const BILLION = 1_000_000_000n;
/** Millionths in a rate of 1. */
export const MILLION = 1_000_000n;
/** An accrual above this many whole points is refused. */
export const ACCRUAL_POINTS_MAX = 9_000_000_000;
/** Minor units of money accepted on one line, tender or purchase. */
export const AMOUNT_MINOR_MAX = 1_000_000_000_000;

const ratePattern = /^(?:0|[1-9]\d{0,5})(?:\.(\d{1,6}))?$/;

/**
 * A decimal string with at most 6 digits before and 6 after the point, as integer millionths;
 * undefined when it is anything else. `parseRate('1.25')` is `1_250_000n`.
 */
export function parseRate(text: string): bigint | undefined {
  const match = ratePattern.exec(text);
  if (match === null) return undefined;
  const [whole = '0'] = text.split('.');
  return BigInt(whole) * MILLION + BigInt((match[1] ?? '').padEnd(6, '0'));
}

/** Integer millionths as the shortest decimal string: `1_250_000n` is `'1.25'`. */
export function formatRate(millionths: bigint): string {
  const fraction = (millionths % MILLION).toString().padStart(6, '0').replace(/0+$/, '');
  const whole = (millionths / MILLION).toString();
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

/** Billionths of a point as a decimal string without trailing zeros: `1_500_000_000n` is `'1.5'`. */
export function formatBillionths(billionths: bigint): string {
  const sign = billionths < 0n ? '-' : '';
  const size = billionths < 0n ? -billionths : billionths;
  const fraction = (size % BILLION).toString().padStart(9, '0').replace(/0+$/, '');
  return `${sign}${(size / BILLION).toString()}${fraction === '' ? '' : `.${fraction}`}`;
}

/**
 * Points for an amount of money, in billionths, floored. `minor` minor units, `digits` of them in
 * a major unit's exponent, `rate` in millionths of a point per major unit; `share` is the part of
 * the purchase that was paid by eligible tenders, as an exact fraction. 250 minor units at
 * 2 digits and rate 2 give 5_000_000_000n.
 */
export function pointsForAmount(
  minor: number,
  digits: number,
  rate: bigint,
  share: Fraction,
): bigint {
  return (
    (BigInt(minor) * rate * 1_000n * BigInt(share.numerator)) /
    (10n ** BigInt(digits) * BigInt(share.denominator))
  );
}

/** An exact non-negative ratio of two safe integers; the denominator is positive. */
export interface Fraction {
  numerator: number;
  denominator: number;
}

/** Splits billionths carried so far plus new ones into whole points and the new remainder. */
export function wholePoints(
  remainder: bigint,
  billionths: bigint,
): { points: number; remainder: bigint } {
  const sum = remainder + billionths;
  return { points: Number(sum / BILLION), remainder: sum % BILLION };
}
