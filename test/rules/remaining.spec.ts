import {
  comesBack,
  remaining,
  returnedSums,
  type AskedLine,
} from '../../src/rules/earning/remaining.js';
import { aLine, aPurchase } from '../support/state.js';

/** Three pieces for 10 pounds, one of tax; one piece for nothing; money without a piece. */
const left = aPurchase([
  aLine(1_000, { quantity: 3, tax: 100 }),
  aLine(0),
  aLine(500, { quantity: 0 }),
  aLine(0, { quantity: 0 }),
]);
const asking = (...lines: AskedLine[]) => comesBack(left, lines);
const refusal = (field: string, quantityLeft: number, amountLeft: number) => ({
  code: 'return_exceeds_purchase',
  pointer: `/lines/0/${field}`,
  details: { quantityLeft, amountLeft },
});

describe('what comes back of a purchase', () => {
  it('R15: is every line with a piece or money left, when none is named', () => {
    expect(comesBack(left, undefined)).toEqual([
      { line: 0, quantity: 3, amount: 1_000 },
      { line: 1, quantity: 1, amount: 0 },
      { line: 2, quantity: 0, amount: 500 },
    ]);
    const nothing = { code: 'nothing_left_to_return', details: {} };
    expect(comesBack(aPurchase([aLine(0, { quantity: 0 })]), undefined)).toEqual(nothing);
  });

  it('R15: is a whole line, as long as anything is left in it', () => {
    expect(asking({ line: 0 })).toEqual([{ line: 0, quantity: 3, amount: 1_000 }]);
    expect(asking({ line: 1 })).toEqual([{ line: 1, quantity: 1, amount: 0 }]);
    expect(asking({ line: 2 })).toEqual([{ line: 2, quantity: 0, amount: 500 }]);
    expect(asking({ line: 3 })).toEqual(refusal('line', 0, 0));
    expect(asking({ line: 4 })).toEqual(refusal('line', 0, 0));
  });

  it('R15: is pieces with their share of the money, floored, the last with all that is left', () => {
    expect(asking({ line: 0, quantity: 2 })).toEqual([{ line: 0, quantity: 2, amount: 666 }]);
    expect(asking({ line: 0, quantity: 3 })).toEqual([{ line: 0, quantity: 3, amount: 1_000 }]);
    expect(asking({ line: 0, quantity: 4 })).toEqual(refusal('quantity', 3, 1_000));
    expect(asking({ line: 4, quantity: 1 })).toEqual(refusal('quantity', 0, 0));
  });

  it('R15: is money without a piece, as much as is left', () => {
    expect(asking({ line: 0, amount: 400 })).toEqual([{ line: 0, quantity: 0, amount: 400 }]);
    expect(asking({ line: 3, amount: 0 })).toEqual([{ line: 3, quantity: 0, amount: 0 }]);
    expect(asking({ line: 0, amount: 1_001 })).toEqual(refusal('amount', 3, 1_000));
    expect(asking({ line: 4, amount: 1 })).toEqual(refusal('amount', 0, 0));
  });

  it('R15: is both as asked, and the field that asks for too much is to blame', () => {
    const all = { quantity: 3, amount: 1_000 };
    expect(asking({ line: 0, ...all })).toEqual([{ line: 0, ...all }]);
    expect(asking({ line: 0, quantity: 3, amount: 1_001 })).toEqual(refusal('amount', 3, 1_000));
    expect(asking({ line: 0, quantity: 4, amount: 1_000 })).toEqual(refusal('quantity', 3, 1_000));
  });

  it('R15: named twice, a line has less left the second time', () => {
    const two = asking({ line: 0, quantity: 1, amount: 900 }, { line: 0 });
    expect(two).toEqual([
      { line: 0, quantity: 1, amount: 900 },
      { line: 0, quantity: 2, amount: 100 },
    ]);
  });
});

describe('what is left of a purchase', () => {
  const back = [
    { line: 0, quantity: 1, amount: 301 },
    { line: 0, quantity: 1, amount: 200 },
    { line: 1, quantity: 1, amount: 0 },
  ];

  it('R15: is each line less all that came back of it, its tax shrunk with it and floored', () => {
    expect(returnedSums(back).get(0)).toEqual({ line: 0, quantity: 2, amount: 501 });
    expect(remaining(left, back).lines).toEqual([
      aLine(499, { quantity: 1, tax: 49 }),
      aLine(0, { quantity: 0 }),
      left.lines[2],
      left.lines[3],
    ]);
    expect(remaining(left, [])).toEqual(left);
  });
});
