import { act, type Action } from '../../src/rules/act.js';
import { balanceAt } from '../../src/rules/spending/balance.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { Lot, MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import {
  aLot,
  aMember,
  anAccrual,
  aPurchase,
  DAY,
  lastOf,
  memberOf,
  MINUTE,
  NOON,
} from '../support/state.js';

const programme = aProgramme({
  rewards: [40, 100, 500].map((points) => ({
    code: `for-${String(points)}`,
    name: 'Reward',
    points,
    value: { amount: points, currency: 'GBP' },
  })),
});
const tiered = aProgramme();

/** A member who has these lots and nothing else. */
function owning(lots: readonly Lot[], more: Partial<MemberState> = {}): MemberState {
  const points = lots.reduce((sum, lot) => sum + lot.remaining - lot.held, 0);
  const opens = lots.map(({ availableFrom }) => availableFrom).filter((from) => from > NOON);
  const pending = lots.reduce(
    (sum, lot) => sum + (lot.availableFrom > NOON ? lot.remaining : 0),
    0,
  );
  const changesAt = opens.length === 0 ? null : Math.min(...opens);
  return aMember({ lots, points, pending, changesAt, version: 9, tier: 'blue', ...more });
}

const decide = (member: MemberState, action: Action, by = programme): Outcome =>
  act(by, { members: [member] }, action);
const hold = (member: MemberState, points: number, at = NOON): Outcome =>
  decide(member, { kind: 'hold', at, retailer: 'shop', reward: `for-${String(points)}` });
const end = (
  kind: 'capture' | 'release',
  member: MemberState,
  redemption: number,
  at: number,
): Outcome => decide(member, { kind, at, redemption });

const heldOf = ({ lots }: MemberState): [number, number][] =>
  (lots ?? []).filter((lot) => lot.held > 0).map((lot) => [lot.seq, lot.held]);
const END = NOON + 15 * MINUTE;

describe('spending order', () => {
  it.each([
    {
      title: 'the lot that expires first pays first, though it is the newest',
      lots: [
        aLot({ seq: 1, expiresAt: NOON + 9 * DAY, accruedAt: NOON - 2 }),
        aLot({ seq: 2, expiresAt: NOON + 8 * DAY, accruedAt: NOON - 1 }),
      ],
      order: [2, 1],
    },
    {
      title: 'lots that never expire come last',
      lots: [
        aLot({ seq: 1, expiresAt: null, accruedAt: 0 }),
        aLot({ seq: 2, expiresAt: NOON + 900 * DAY }),
      ],
      order: [2, 1],
    },
    {
      title: 'of equal expiry the one accrued first pays first, though booked later',
      lots: [
        aLot({ seq: 1, expiresAt: NOON + DAY, accruedAt: NOON - 1 }),
        aLot({ seq: 2, expiresAt: NOON + DAY, accruedAt: NOON - 2 }),
      ],
      order: [2, 1],
    },
    {
      title: 'of equal expiry and time the one posted first pays first',
      lots: [aLot({ seq: 12, accruedAt: 5 }), aLot({ seq: 3, accruedAt: 5 })],
      order: [3, 12],
    },
    {
      title: 'of one posting the first lot pays first',
      lots: [aLot({ seq: 3, n: 1 }), aLot({ seq: 3, n: 0 })],
      order: [3, 3],
    },
  ])('R6: $title', ({ lots, order }) => {
    const { entries } = lastOf(
      hold(owning(lots.map((lot) => ({ ...lot, remaining: 30, amount: 30 }))), 40),
    );
    expect(entries.map(({ lotSeq, amount }) => [lotSeq, amount])).toEqual([
      [order[0], 30],
      [order[1], 10],
    ]);
    if (order[0] === order[1]) expect(entries.map(({ lotN }) => lotN)).toEqual([0, 1]);
  });

  it('R6: pending and held points are passed over: 100 of 300 come from the third lot', () => {
    const lots = [
      aLot({ seq: 1, accruedAt: 1, availableFrom: NOON + 1 }),
      aLot({ seq: 2, accruedAt: 2, held: 100 }),
      aLot({ seq: 3, accruedAt: 3 }),
    ];
    const { entries } = lastOf(hold(owning(lots, { held: 100 }), 100));
    expect(entries).toEqual([{ debit: 'points', credit: 'held', amount: 100, lotSeq: 3, lotN: 0 }]);
  });
});

describe('holds', () => {
  it('R7: of 100 points 40 are held, 60 stay available, and the entries say so', () => {
    const outcome = hold(owning([aLot()]), 40);
    expect(lastOf(outcome)).toMatchObject({
      kind: 'hold',
      seq: 10,
      entries: [{ debit: 'points', credit: 'held', amount: 40, lotSeq: 1, lotN: 0 }],
      after: { points: 60, held: 40, pending: 0 },
      billionths: 0n,
    });
    expect(memberOf(outcome)).toMatchObject({ points: 60, held: 40, version: 10, changesAt: END });
  });

  it('R7: 39 available points of 100 refuse a hold of 40 and say that 1 is missing', () => {
    const outcome = hold(
      owning([aLot({ remaining: 39 }), aLot({ availableFrom: NOON + 1, seq: 2 })]),
      40,
    );
    const details = { available: 39, required: 40, missing: 1 };
    expect(outcome.refusal).toEqual({ code: 'insufficient_points', details });
    expect(lastOf(outcome)).toMatchObject({ kind: 'refused', seq: 10, entries: [], changed: [] });
  });

  it('R12: an unknown reward blames its field and leaves nothing behind', () => {
    const outcome = decide(owning([aLot()]), {
      kind: 'hold',
      at: NOON,
      retailer: 'shop',
      reward: 'x',
    });
    expect(outcome.refusal).toMatchObject({ code: 'unknown_reward', pointer: '/reward' });
    expect(outcome.postings).toEqual([]);
  });

  it('R12: a closed membership and a tier too low are refused for good', () => {
    const reward = { kind: 'hold', at: NOON, retailer: 'shop', reward: 'visit' } as const;
    const rich = owning([aLot({ amount: 5_000 })]);
    const low = decide(rich, reward, tiered);
    expect(low.refusal).toEqual({ code: 'tier_too_low', details: { minimumTier: 'silver' } });
    const closed = decide({ ...rich, status: 'closed' }, reward, tiered);
    expect(closed.refusal?.code).toBe('member_not_active');
    for (const outcome of [low, closed]) expect(lastOf(outcome).kind).toBe('refused');
    expect(lastOf(decide({ ...rich, tier: 'silver' }, reward, tiered)).kind).toBe('hold');
  });

  it('R7: a capture spends just the 40 that were held, lot by lot', () => {
    const lots = [aLot({ seq: 1, remaining: 30 }), aLot({ seq: 2 })];
    const held = memberOf(hold(owning(lots), 40));
    expect(heldOf(held)).toEqual([
      [1, 30],
      [2, 10],
    ]);
    const outcome = end('capture', held, 10, END - 1);
    expect(lastOf(outcome)).toMatchObject({ kind: 'redeem', subjectSeq: 10, seq: 11 });
    expect(lastOf(outcome).entries).toEqual([
      { debit: 'held', credit: 'redeemed', amount: 30, lotSeq: 1, lotN: 0 },
      { debit: 'held', credit: 'redeemed', amount: 10, lotSeq: 2, lotN: 0 },
    ]);
    const { lots: left, points, held: heldPoints } = memberOf(outcome);
    expect(left?.map(({ remaining }) => remaining)).toEqual([0, 90]);
    expect([points, heldPoints]).toEqual([90, 0]);
  });

  it('R7: a release gives the 40 back to the very lots, though another order would be due', () => {
    const lots = [aLot({ seq: 1, remaining: 30 }), aLot({ seq: 2 })];
    const before = owning(lots);
    const released = memberOf(end('release', memberOf(hold(before, 40)), 10, END - 1));
    expect(released.lots).toEqual(before.lots);
    expect([released.points, released.held, released.changesAt]).toEqual([130, 0, null]);
  });

  it('R7: what is captured or released can be neither captured nor released again', () => {
    const held = memberOf(hold(owning([aLot()]), 40));
    const captured = memberOf(end('capture', held, 10, NOON + 1));
    const released = memberOf(end('release', held, 10, NOON + 1));
    for (const kind of ['capture', 'release'] as const) {
      const twice = end(kind, captured, 10, NOON + 2);
      expect(twice.refusal?.code).toBe('redemption_already_captured');
      expect(lastOf(twice)).toMatchObject({ kind: 'refused', subjectSeq: 10, entries: [] });
      expect(end(kind, released, 10, NOON + 2).refusal?.code).toBe('redemption_already_released');
    }
  });

  it('R12: a redemption that was not read is an invariant broken, not an answer', () => {
    expect(() => end('capture', owning([aLot()]), 4, NOON)).toThrow('invariant');
  });
});

describe('time-outs', () => {
  const held = memberOf(hold(owning([aLot()]), 40));

  it('R8: a hold of 15 minutes is captured in its last millisecond', () => {
    expect(lastOf(end('capture', held, 10, END - 1)).kind).toBe('redeem');
  });

  it('R8: at its end the release is posted first and the capture refused: hold_expired', () => {
    const outcome = end('capture', held, 10, END);
    expect(outcome.refusal).toEqual({ code: 'hold_expired', details: {} });
    expect(outcome.postings.map(({ kind, seq }) => [kind, seq])).toEqual([
      ['release', 11],
      ['refused', 12],
    ]);
    expect(outcome.postings[0]).toMatchObject({ subjectSeq: 10, occurredAt: END, versionNo: 1 });
    expect(outcome.postings[0]?.explanation).toEqual([[-2, -1, 'hold_timed_out', '0', 40]]);
    expect(memberOf(outcome)).toMatchObject({ points: 100, held: 0, version: 12, changesAt: null });
  });

  it('R8: later captures of a hold that timed out are told the same', () => {
    const released = memberOf(decide(held, { kind: 'settle', at: END + DAY }));
    expect(released).toMatchObject({ points: 100, held: 0, version: 11 });
    expect(end('capture', released, 10, END + 2 * DAY).refusal?.code).toBe('hold_expired');
  });

  it('R8: a hold that its shop released is told as released, also after its time', () => {
    const released = memberOf(end('release', held, 10, NOON + 1));
    const code = 'redemption_already_released';
    expect(end('capture', released, 10, END - 1).refusal?.code).toBe(code);
    expect(end('capture', released, 10, END + DAY).refusal?.code).toBe(code);
  });

  it('R8: an accrual that comes after it posts the release first', () => {
    const outcome = decide(held, anAccrual(aPurchase([1_000]), { at: END }));
    expect(outcome.postings.map(({ kind, seq }) => [kind, seq])).toEqual([
      ['release', 11],
      ['accrue', 12],
    ]);
    expect(lastOf(outcome).after).toMatchObject({ points: 110, held: 0, pending: 10 });
  });

  it('R8: two holds that ran out at different times are two releases, the newer one stays', () => {
    const two = memberOf(hold(held, 40, NOON + MINUTE));
    const settled = decide(two, { kind: 'settle', at: END });
    expect(settled.postings.map(({ subjectSeq }) => subjectSeq)).toEqual([10]);
    expect(memberOf(settled)).toMatchObject({ points: 60, held: 40, changesAt: END + MINUTE });
    const both = decide(two, { kind: 'settle', at: END + MINUTE });
    expect(both.postings.map(({ subjectSeq, occurredAt }) => [subjectSeq, occurredAt])).toEqual([
      [10, END],
      [11, END + MINUTE],
    ]);
  });

  it('R8: freed points pay a new hold at the very instant the old one ends', () => {
    const all = memberOf(hold(owning([aLot()]), 100));
    expect(hold(all, 100, END - 1).refusal?.code).toBe('insufficient_points');
    const next = hold(all, 100, END);
    expect(next.postings.map(({ kind }) => kind)).toEqual(['release', 'hold']);
  });

  it('R8: what time has not changed is not touched', () => {
    const settled = decide(held, { kind: 'settle', at: END - 1 });
    expect(settled.postings).toEqual([]);
    expect(memberOf(settled)).toBe(held);
  });

  it('R9: points that came out of their window pay a hold without any job', () => {
    const pending = owning([aLot({ availableFrom: NOON + DAY })]);
    expect(hold(pending, 100, NOON + DAY - 1).refusal?.code).toBe('insufficient_points');
    const outcome = hold(pending, 100, NOON + DAY);
    expect(outcome.postings.map(({ kind }) => kind)).toEqual(['hold']);
    expect(lastOf(outcome).after).toMatchObject({ points: 0, held: 100, pending: 0 });
  });

  it('R9: points past their expiry date still pay until their expiry is posted', () => {
    const old = owning([aLot({ expiresAt: NOON - DAY })]);
    expect(lastOf(hold(old, 100)).kind).toBe('hold');
    expect(balanceAt(old.lots ?? [], [], 0, NOON).available).toBe(100);
  });
});
