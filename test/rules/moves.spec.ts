import type { LotTerms } from '../../src/rules/earning/decision.js';
import { balanceAt } from '../../src/rules/spending/balance.js';
import { nextChange } from '../../src/rules/spending/lots.js';
import { Moves, type OwnedLot } from '../../src/rules/spending/moves.js';
import type { Lot, MemberState } from '../../src/rules/state.js';
import { aLot, aMember, DAY, NOON } from '../support/state.js';

const terms: LotTerms = {
  funder: 'own',
  accruedAt: NOON,
  availableFrom: NOON + DAY,
  expiresAt: NOON + 9 * DAY,
};
/** The next posting of this member is number 9. */
const having = (lots: readonly Lot[], more: Partial<MemberState> = {}): Moves => {
  const points = lots.reduce((sum, { remaining, held }) => sum + remaining - held, 0);
  return new Moves(9, aMember({ version: 8, lots, points, ...more }));
};
const ofSecond = ({ seq }: OwnedLot): boolean => seq === 2;
const left = (lots: readonly Lot[] | undefined): [number, number, number][] =>
  (lots ?? []).map(({ seq, n, remaining }) => [seq, n, remaining]);
const entry = (debit: string, credit: string, amount: number, lotSeq: number | null, lotN = 0) => ({
  ...{ debit, credit, amount, lotSeq },
  lotN: lotSeq === null ? null : lotN,
});

describe('points issued', () => {
  it('R9: open a lot of their terms, pending until it opens', () => {
    const moves = having([aLot({ seq: 1 })]);
    moves.issue(30, terms);
    const lot = { ...terms, seq: 9, n: 0, amount: 30, remaining: 30, held: 0 };
    expect(moves.entries).toEqual([entry('issued', 'points', 30, 9)]);
    expect(moves.done(NOON)).toEqual({
      figures: { points: 130, held: 0, owed: 0, pending: 30 },
      lots: [aLot({ seq: 1 }), lot],
      opened: [lot],
      changed: [],
    });
    expect(moves.done(NOON + DAY).figures.pending).toBe(0);
  });

  it('R9: open no lot when there are none', () => {
    const moves = having([]);
    moves.issue(0, terms);
    expect(moves.entries).toEqual([]);
    expect(moves.done(NOON).opened).toEqual([]);
  });

  it('R9: count as pending beside what was, where lots were not read', () => {
    const moves = new Moves(9, aMember({ lots: undefined, points: 70, pending: 20 }));
    moves.issue(30, terms, { seq: 4, n: 0 });
    const { figures, lots, opened } = moves.done(NOON);
    expect(figures).toMatchObject({ points: 100, pending: 50 });
    expect(lots).toBeUndefined();
    expect(opened).toMatchObject([{ seq: 9, origin: { seq: 4, n: 0 } }]);
  });

  it('R17: pay a debt first, from the very lot they open', () => {
    const moves = having([], { owed: 50 });
    moves.issue(30, terms);
    moves.issue(30, terms);
    expect(moves.entries).toEqual([
      entry('issued', 'points', 30, 9, 0),
      entry('points', 'owed', 30, 9, 0),
      entry('issued', 'points', 30, 9, 1),
      entry('points', 'owed', 20, 9, 1),
    ]);
    expect(moves.repaid).toBe(50);
    const { figures, opened, changed } = moves.done(NOON);
    expect(figures).toEqual({ points: 10, held: 0, owed: 0, pending: 10 });
    expect(left(opened)).toEqual([
      [9, 0, 0],
      [9, 1, 10],
    ]);
    expect(changed).toEqual([]);
  });

  it('R17: pay nothing where nothing is owed', () => {
    const moves = having([]);
    moves.issue(30, terms);
    expect([moves.repaid, moves.entries.length]).toEqual([0, 1]);
  });
});

describe('points taken back', () => {
  it('R17: come from their own lots in spending order, then from others in theirs', () => {
    const moves = having([
      aLot({ seq: 1, remaining: 10, expiresAt: NOON + DAY }),
      aLot({ seq: 2, n: 0, remaining: 10, expiresAt: NOON + 3 * DAY }),
      aLot({ seq: 2, n: 1, remaining: 10, expiresAt: NOON + 2 * DAY }),
      aLot({ seq: 3, remaining: 10, expiresAt: NOON }),
    ]);
    moves.takeBack(34, ofSecond);
    expect(moves.entries).toEqual([
      entry('points', 'issued', 10, 2, 1),
      entry('points', 'issued', 10, 2, 0),
      entry('points', 'issued', 10, 3),
      entry('points', 'issued', 4, 1),
    ]);
    expect([moves.fromOthers, moves.lacking]).toEqual([14, 0]);
    const { figures, lots, changed } = moves.done(NOON);
    expect(figures).toEqual({ points: 6, held: 0, owed: 0, pending: 0 });
    expect(left(lots)).toEqual([
      [1, 0, 6],
      [2, 0, 0],
      [2, 1, 0],
      [3, 0, 0],
    ]);
    expect(left(changed)).toEqual([
      [2, 1, 0],
      [2, 0, 0],
      [3, 0, 0],
      [1, 0, 6],
    ]);
  });

  it('R17: are owed where no lot has them, and held ones are never taken', () => {
    const moves = having(
      [aLot({ seq: 1, remaining: 50, held: 40 }), aLot({ seq: 2, remaining: 5 })],
      {
        owed: 1,
      },
    );
    moves.takeBack(20, ofSecond);
    expect(moves.entries).toEqual([
      entry('points', 'issued', 5, 2),
      entry('points', 'issued', 10, 1),
      entry('owed', 'issued', 5, null),
    ]);
    expect([moves.fromOthers, moves.lacking]).toEqual([10, 5]);
    expect(moves.done(NOON).figures).toMatchObject({ points: 0, owed: 6 });
    moves.takeBack(3, ofSecond);
    expect([moves.fromOthers, moves.lacking]).toEqual([10, 8]);
  });

  it('R17: come from their own lots while these have them, and nothing is owed then', () => {
    const moves = having([aLot({ seq: 1 }), aLot({ seq: 2 })]);
    moves.takeBack(100, ofSecond);
    expect(moves.entries).toEqual([entry('points', 'issued', 100, 2)]);
    expect([moves.fromOthers, moves.lacking]).toEqual([0, 0]);
  });
});

describe('points given back', () => {
  it('R18: return to the lot they came from, as long as it has not expired', () => {
    const moves = having([aLot({ seq: 1, remaining: 60, expiresAt: NOON + 1 }), aLot({ seq: 2 })]);
    moves.giveBack({ seq: 1, n: 0, amount: 40 }, NOON, { endsAt: NOON + DAY, isAnew: false });
    moves.giveBack({ seq: 2, n: 0, amount: 5 }, NOON, { endsAt: NOON + DAY, isAnew: false });
    expect(moves.entries).toEqual([
      entry('redeemed', 'points', 40, 1),
      entry('redeemed', 'points', 5, 2),
    ]);
    expect(left(moves.done(NOON).lots)).toEqual([
      [1, 0, 100],
      [2, 0, 105],
    ]);
  });

  it('R18: stay for a grace, at their age, where that lot has expired', () => {
    const old = aLot({ seq: 1, remaining: 0, accruedAt: NOON - DAY, expiresAt: NOON });
    const moves = having([old]);
    moves.giveBack({ seq: 1, n: 0, amount: 40 }, NOON, { endsAt: NOON + DAY, isAnew: false });
    expect(moves.entries).toEqual([entry('redeemed', 'points', 40, 9)]);
    const given = { seq: 9, amount: 40, remaining: 40, expiresAt: NOON + DAY };
    expect(moves.done(NOON).opened).toEqual([
      aLot({ ...given, accruedAt: NOON - DAY, origin: { seq: 1, n: 0 } }),
    ]);
  });
});

describe('what time alone changes', () => {
  it('R8, R9: is due at the next window that closes over points left, or the next hold’s end', () => {
    const later = aLot({ availableFrom: NOON + 3 });
    const gone = aLot({ availableFrom: NOON + 1, remaining: 20, held: 20 });
    const hold = {
      ...{ seq: 4, retailer: 'shop', reward: 'tea', points: 20, expiresAt: NOON + 2 },
      ...{ changedSeq: 4, lots: [], state: 'held' as const },
    };
    expect(nextChange([later, gone], [], NOON)).toBe(NOON + 3);
    expect(nextChange([later, gone], [hold], NOON)).toBe(NOON + 2);
    expect(nextChange([later, gone], [{ ...hold, state: 'captured' }], NOON)).toBe(NOON + 3);
    expect(nextChange([later], [hold], NOON + 3)).toBeNull();
  });

  it('R8: gives a hold’s points back to its very lots when it has run out', () => {
    const held = { amount: 100, remaining: 100, held: 40, availableFrom: NOON + DAY };
    const lots = [
      aLot({ ...held, seq: 1, n: 0 }),
      aLot({ ...held, seq: 1, n: 1, availableFrom: NOON }),
      aLot({ ...held, seq: 2, n: 1 }),
    ];
    const hold = { expiresAt: NOON, lots: [{ seq: 1, n: 1, amount: 40 }] };
    const unknown = { expiresAt: NOON, lots: [{ seq: 7, n: 0, amount: 40 }] };
    expect(balanceAt(lots, [hold, unknown], 3, NOON)).toEqual({
      available: 100,
      pending: 120,
      held: 80,
      owed: 3,
    });
    expect(balanceAt(lots, [hold], 0, NOON - 1)).toMatchObject({ available: 0, held: 120 });
  });
});
