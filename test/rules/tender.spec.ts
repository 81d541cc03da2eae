import fc from 'fast-check';
import { act, type Action } from '../../src/rules/act.js';
import { paidBy } from '../../src/rules/actions/tender.js';
import { TENDER } from '../../src/rules/programme.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, lastOf, memberOf, NOON, versionsOf } from '../support/state.js';

/** Half a penny a point, for at most half of a purchase. */
const terms = { rate: '0.5', minimumPoints: 20, step: 10, maximumShare: '0.5' };
const programme = aProgramme({ tender: terms });

const owner = aMember({
  lots: [aLot({ seq: 1, amount: 30 }), aLot({ seq: 2, amount: 470, accruedAt: NOON + 1 })],
  points: 500,
  version: 9,
  tier: 'blue',
});

const decide = (member: MemberState, action: Action): Outcome =>
  act(programme, { members: [member] }, action);
const tender = (points: number, total = 1_000, member = owner): Outcome =>
  decide(member, { kind: 'tender', at: NOON, retailer: 'shop', points, total });
const capture = (member: MemberState, amount?: number): Outcome =>
  decide(member, { kind: 'capture', at: NOON, redemption: 10, amount });

describe('points that pay', () => {
  it('R31: are held for the amount they pay, rounded down', () => {
    const held = memberOf(tender(100));
    expect(held.redemptions).toEqual([
      expect.objectContaining({ reward: TENDER, points: 100, amount: 50, state: 'held' }),
    ]);
    expect([held.points, held.held]).toEqual([400, 100]);
    const odd = aProgramme({ tender: { ...terms, rate: '0.333' } }).tender;
    expect(odd === undefined ? 0 : paidBy(odd, 100)).toBe(33);
  });

  it.each([
    [10, 1_000, 'tender_too_small', { minimumPoints: 20 }],
    [25, 1_000, 'tender_not_in_steps', { step: 10 }],
    [220, 200, 'tender_above_share', { amount: 110, maximum: 100 }],
    [510, 1_000, 'insufficient_points', { available: 500, required: 510, missing: 10 }],
  ])('R31: %i points of %i are refused: %s', (points, total, code, details) => {
    expect(tender(points, total).refusal).toMatchObject({ code, details });
  });

  it('R31: pay nothing where the programme does not say so', () => {
    const action = {
      kind: 'tender',
      at: NOON,
      retailer: 'shop',
      points: 20,
      total: 1_000,
    } as const;
    const { refusal } = act(aProgramme(), { members: [owner] }, action);
    expect(refusal).toEqual({ code: 'points_do_not_pay', pointer: '/tender', details: {} });
  });

  it('R31: are captured for a smaller amount, and the rest of them goes back to its lots', () => {
    const outcome = capture(memberOf(tender(100)), 20);
    const member = memberOf(outcome);
    expect(member.redemptions?.[0]).toMatchObject({ points: 40, amount: 20, state: 'captured' });
    expect([member.points, member.held]).toEqual([460, 0]);
    expect(member.lots?.map(({ remaining, held }) => [remaining, held])).toEqual([
      [0, 0],
      [460, 0],
    ]);
    expect(lastOf(outcome)).toMatchObject({ kind: 'redeem', moved: 60 });
    expect(lastOf(outcome).entries.map(({ credit, amount }) => [credit, amount])).toEqual([
      ['redeemed', 30],
      ['redeemed', 10],
      ['points', 60],
    ]);
  });

  it('R31: are never captured for more than was held, nor a reward in part', () => {
    expect(capture(memberOf(tender(100)), 51).refusal).toEqual({
      code: 'capture_exceeds_hold',
      pointer: '/amount',
      details: { maximum: 50 },
    });
    const rich = { ...owner, lots: [aLot({ amount: 500 })] };
    const reward = memberOf(
      decide(rich, { kind: 'hold', at: NOON, retailer: 'shop', reward: 'voucher' }),
    );
    expect(capture(reward, 1).refusal?.code).toBe('not_a_tender');
  });

  it('R31: pay up to the very share, and nothing for who may not spend', () => {
    expect(tender(200, 200).refusal).toBeUndefined();
    expect(tender(100, 1_000, { ...owner, isFrozen: true }).refusal).toEqual({
      code: 'spending_frozen',
      details: {},
    });
    expect(tender(510, 9_000, { ...owner, status: 'closed' }).refusal?.code).toBe(
      'member_not_active',
    );
    const refused = tender(100, 10).refusal;
    expect(refused?.pointer).toBe('/tender/points');
  });

  it('R31: are captured for the very amount that was held, which leaves nothing over', () => {
    const outcome = capture(memberOf(tender(100)), 50);
    expect(outcome.refusal).toBeUndefined();
    expect(lastOf(outcome)).toMatchObject({
      kind: 'redeem',
      explanation: [[-2, -1, 'hold_captured', '0', 100]],
    });
    expect(lastOf(outcome).moved).toBeUndefined();
    expect(lastOf(capture(memberOf(tender(100)), 20)).explanation).toEqual([
      [-2, -1, 'hold_captured', '0', 40],
      [-2, -1, 'rest_released', '0', 60],
    ]);
  });

  it('R31: are captured beside another hold, which stays', () => {
    const first = memberOf(tender(100));
    const both = memberOf(tender(40, 1_000, first));
    const outcome = capture(both);
    expect(memberOf(outcome).redemptions).toMatchObject([
      { seq: 10, state: 'captured' },
      { seq: 11, state: 'held', points: 40 },
    ]);
    expect(memberOf(outcome)).toMatchObject({ points: 360, held: 40 });
    const over = memberOf(outcome);
    const used = over.redemptions?.map((each) => ({ ...each, state: 'used' as const })) ?? [];
    for (const kind of ['capture', 'release'] as const) {
      const again = (member: MemberState, redemption: number): unknown =>
        decide(member, { kind, at: NOON, redemption }).refusal;
      const already = { code: 'redemption_already_captured', details: {} };
      expect(again(over, 10)).toEqual(already);
      expect(again({ ...over, redemptions: used }, 11)).toEqual(already);
      const released = memberOf(decide(both, { kind: 'release', at: NOON, redemption: 11 }));
      expect(again(released, 11)).toEqual({ code: 'redemption_already_released', details: {} });
    }
  });

  it('R31: never pay more than their rate, however much of them is captured', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 50 }), fc.nat(), (tens, part) => {
        const held = memberOf(tender(tens * 10, 10_000));
        const most = held.redemptions?.[0]?.amount ?? 0;
        const amount = 1 + (part % most);
        const [redemption] = memberOf(capture(held, amount)).redemptions ?? [];
        const points = redemption?.points ?? 0;
        expect(points).toBeGreaterThanOrEqual(amount * 2);
        expect(points).toBeLessThan(amount * 2 + 2);
      }),
    );
  });
});

describe('a purchase that points paid', () => {
  const lines = [400, 600].map((amount) => ({ category: 'home', quantity: 1, amount, tax: 0 }));
  const paid = (points: number): Action => ({
    ...{ kind: 'accrue', at: NOON, occurredAt: NOON, retailer: 'shop' },
    purchase: {
      lines,
      tenders: [
        { kind: 'points', amount: points },
        { kind: 'card', amount: 1_000 - points },
      ],
    },
    redemptions: [10],
    versions: versionsOf(programme),
  });
  /** As the ledger reads them: what is still spent of which lot. */
  const reread = (member: MemberState): MemberState => ({
    ...member,
    history: [],
    purchases: new Map(),
    redemptions: member.redemptions?.map((each) => ({
      ...each,
      lots: [
        { seq: 1, n: 0, amount: 30 },
        { seq: 2, n: 0, amount: 70 },
      ],
    })),
  });
  const bought = (): MemberState =>
    memberOf(decide(reread(memberOf(capture(memberOf(tender(100))))), paid(50)));
  const back = (member: MemberState, line?: number): Outcome =>
    decide(member, {
      ...{ kind: 'return', at: NOON + 1, occurredAt: NOON + 1, purchase: 12 },
      lines: line === undefined ? undefined : [{ line }],
      versions: versionsOf(programme),
    });

  it('R32: says in its tenders what they paid', () => {
    const captured = reread(memberOf(capture(memberOf(tender(100)))));
    expect(decide(captured, paid(49)).refusal).toEqual({
      code: 'points_tender_differs',
      pointer: '/tenders',
      details: { redeemed: 50, tendered: 49 },
    });
    expect(decide(captured, paid(50)).refusal).toBeUndefined();
  });

  it('R32: brings a share back once, and none that is less than a point', () => {
    const member = bought();
    const [redemption] = member.redemptions ?? [];
    if (redemption === undefined) throw new Error('Points paid.');
    // Forty of a hundred were given back before, by whichever return.
    const before = { ...member, redemptions: [{ ...redemption, back: 40 }] };
    const told = (outcome: Outcome): unknown[] =>
      lastOf(outcome).explanation.filter(([, , code]) => code === 'tender_given_back');
    expect(told(back(before, 0))).toEqual([]);
    expect(memberOf(back(before, 0)).redemptions).toMatchObject([{ back: 40, state: 'captured' }]);
    const almost = { ...member, redemptions: [{ ...redemption, back: 39 }] };
    expect(told(back(almost, 0))).toEqual([[-2, -1, 'tender_given_back', '0', 1]]);
  });

  it('R32: a reward used beside them comes back with the last part only', () => {
    const member = bought();
    const [redemption] = member.redemptions ?? [];
    if (redemption === undefined) throw new Error('Points paid.');
    const reward = { ...redemption, seq: 5, reward: 'voucher', amount: undefined, lots: [] };
    for (const state of ['captured', 'used'] as const) {
      const both = { ...member, redemptions: [{ ...reward, state }, redemption] };
      const part = memberOf(back(both, 0));
      expect(part.redemptions).toMatchObject([
        { seq: 5, state },
        { seq: redemption.seq, back: 40 },
      ]);
      const whole = memberOf(back(part, 1));
      expect(whole.redemptions?.map((each) => each.state)).toEqual(['returned', 'returned']);
    }
    const released = { ...member, redemptions: [{ ...reward, state: 'released' as const }] };
    expect(memberOf(back(released)).redemptions).toMatchObject([{ seq: 5, state: 'released' }]);
  });

  it('R32: brings its share back with a part, and all of the rest with the last', () => {
    const part = back(bought(), 0);
    expect(part.refusal).toBeUndefined();
    const member = memberOf(part);
    expect(member.redemptions?.[0]).toMatchObject({ state: 'captured', back: 40 });
    expect(lastOf(part).explanation).toContainEqual([-2, -1, 'tender_given_back', '0', 40]);
    expect(member.lots?.slice(0, 2).map(({ remaining }) => remaining)).toEqual([0, 440]);
    const rest = back(member, 1);
    expect(lastOf(rest).explanation).toContainEqual([-2, -1, 'tender_given_back', '0', 60]);
    const whole = memberOf(rest);
    expect(whole.redemptions?.[0]?.state).toBe('returned');
    expect(whole.lots?.slice(0, 2).map(({ remaining }) => remaining)).toEqual([30, 470]);
    expect(whole.points).toBe(500);
  });
});
