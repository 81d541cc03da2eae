import fc from 'fast-check';
import { validLots, type MovedLot } from '../../src/ledger/history/valid-lots.js';
import { availableAt } from '../../src/rules/spending/lots.js';
import type { Lot } from '../../src/rules/state.js';
import { aLot, DAY, NOON } from '../support/state.js';

const opened = (lot: Partial<Lot>): MovedLot => ({ lot: aLot(lot), isOpened: true });
const later = (lot: Partial<Lot>): MovedLot => ({ lot: aLot(lot), isOpened: false });
const left = (lots: readonly Lot[]): [number, number][] =>
  lots.map(({ remaining, held }) => [remaining, held]);

describe('lots as events left them', () => {
  it('L13: what a correction takes from a lot already spent comes from the next to be spent', () => {
    const moved = [
      opened({ seq: 1, remaining: 300, accruedAt: NOON + DAY }),
      opened({ seq: 2, remaining: -200, accruedAt: NOON }),
    ];
    const { lots, lacking } = validLots(moved, [], NOON);
    expect([left(lots), lacking]).toEqual([
      [
        [0, 0],
        [100, 0],
      ],
      0,
    ]);
  });

  it('L13: what a lot that was not there yet has paid was owed until then', () => {
    expect(validLots([later({ remaining: -200 })], [], NOON)).toEqual({ lots: [], lacking: 200 });
    const moved = [opened({ seq: 1, remaining: 50 }), later({ seq: 2, remaining: -200 })];
    const { lots, lacking } = validLots(moved, [], NOON);
    expect([left(lots), lacking]).toEqual([[[0, 0]], 150]);
  });

  it('L13: held points are not taken, unless their time is up', () => {
    const moved = [opened({ remaining: 100, held: 80 }), later({ seq: 2, remaining: -60 })];
    const hold = { expiresAt: NOON, lots: [{ seq: 1, n: 0, amount: 80 }] };
    const before = validLots(moved, [hold], NOON - 1);
    expect([left(before.lots), before.lacking]).toEqual([[[80, 80]], 40]);
    const after = validLots(moved, [hold], NOON);
    expect([left(after.lots), after.lacking]).toEqual([[[40, 0]], 0]);
  });

  it('L13: a hold that ran out is given back to the very lots it came from', () => {
    const held = { remaining: 100, held: 30 };
    const moved = [
      opened({ seq: 1, n: 0, ...held }),
      opened({ seq: 1, n: 1, ...held }),
      opened({ seq: 2, n: 1, ...held }),
    ];
    const hold = { expiresAt: NOON, lots: [{ seq: 1, n: 1, amount: 30 }] };
    const { lots } = validLots(moved, [hold], NOON);
    expect(lots.map((lot) => [lot.seq, lot.n, lot.held])).toEqual([
      [1, 0, 30],
      [1, 1, 0],
      [2, 1, 30],
    ]);
  });

  it('L13: nothing is lost or made: what is left, less what is owed, is what was moved', () => {
    const amounts = fc.integer({ min: -500, max: 500 });
    const lot = fc.record({ remaining: amounts, held: fc.nat(100), isOpened: fc.boolean() });
    fc.assert(
      fc.property(fc.array(lot, { maxLength: 6 }), (given) => {
        const moved = given.map(({ remaining, held, isOpened }, index): MovedLot => {
          const seq = index + 1;
          // A lot that was not there yet can only have been taken from.
          const lot = isOpened ? { remaining, held } : { remaining: -Math.abs(remaining), held: 0 };
          return { lot: aLot({ seq, ...lot }), isOpened };
        });
        const { lots, lacking } = validLots(moved, [], NOON);
        const total = moved.reduce((sum, each) => sum + each.lot.remaining, 0);
        const kept = lots.reduce((sum, each) => sum + each.remaining, 0);
        expect(kept - lacking).toBe(total);
        expect(lacking).toBeGreaterThanOrEqual(0);
        for (const { remaining, held } of lots) {
          expect(held).toBeGreaterThanOrEqual(0);
          expect(remaining).toBeGreaterThanOrEqual(held);
        }
        if (lacking > 0) expect(availableAt(lots, NOON)).toBe(0);
      }),
    );
  });
});
