import { act } from '../../src/rules/act.js';
import type { Action } from '../../src/rules/act.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { Programme } from '../../src/rules/programme.js';
import { counterOf } from '../../src/rules/transfers/terms.js';
import type { Lot, MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, DAY, HOUR, NOON } from '../support/state.js';

/** Midnight in London: the beginning of NOON's day, of its year, and of the next day. */
const TODAY = Date.UTC(2026, 5, 15, 23);
const YEAR = Date.UTC(2026, 0, 1);
const OLD = NOON - 40 * DAY;

const transfers = {
  ...{ minimumPoints: 10, fee: 2, perDay: 100, perYear: 150, receivedPerYear: 120 },
  ...{ coolDownHours: 1, lotAgeDays: 30 },
};
const pointSales = { price: '1.25', minimumPoints: 100, step: 50, perYear: 400, refundDays: 14 };
const lot = (changed: Partial<Lot> = {}): Lot =>
  aLot({ accruedAt: OLD, availableFrom: OLD, ...changed });

const [annId, benId] = [1, 2].map((n) => `0a1b2c3d-0000-4000-8000-00000000000${String(n)}`);
const ann = (lots: Lot[], changed: Partial<MemberState> = {}): MemberState =>
  aMember({
    ...{ memberId: annId ?? '', lots, version: 1, earned: new Set([1]) },
    points: lots.reduce((sum, { remaining, held }) => sum + remaining - held, 0),
    ...changed,
  });
const ben = (changed: Partial<MemberState> = {}): MemberState =>
  aMember({ memberId: benId ?? '', ...changed });

function give(members: readonly MemberState[], points: number, by: Programme): Outcome {
  return act(by, { members }, { kind: 'transfer', at: NOON, points });
}
const giving = (changed: object = {}): Programme =>
  aProgramme({ transfers: { ...transfers, ...changed } });

describe('what a transfer writes', () => {
  it('X4: counts what was given by day and year, when, and what was received', () => {
    const counters = new Map([
      [`:transfers/given@${String(TODAY)}`, 30],
      [`:transfers/given-year@${String(YEAR)}`, 50],
      [`:transfers/received-year@${String(YEAR)}`, 7],
      ['other@0', 5],
    ]);
    const outcome = give([ann([lot()], { counters }), ben({ counters })], 20, giving());
    const [into, out] = outcome.postings;
    expect(out?.counters).toEqual([
      { counter: ':transfers/given', periodStart: TODAY, used: 50 },
      { counter: ':transfers/given-year', periodStart: YEAR, used: 70 },
      { counter: ':transfers/last', periodStart: 0, used: NOON },
    ]);
    expect(into?.counters).toEqual([
      { counter: ':transfers/received-year', periodStart: YEAR, used: 27 },
    ]);
    const [giver, receiver] = outcome.state.members;
    expect([...(giver?.counters ?? [])]).toEqual([
      [`:transfers/given@${String(TODAY)}`, 50],
      [`:transfers/given-year@${String(YEAR)}`, 70],
      [`:transfers/received-year@${String(YEAR)}`, 7],
      ['other@0', 5],
      [':transfers/last@0', NOON],
    ]);
    expect(receiver?.counters.get(`:transfers/received-year@${String(YEAR)}`)).toBe(27);
    expect([out?.moved, into?.moved]).toEqual([-22, 20]);
  });

  it('X1: tells points, fee and debts in the words of the explanation, and nothing that is nothing', () => {
    const said = (outcome: Outcome): unknown =>
      outcome.postings.map(({ explanation }) => explanation);
    expect(said(give([ann([lot()]), ben()], 20, giving()))).toEqual([
      [[-2, -1, 'points_received', '20000000000']],
      [
        [-2, -1, 'points_given', '-20000000000'],
        [-2, -1, 'transfer_fee', '-2000000000'],
      ],
    ]);
    expect(said(give([ann([lot()]), ben({ owed: 3 })], 20, giving({ fee: 0 })))).toEqual([
      [
        [-2, -1, 'points_received', '20000000000'],
        [-2, -1, 'owed_repaid', '0', 3],
      ],
      [[-2, -1, 'points_given', '-20000000000']],
    ]);
  });

  it('X3: gives what is just old enough, and what was earned by this purchase and no other', () => {
    const just = lot({ accruedAt: NOON - 30 * DAY, amount: 22 });
    expect(give([ann([just]), ben()], 20, giving()).refusal).toBeUndefined();
    const whose = ann([lot({ amount: 22 })], { earned: new Set() });
    expect(give([whose, ben()], 20, giving()).refusal).toMatchObject({
      ...{ code: 'insufficient_points', details: { available: 0, required: 22, missing: 22 } },
    });
  });

  it('X5: names the field to blame, and only where a field is', () => {
    const refusal = (members: readonly MemberState[], points = 20, by = giving()): unknown =>
      give(members, points, by).refusal;
    expect(refusal([ann([lot()]), ben()], 20, aProgramme())).toEqual({
      ...{ code: 'transfers_not_offered', pointer: '/points', details: {} },
    });
    expect(refusal([ann([lot()]), ben()], 9)).toEqual({
      ...{ code: 'transfer_too_small', pointer: '/points', details: { minimumPoints: 10 } },
    });
    expect(refusal([ann([lot()]), ann([lot()])])).toEqual({
      ...{ code: 'transfer_to_self', pointer: '/member', details: {} },
    });
    const left = ben({ status: 'left' });
    expect(refusal([ann([lot()]), left])).toEqual({ code: 'receiver_not_active', details: {} });
  });

  it('X4: one that was never given before waits for nothing, at the clock’s very beginning too', () => {
    const early = { kind: 'transfer', at: HOUR / 2, points: 20 } as const;
    const points = lot({ accruedAt: -31 * DAY, availableFrom: 0 });
    expect(act(giving(), { members: [ann([points]), ben()] }, early).refusal).toBeUndefined();
  });

  it('X4: a counter is found again by its key, whatever its name has in it', () => {
    expect(counterOf('odd@name@12', 5)).toEqual({ counter: 'odd@name', periodStart: 12, used: 5 });
  });
});

describe('what a sale of points writes', () => {
  const sale = (changed: Partial<Action> = {}): Action => ({
    ...{ kind: 'sell', at: NOON, points: 100, paid: 125 },
    ...(changed as object),
  });
  const selling = (changed: object = {}): Programme => aProgramme({ pointSales, ...changed });
  const key = `:sales/year@${String(YEAR)}`;

  it('X8: opens a lot with the date that points bought in shops have', () => {
    const opened = (by: Programme): unknown =>
      act(by, { members: [ben()] }, sale()).postings.flatMap((posting) => posting.opened);
    const bought = {
      ...{ seq: 1, n: 0, funder: 'own', amount: 100, remaining: 100, held: 0 },
      ...{ accruedAt: NOON, availableFrom: NOON, origin: undefined },
    };
    const end = Date.UTC(2028, 5, 16, 23);
    expect(opened(selling())).toEqual([{ ...bought, expiresAt: end }]);
    expect(opened(selling({ expiry: { kind: 'none' } }))).toEqual([{ ...bought, expiresAt: null }]);
  });

  it('X9: counts what was bought in the year, beside everything else that is counted', () => {
    const counters = new Map([
      [key, 150],
      ['other@0', 5],
    ]);
    const outcome = act(selling(), { members: [ben({ counters, points: 40 })] }, sale());
    const [posting] = outcome.postings;
    expect(posting?.counters).toEqual([{ counter: ':sales/year', periodStart: YEAR, used: 250 }]);
    expect(posting?.moved).toBe(100);
    expect([...(outcome.state.members[0]?.counters ?? [])]).toEqual([
      [key, 250],
      ['other@0', 5],
    ]);
  });

  it('X9: names the field to blame', () => {
    const refusal = (points: number, paid: number, by = selling()): unknown =>
      act(by, { members: [ben()] }, { kind: 'sell', at: NOON, points, paid }).refusal;
    expect(refusal(100, 125, aProgramme())).toEqual({
      ...{ code: 'points_not_sold', pointer: '/points', details: {} },
    });
    expect(refusal(50, 63)).toMatchObject({ pointer: '/points' });
    expect(refusal(120, 150)).toMatchObject({ pointer: '/points' });
    expect(refusal(150, 187)).toMatchObject({ pointer: '/paid/amount' });
    const frozen = act(selling(), { members: [ben({ status: 'frozen' })] }, sale());
    expect(frozen.refusal).toEqual({ code: 'member_not_active', details: {} });
  });

  const refund = (member: MemberState, points = 100, at = NOON, by = selling()): Outcome => {
    const action = {
      kind: 'refund_sale',
      at,
      sale: { seq: 1, at: NOON, points },
      soldBy: by,
    } as const;
    return act(by, { members: [member] }, action);
  };

  it('X10: takes the points of that sale, wherever they are now, and no others', () => {
    const lots = [
      aLot({ seq: 1, amount: 60 }),
      aLot({ seq: 1, n: 1, amount: 50, remaining: 0 }),
      aLot({ seq: 2, amount: 70 }),
      aLot({ seq: 3, amount: 40, origin: { seq: 1, n: 1 } }),
    ];
    const counters = new Map([[key, 150]]);
    const outcome = refund(ben({ lots, points: 170, version: 3, counters }));
    const [posting] = outcome.postings;
    expect(posting).toMatchObject({
      ...{ subjectSeq: 1, moved: -100, billionths: -100_000_000_000n },
      explanation: [[-2, -1, 'points_refunded', '-100000000000']],
      entries: [
        { debit: 'points', credit: 'bought', amount: 60, lotSeq: 1, lotN: 0 },
        { debit: 'points', credit: 'bought', amount: 40, lotSeq: 3, lotN: 0 },
      ],
      counters: [{ counter: ':sales/year', periodStart: YEAR, used: 50 }],
    });
    const left = outcome.state.members[0]?.lots?.map(({ remaining }) => remaining);
    expect(left).toEqual([0, 0, 70, 0]);
  });

  it('X10: makes room for as many as were sold, and never for more', () => {
    const lots = [aLot({ seq: 1 })];
    const left = (used: number | undefined): unknown => {
      const counters = new Map(used === undefined ? [] : [[key, used]]);
      return refund(ben({ lots, points: 100, version: 1, counters })).postings[0]?.counters;
    };
    const used = (points: number): object => [
      { counter: ':sales/year', periodStart: YEAR, used: points },
    ];
    expect(left(100)).toEqual(used(0));
    expect(left(30)).toEqual(used(0));
    expect(left(undefined)).toEqual(used(0));
  });

  it('X10: is refused after its days, by a version without sales at once, and with what was refused named', () => {
    const member = ben({ lots: [aLot({ seq: 1 })], points: 100, version: 1 });
    const late = refund(member, 100, NOON + 14 * DAY);
    expect(late.refusal).toEqual({ code: 'refund_too_late', details: {} });
    const bare = refund(member, 100, NOON, aProgramme());
    expect(bare.refusal?.code).toBe('refund_too_late');
    expect(refund(member, 101).refusal).toEqual({ code: 'points_spent', details: {} });
  });
});
