import fc from 'fast-check';
import {
  ACCRUAL_POINTS_MAX,
  AMOUNT_MINOR_MAX,
  BILLION,
  formatBillionths,
  formatRate,
  MILLION,
  parseRate,
  pointsForAmount,
  wholePoints,
} from '../../src/rules/points.js';
import { draws } from '../support/draws.js';

const WHOLE = { numerator: 1, denominator: 1 };
const RATE_MAX = 999_999_999_999n;

const anyRate = fc.oneof(
  fc.bigInt({ min: 0n, max: RATE_MAX }),
  fc.bigInt({ min: 0n, max: 3n * MILLION }),
  fc.constantFrom(0n, 1n, MILLION - 1n, MILLION, MILLION + 1n, RATE_MAX),
);
const anyMinor = fc.oneof(fc.nat(100_000), fc.integer({ min: 0, max: AMOUNT_MINOR_MAX }));
const anyDigits = fc.constantFrom(0, 2, 3);
const anyShare = fc
  .tuple(fc.integer({ min: 1, max: AMOUNT_MINOR_MAX }), fc.integer({ min: 0, max: 1_000_000 }))
  .map(([denominator, part]) => ({
    numerator: Number((BigInt(denominator) * BigInt(part)) / 1_000_000n),
    denominator,
  }));

describe('rates', () => {
  it.each([
    ['0', 0n],
    ['1', 1_000_000n],
    ['1.25', 1_250_000n],
    ['0.000001', 1n],
    ['0.5', 500_000n],
    ['10', 10_000_000n],
    ['999999.999999', RATE_MAX],
  ])('R1: the rate %s is %s millionths, and is written so again', (text, millionths) => {
    expect(parseRate(text)).toBe(millionths);
    expect(formatRate(millionths)).toBe(text);
  });

  it('R1: every rate survives being written and read, at its shortest', () => {
    fc.assert(
      fc.property(anyRate, (rate) => {
        const text = formatRate(rate);
        expect(parseRate(text)).toBe(rate);
        expect(text).toMatch(/^(0|[1-9]\d*)(\.\d*[1-9])?$/);
      }),
    );
  });

  it('R1: zeros at the end of a fraction change nothing', () => {
    fc.assert(
      fc.property(anyRate, fc.nat(6), (rate, zeros) => {
        const text = formatRate(rate);
        const digits = text.split('.')[1]?.length ?? 0;
        const added = '0'.repeat(Math.min(zeros, 6 - digits));
        const padded = added === '' ? text : `${text}${digits === 0 ? '.' : ''}${added}`;
        expect(parseRate(padded)).toBe(rate);
      }),
    );
  });

  it.each([
    ['', '.', '1.', '.5', '00', '01', '007.5', '1,5', '1_000', '1 ', ' 1', '1\n', '1.5.5'],
    ['-1', '+1', '-0', '1e3', '0x10', '1n', 'NaN', 'Infinity', '½', '१', '１', '1/2', '1%'],
    ['0.0000001', '1.0000000', '1000000', '1000000.0', '9999999'],
  ])('R1: no rate is %s, nor any of its row', (...texts) => {
    for (const text of texts) expect(parseRate(text)).toBeUndefined();
  });

  it('R1: a string is read as the decimal number it is, or not at all', () => {
    const anyText = fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9.e]{1,15}$/));
    fc.assert(
      fc.property(anyText, (text) => {
        const rate = parseRate(text);
        if (rate === undefined) return;
        expect(Number(rate) / 1e6).toBeCloseTo(Number(text), 9);
        expect(rate).toBeGreaterThanOrEqual(0n);
        expect(rate).toBeLessThanOrEqual(RATE_MAX);
      }),
      { numRuns: draws(1_000) },
    );
  });

  it('R1: billionths are written as exact decimals, negative ones with one sign', () => {
    expect(formatBillionths(1_500_000_000n)).toBe('1.5');
    expect(formatBillionths(-1n)).toBe('-0.000000001');
    expect(formatBillionths(0n)).toBe('0');
    const any = fc.bigInt({ min: -(10n ** 19n), max: 10n ** 19n });
    fc.assert(
      fc.property(any, (billionths) => {
        const text = formatBillionths(billionths);
        expect(text).toMatch(/^-?(0|[1-9]\d*)(\.\d*[1-9])?$/);
        const [whole = '', fraction = ''] = text.replace('-', '').split('.');
        const size = BigInt(whole) * BILLION + BigInt(fraction.padEnd(9, '0'));
        expect(text.startsWith('-') ? -size : size).toBe(billionths);
      }),
    );
  });
});

describe('points for an amount', () => {
  it.each([
    { money: '2.50 GBP', minor: 250, digits: 2, rate: '2', points: '5' },
    { money: '250 JPY', minor: 250, digits: 0, rate: '0.01', points: '2.5' },
    { money: '2.500 KWD', minor: 2_500, digits: 3, rate: '2', points: '5' },
    { money: '0.001 KWD', minor: 1, digits: 3, rate: '0.000001', points: '0.000000001' },
    { money: '0.01 GBP', minor: 1, digits: 2, rate: '0.000001', points: '0.00000001' },
    { money: '0 JPY', minor: 0, digits: 0, rate: '999999.999999', points: '0' },
    { money: '9.99 GBP', minor: 999, digits: 2, rate: '1', points: '9.99' },
  ])('R1: $money at a rate of $rate are $points points', ({ minor, digits, rate, points }) => {
    expect(formatBillionths(pointsForAmount(minor, digits, parseRate(rate) ?? 0n, WHOLE))).toBe(
      points,
    );
  });

  it('R1: a third of 0.01 GBP at rate 1 is 0.003333333 points, floored to a billionth', () => {
    const third = { numerator: 1, denominator: 3 };
    expect(pointsForAmount(1, 2, MILLION, third)).toBe(3_333_333n);
    expect(pointsForAmount(2, 2, MILLION, third)).toBe(6_666_666n);
  });

  it('R1: the result is the largest number of billionths that is not too many', () => {
    fc.assert(
      fc.property(anyMinor, anyDigits, anyRate, anyShare, (minor, digits, rate, share) => {
        const got = pointsForAmount(minor, digits, rate, share);
        // minor / 10^digits * rate / 10^6 * share, in billionths, as one fraction.
        const above = BigInt(minor) * rate * BigInt(share.numerator) * BILLION;
        const below = 10n ** BigInt(digits) * MILLION * BigInt(share.denominator);
        expect(got * below).toBeLessThanOrEqual(above);
        expect((got + 1n) * below).toBeGreaterThan(above);
      }),
    );
  });

  it('R1: nothing is lost with 0, 2 or 3 digits, so parts add up to the whole', () => {
    fc.assert(
      fc.property(anyMinor, anyMinor, anyDigits, anyRate, (one, other, digits, rate) => {
        const points = (minor: number): bigint => pointsForAmount(minor, digits, rate, WHOLE);
        expect(points(one) * 10n ** BigInt(digits)).toBe(BigInt(one) * rate * 1_000n);
        expect(points(one) + points(other)).toBe(points(one + other));
      }),
    );
  });

  it('R1: parts paid in part never have more than the whole, nor lack a billionth each', () => {
    const parts = fc.array(anyMinor, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(parts, anyDigits, anyRate, anyShare, (minors, digits, rate, share) => {
        const points = (minor: number): bigint => pointsForAmount(minor, digits, rate, share);
        const whole = points(minors.reduce((sum, minor) => sum + minor, 0));
        const apart = minors.reduce((sum, minor) => sum + points(minor), 0n);
        expect(apart).toBeLessThanOrEqual(whole);
        expect(whole - apart).toBeLessThan(BigInt(minors.length));
      }),
    );
  });
});

describe('whole points', () => {
  it('R1: 0.6 carried and 0.5 new are 1 point and 0.1 carried on', () => {
    const sum = wholePoints(600_000_000n, 500_000_000n);
    expect(sum).toEqual({ points: 1, remainder: 100_000_000n });
  });

  it('R1: what is not a whole point is carried, below one point and never lost', () => {
    const fraction = fc.bigInt({ min: 0n, max: BILLION - 1n });
    const accrued = fc.bigInt({ min: 0n, max: BigInt(ACCRUAL_POINTS_MAX) * BILLION });
    fc.assert(
      fc.property(fraction, accrued, (carried, billionths) => {
        const { points, remainder } = wholePoints(carried, billionths);
        expect(Number.isSafeInteger(points)).toBe(true);
        expect(BigInt(points) * BILLION + remainder).toBe(carried + billionths);
        expect(remainder >= 0n && remainder < BILLION).toBe(true);
      }),
    );
  });
});
