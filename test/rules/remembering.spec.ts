import { remembering } from '../../src/rules/remembering.js';

describe('a function that remembers', () => {
  it('answers as without memory, and asks once for what it is asked again', () => {
    const asked: number[] = [];
    const isEven = remembering((number: number): boolean | undefined => {
      asked.push(number);
      return number % 2 === 0 || undefined;
    }, 2);
    expect([1, 2, 1, 2, 1].map(isEven)).toEqual([undefined, true, undefined, true, undefined]);
    expect(asked).toEqual([1, 2]);
    // A third thing does not fit: it begins anew, with this one.
    expect([3, 3, 1, 3].map(isEven)).toEqual([undefined, undefined, undefined, undefined]);
    expect(asked).toEqual([1, 2, 3, 1]);
  });
});
