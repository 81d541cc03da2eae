import { changesAfter, tell } from '../../src/rules/spending/after.js';
import type { Grace } from '../../src/rules/spending/grace.js';
import { behindFirst, choose, firstOf } from '../../src/rules/spending/lots.js';
import { Moves } from '../../src/rules/spending/moves.js';
import { isStale, read } from '../../src/rules/spending/settle.js';
import type { GoneLot, MemberState } from '../../src/rules/state.js';
import { aLot, aMember, DAY, NOON } from '../support/state.js';

const grace: Grace = { endsAt: NOON + 9 * DAY, isAnew: false };

describe('what moves of points leave', () => {
  const terms = { funder: 'own', accruedAt: NOON, availableFrom: NOON, expiresAt: null };
  const told = (member: Partial<MemberState>, points: number): unknown => {
    const moves = new Moves(9, aMember({ lots: [], ...member }));
    moves.takeBack(points, ({ seq }) => seq === 1);
    return tell(moves).map(([rule, line, code, billionths, detail]) => {
      expect([rule, line, billionths]).toEqual([-2, -1, '0']);
      return [code, detail];
    });
  };

  it('R17: is told as far as there is any: of other points, of debt, of what had gone', () => {
    expect(told({ lots: [aLot({ seq: 1 })] }, 100)).toEqual([]);
    expect(told({ lots: [aLot({ seq: 2 })] }, 30)).toEqual([['taken_from_other_points', 30]]);
    expect(told({}, 30)).toEqual([['points_owed', 30]]);
    const expired = [{ seq: 1, n: 0, amount: 20 }];
    expect(told({ expired }, 20)).toEqual([['expired_before', 20]]);
    expect(told({ expired, lots: [aLot({ seq: 2, amount: 6 })] }, 30)).toEqual([
      ['expired_before', 20],
      ['taken_from_other_points', 6],
      ['points_owed', 4],
    ]);
    const moves = new Moves(9, aMember({ owed: 7 }));
    moves.issue(10, terms);
    expect(tell(moves)).toEqual([[-2, -1, 'owed_repaid', '0', 7]]);
  });

  it('R9: is when time changes something next, by what was read', () => {
    const opens = aLot({ availableFrom: NOON + 5 });
    const after = (member: Partial<MemberState>, lots: MemberState['lots']): number | null =>
      changesAfter(aMember(member), lots, [opens], NOON);
    expect(after({}, [])).toBeNull();
    expect(after({ redemptions: undefined, changesAt: NOON + 9 }, [])).toBe(NOON + 5);
    expect(after({ changesAt: NOON + 9 }, undefined)).toBe(NOON + 5);
    expect(after({ changesAt: NOON + 2 }, undefined)).toBe(NOON + 2);
    expect(after({ changesAt: null }, undefined)).toBe(NOON + 5);
    expect(changesAfter(aMember({ changesAt: 7 }), undefined, [], NOON)).toBe(7);
    expect(isStale({ changesAt: NOON }, NOON)).toBe(true);
    expect([isStale({ changesAt: NOON + 1 }, NOON), isStale({ changesAt: null }, NOON)]).toEqual([
      false,
      false,
    ]);
    for (const half of [{ lots: undefined }, { redemptions: undefined }]) {
      expect(() => read(aMember(half))).toThrow('invariant: lots and redemptions are read');
    }
  });

  it('R6: are the first of what paid, or the rest behind them', () => {
    const [one, two, three] = [30, 50, 20].map((amount, n) => ({ seq: 1, n, amount }));
    const paid = [one, two, three].flatMap((each) => each ?? []);
    const amounts = (parts: readonly { n: number; amount: number }[]): unknown =>
      parts.map(({ n, amount }) => [n, amount]);
    expect(amounts(firstOf(paid, 40))).toEqual([
      [0, 30],
      [1, 10],
    ]);
    expect(amounts(firstOf(paid, 90))).toEqual([
      [0, 30],
      [1, 50],
      [2, 10],
    ]);
    expect([firstOf(paid, 0), amounts(firstOf(paid, 30))]).toEqual([[], [[0, 30]]]);
    expect(amounts(behindFirst(paid, 40))).toEqual([
      [1, 40],
      [2, 20],
    ]);
    expect(amounts(behindFirst(paid, 90))).toEqual([[2, 10]]);
    expect([behindFirst(paid, 0), behindFirst(paid, 100)]).toEqual([paid, []]);
    expect(choose([aLot({ amount: 30 }), aLot({ seq: 2, amount: 5 })], 36, NOON)).toBeUndefined();
  });
});

describe('points that go and come back', () => {
  const { funder, accruedAt, availableFrom } = aLot();
  const dated = { funder, accruedAt, availableFrom, expiresAt: NOON };
  const having = (more: Partial<MemberState>): Moves =>
    new Moves(9, aMember({ version: 8, points: 100, ...more }));
  const gone: GoneLot = { seq: 1, n: 0, amount: 30, terms: dated };

  it('R112: go with their terms, and are counted as gone only where they go by expiry', () => {
    const origin = { seq: 7, n: 1 };
    const moves = having({ lots: [aLot({ expiresAt: NOON, origin })], expired: [] });
    moves.pay([{ seq: 1, n: 0, amount: 30 }], 'expired');
    expect(moves.done(NOON).expired).toEqual([{ ...gone, origin }]);
    const spent = having({ lots: [aLot()], expired: [] });
    spent.pay([{ seq: 1, n: 0, amount: 30 }], 'redeemed');
    expect(spent.done(NOON).expired).toEqual([]);
    expect(spent.entries).toEqual([
      { debit: 'points', credit: 'redeemed', amount: 30, lotSeq: 1, lotN: 0 },
    ]);
    expect(having({}).done(NOON).expired).toBeUndefined();
  });

  it('R131: come back at their age to a new date, once a debt is paid, and are gone no more', () => {
    const until = { ...dated, expiresAt: NOON + DAY };
    const moves = having({ expired: [gone, { ...gone, n: 1 }], owed: 10, points: 0 });
    moves.reinstate({ seq: 1, n: 0, amount: 20 }, until);
    const { opened, expired, figures } = moves.done(NOON);
    expect(moves.entries.map(({ debit, credit, amount }) => [debit, credit, amount])).toEqual([
      ['expired', 'issued', 20],
      ['issued', 'points', 20],
      ['points', 'owed', 10],
    ]);
    expect(opened).toMatchObject([
      { ...until, amount: 20, remaining: 10, origin: { seq: 1, n: 0 } },
    ]);
    expect(expired).toEqual([
      { ...gone, amount: 10 },
      { ...gone, n: 1 },
    ]);
    expect(figures).toMatchObject({ points: 10, owed: 0 });
    const whole = having({ expired: [gone] });
    whole.reinstate({ ...gone, origin: { seq: 4, n: 2 } }, until);
    expect(whole.done(NOON).expired).toEqual([]);
    expect(whole.done(NOON).opened[0]?.origin).toEqual({ seq: 4, n: 2 });
    expect(() => {
      having({ expired: [gone] }).reinstate({ ...gone, amount: 31 }, until);
    }).toThrow('invariant: what comes back is chosen among what went');
    expect(() => {
      having({ expired: [gone] }).reinstate({ ...gone, n: 5 }, until);
    }).toThrow('invariant: what comes back is chosen among what went');
  });

  it('R130: go later in a lot of the same age, and are the points of the first lot still', () => {
    const lots = [aLot({ expiresAt: NOON }), aLot({ seq: 2, origin: { seq: 4, n: 3 } })];
    const moves = having({ lots });
    moves.retime({ seq: 1, n: 0, amount: 30 }, { expiresAt: NOON + DAY });
    moves.retime({ seq: 2, n: 0, amount: 5 }, { expiresAt: NOON + DAY });
    const { opened, changed } = moves.done(NOON);
    expect(changed.map(({ seq, remaining }) => [seq, remaining])).toEqual([
      [1, 70],
      [2, 95],
    ]);
    const later = { ...dated, expiresAt: NOON + DAY };
    expect(opened).toMatchObject([
      { ...later, amount: 30, origin: { seq: 1, n: 0 } },
      { ...later, amount: 5, origin: { seq: 4, n: 3 } },
    ]);
    expect(moves.entries.map(({ debit, credit }) => [debit, credit])).toEqual([
      ['points', 'issued'],
      ['issued', 'points'],
      ['points', 'issued'],
      ['issued', 'points'],
    ]);
    const nowhere = { seq: 3, n: 0, amount: 1 };
    expect(() => {
      moves.pay([nowhere], 'adjusted');
    }).toThrow('invariant: what pays is chosen among open lots');
    expect(() => {
      moves.giveBack(nowhere, NOON, grace);
    }).toThrow('invariant: a captured redemption names known lots');
    expect(() => {
      moves.take(1_000, NOON);
    }).toThrow('invariant: what is taken was found to be available');
    expect(() => {
      moves.retime(nowhere, { expiresAt: NOON });
    }).toThrow('invariant: what is moved is chosen among open lots');
  });

  it('R72: are bought in a lot of their own, whatever is owed', () => {
    const moves = having({ owed: 4 });
    moves.buy(10, dated);
    expect(moves.entries).toEqual([
      { debit: 'bought', credit: 'points', amount: 10, lotSeq: 9, lotN: 0 },
    ]);
    expect(moves.done(NOON).figures).toMatchObject({ points: 110, owed: 4 });
  });

  it('R95: come in from an account, and pay a debt first', () => {
    const moves = having({ owed: 4 });
    moves.receive(10, 'currency:miles', dated);
    expect(moves.entries.map(({ debit, credit, amount }) => [debit, credit, amount])).toEqual([
      ['currency:miles', 'points', 10],
      ['points', 'owed', 4],
    ]);
  });

  it('R110: that have gone are counted once, behind what is left and before other points', () => {
    const lots = [aLot({ seq: 1, amount: 5 }), aLot({ seq: 2, amount: 50 })];
    const expired = [gone, { ...gone, seq: 3 }];
    const moves = having({ lots, expired });
    moves.takeBack(40, ({ seq }) => seq === 1);
    expect(moves.entries.map(({ debit, amount, lotSeq }) => [debit, amount, lotSeq])).toEqual([
      ['points', 5, 1],
      ['expired', 30, 1],
      ['points', 5, 2],
    ]);
    expect(moves.done(NOON).expired).toEqual([{ ...gone, seq: 3 }]);
    expect([moves.alreadyGone, moves.fromOthers, moves.lacking]).toEqual([30, 5, 0]);
    moves.takeBack(3, ({ seq }) => seq === 3);
    expect(moves.alreadyGone).toBe(33);
    expect(moves.done(NOON).expired).toEqual([{ ...gone, seq: 3, amount: 27 }]);
  });

  it('R18: that were spent come back to their lot, or to one of its age where it is over', () => {
    const back = (lot: Partial<Parameters<typeof aLot>[0]>, of: Grace = grace): unknown => {
      const moves = having({ lots: [aLot({ remaining: 60, ...lot })] });
      moves.giveBack({ seq: 1, n: 0, amount: 40 }, NOON, of);
      const { opened, changed } = moves.done(NOON);
      return [
        changed.map(({ remaining }) => remaining),
        opened.map(({ expiresAt, origin }) => [expiresAt, origin]),
      ];
    };
    const itself = { seq: 1, n: 0 };
    expect(back({})).toEqual([[100], []]);
    expect(back({ expiresAt: NOON + 1 })).toEqual([[100], []]);
    expect(back({ expiresAt: NOON })).toEqual([[], [[grace.endsAt, itself]]]);
    expect(back({}, { ...grace, isAnew: true })).toEqual([[], [[null, itself]]]);
    expect(back({ expiresAt: NOON, origin: { seq: 4, n: 2 } })).toEqual([
      [],
      [[grace.endsAt, { seq: 4, n: 2 }]],
    ]);
  });
});
