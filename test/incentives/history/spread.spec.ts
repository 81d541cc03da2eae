import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  count,
  countIn,
  gini,
  merged,
  quantile,
  type Spread,
} from '../../../src/incentives/history/spread.js';

const spreadOf = (values: readonly number[]): Spread => {
  const spread: Spread = {};
  for (const value of values) count(spread, value);
  return spread;
};

/** By the definition: the mean difference of two, over twice the mean. */
function giniOf(values: readonly number[]): number {
  const sum = values.reduce((a, b) => a + b, 0);
  const differences = values.reduce(
    (all, one) => all + values.reduce((each, other) => each + Math.abs(one - other), 0),
    0,
  );
  return differences / (2 * values.length * sum);
}

const some = fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 60 });

describe('a spread', () => {
  it('I51: says how uneven numbers are, to a hundredth', () => {
    fc.assert(
      fc.property(some, (values) => {
        if (values.every((value) => value === 0)) {
          expect(gini(spreadOf(values))).toBeUndefined();
          return;
        }
        expect(Math.abs((gini(spreadOf(values)) ?? NaN) - giniOf(values))).toBeLessThan(0.01);
      }),
    );
    expect(gini(spreadOf([5, 5, 5, 5]))).toBeCloseTo(0, 10);
    expect(gini(spreadOf([0, 0, 0, 8]))).toBeCloseTo(0.75, 10);
  });

  it('I51: says what is in the middle, to a twentieth', () => {
    fc.assert(
      fc.property(some, fc.constantFrom(0.25, 0.5), (values, share) => {
        const sorted = [...values].sort((a, b) => a - b);
        const right = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? NaN;
        const told = quantile(spreadOf(values), share) ?? NaN;
        expect(Math.abs(told - right)).toBeLessThanOrEqual(right * 0.05);
      }),
    );
  });

  it('I51: of parts adds up', () => {
    fc.assert(
      fc.property(some, some, (one, other) => {
        const both = merged(spreadOf(one), spreadOf(other));
        expect(both).toEqual(spreadOf([...one, ...other]));
        expect(countIn(both)).toBe(one.length + other.length);
      }),
    );
  });
});
