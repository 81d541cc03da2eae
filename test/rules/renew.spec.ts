import fc from 'fast-check';
import { act, type Action } from '../../src/rules/act.js';
import { adjustmentLimits, waitingLimit } from '../../src/rules/actions/adjustment-limits.js';
import type { RenewAction } from '../../src/rules/expiry/renew.js';
import type { Told } from '../../src/rules/expiry/terms.js';
import type { Programme } from '../../src/rules/programme.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { GoneLot, Lot, MemberState, State } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import {
  aLot,
  aMember,
  aPurchase,
  DAY,
  lastOf,
  memberOf,
  NOON,
  versionsOf,
} from '../support/state.js';

const base = aProgramme({
  returnWindowDays: 0,
  lateEvents: { windowDays: 4_000, older: 'flag' },
  staff: {
    reasons: [{ code: 'goodwill', name: 'Goodwill' }],
    ...{ perStaffPerDay: 900, perMemberPerDay: 400, fourEyesAbove: 200 },
  },
  rewards: [{ code: 'r', name: 'R', points: 25, value: { amount: 25, currency: 'GBP' } }],
});
const programme: Programme = {
  ...base,
  expiry: {
    ...{ kind: 'rolling', months: 1 },
    notices: { daysBefore: [7], leastDays: 1, mostDays: null, lastResort: true },
  },
};
const versions = versionsOf(programme);
const ada = { id: 'ada', memberId: null };
const ben = { id: 'ben', memberId: null };

function stateOf(member: MemberState, used = 0): State {
  const limits = new Map([[waitingLimit('ada').id, 0]]);
  for (const { id } of adjustmentLimits('ada', member.memberId)) limits.set(id, used);
  return { members: [member], limits };
}

const asking = (action: Partial<RenewAction>): RenewAction => ({
  ...{ kind: 'extend', at: NOON, points: 10, lastDay: '2026-12-31' },
  ...{ reason: 'goodwill', requester: ada, ...action },
});
const renew = (member: MemberState, action: Partial<RenewAction>, used = 0): Outcome =>
  act(programme, stateOf(member, used), asking(action));

const newYear = Date.UTC(2027, 0, 1);
const soon = NOON + 5 * DAY;
const age = { accruedAt: NOON - 90 * DAY, availableFrom: NOON - 60 * DAY };
const owner = (...lots: Lot[]): MemberState =>
  aMember({
    ...{ version: 9, lots, expired: [], approvals: { made: 0, pending: [] } },
    points: lots.reduce((sum, { remaining, held }) => sum + remaining - held, 0),
    held: lots.reduce((sum, { held }) => sum + held, 0),
  });
const gone = (seq: number, amount: number, expiresAt: number): GoneLot => ({
  ...{ seq, n: 0, amount, origin: seq === 4 ? { seq: 2, n: 1 } : undefined },
  terms: { funder: 'corner', ...age, expiresAt },
});

describe('an extension', () => {
  it('R130: opens lots of the same age and funder that go later, and leaves the rest', () => {
    const lots = [
      aLot({ seq: 3, amount: 30, expiresAt: soon + DAY, ...age, origin: { seq: 1, n: 2 } }),
      aLot({ seq: 2, amount: 20, expiresAt: soon, ...age, funder: 'corner' }),
    ];
    const outcome = renew(owner(...lots), { points: 35 });
    expect(lastOf(outcome)).toMatchObject({
      ...{ kind: 'extend', occurredAt: NOON, billionths: 0n },
      explanation: [
        [-2, -1, 'points_extended', '0', 'goodwill'],
        [-2, -1, 'last_day', '0', '2026-12-31'],
      ],
      entries: [
        { debit: 'points', credit: 'issued', amount: 20, lotSeq: 2, lotN: 0 },
        { debit: 'issued', credit: 'points', amount: 20, lotSeq: 10, lotN: 0 },
        { debit: 'points', credit: 'issued', amount: 15, lotSeq: 3, lotN: 0 },
        { debit: 'issued', credit: 'points', amount: 15, lotSeq: 10, lotN: 1 },
      ],
      opened: [
        { funder: 'corner', ...age, expiresAt: newYear, origin: { seq: 2, n: 0 } },
        { funder: 'own', ...age, expiresAt: newYear, origin: { seq: 1, n: 2 } },
      ],
      uses: adjustmentLimits('ada', owner().memberId).map(({ id }) => ({ limit: id, amount: 35 })),
    });
    expect(memberOf(outcome)).toMatchObject({ points: 50, version: 10 });
  });

  it('R130: passes by what is held, never goes, or goes no earlier than the new day', () => {
    const lots = [
      aLot({ seq: 1, amount: 10, held: 4, expiresAt: soon }),
      aLot({ seq: 2, amount: 10, expiresAt: null }),
      aLot({ seq: 3, amount: 10, expiresAt: newYear }),
    ];
    expect(renew(owner(...lots), { points: 7 }).refusal).toEqual({
      code: 'too_few_points_to_extend',
      details: { available: 6, required: 7, missing: 1 },
    });
    expect(renew(owner(...lots), { points: 6 }).refusal).toBeUndefined();
  });

  it('R130: names a day to come, within ten years, that is in the calendar', () => {
    const member = owner(aLot({ expiresAt: soon }));
    const said = (lastDay: string): unknown => renew(member, { lastDay }).refusal;
    const refusal = { code: 'date_not_possible', pointer: '/lastDay', details: {} };
    for (const day of ['2026-06-15', '2027-02-30', '2036-06-17'])
      expect(said(day)).toEqual(refusal);
    for (const day of ['2026-12-31', '2036-06-16']) expect(said(day)).toBeUndefined();
    expect(said('2026-06-16')).toMatchObject({ code: 'too_few_points_to_extend' });
  });

  it('R132: moves what was bought for money, which can be refunded as before', () => {
    const bought = owner(aLot({ seq: 9, amount: 100, expiresAt: soon }));
    const member = memberOf(renew(bought, { points: 60 }));
    const sale = { seq: 9, at: NOON, points: 100 };
    const terms = { price: '1', minimumPoints: 1, step: 1, perYear: 900, refundDays: 14 };
    const soldBy = aProgramme({ pointSales: terms });
    const refund = (of: MemberState): Outcome =>
      act(programme, { members: [of] }, { kind: 'refund_sale', at: NOON, sale, soldBy });
    expect(memberOf(refund(member))).toMatchObject({ points: 0 });
    const spent = member.lots?.map((lot) => (lot.seq === 10 ? { ...lot, remaining: 59 } : lot));
    expect(refund({ ...member, lots: spent }).refusal?.code).toBe('points_spent');
  });
});

describe('a reinstatement', () => {
  const poor = { ...owner(), expired: [gone(4, 30, NOON - DAY), gone(5, 40, NOON - 2 * DAY)] };

  it('R131: brings back what went last, in lots of its age, and counts it as gone no more', () => {
    const outcome = renew(poor, { kind: 'reinstate', points: 50 });
    expect(lastOf(outcome)).toMatchObject({
      ...{ kind: 'reinstate', moved: 50, billionths: 0n },
      entries: [
        { debit: 'expired', credit: 'issued', amount: 30, lotSeq: 4, lotN: 0 },
        { debit: 'issued', credit: 'points', amount: 30, lotSeq: 10, lotN: 0 },
        { debit: 'expired', credit: 'issued', amount: 20, lotSeq: 5, lotN: 0 },
        { debit: 'issued', credit: 'points', amount: 20, lotSeq: 10, lotN: 1 },
      ],
      opened: [
        { funder: 'corner', ...age, expiresAt: newYear, origin: { seq: 2, n: 1 } },
        { funder: 'corner', ...age, expiresAt: newYear, origin: { seq: 5, n: 0 } },
      ],
    });
    expect(memberOf(outcome)).toMatchObject({ points: 50, expired: [{ seq: 5, amount: 20 }] });
  });

  it('R131: brings back no more than went', () => {
    expect(renew(poor, { kind: 'reinstate', points: 71 }).refusal).toEqual({
      code: 'too_few_points_went',
      details: { available: 70, required: 71, missing: 1 },
    });
    const whole = memberOf(renew(poor, { kind: 'reinstate', points: 70 }));
    expect(whole.expired).toEqual([]);
    expect(renew(whole, { kind: 'reinstate', points: 1 }).refusal?.code).toBe(
      'too_few_points_went',
    );
  });

  it('R131: pays what is owed first, as all that is issued does', () => {
    const outcome = renew({ ...poor, owed: 12 }, { kind: 'reinstate', points: 30 });
    expect(lastOf(outcome)).toMatchObject({ moved: 18 });
    expect(lastOf(outcome).explanation).toContainEqual([-2, -1, 'owed_repaid', '0', 12]);
    expect(memberOf(outcome)).toMatchObject({ points: 18, owed: 0 });
  });

  it('R130, R131: keeps to limits and second persons as an adjustment does', () => {
    for (const kind of ['reinstate', 'extend'] as const) {
      const member = {
        ...owner(aLot({ amount: 300, expiresAt: soon })),
        expired: [gone(5, 300, 1)],
      };
      const own = { id: 'ada', memberId: member.memberId };
      expect(renew(member, { kind, requester: own }).refusal?.code).toBe('own_account');
      expect(renew(member, { kind, reason: 'whim' }).refusal?.code).toBe('unknown_reason');
      expect(renew(member, { kind }, 391).refusal?.code).toBe('member_limit_reached');
      expect(renew({ ...member, status: 'left' }, { kind }).refusal?.code).toBe(
        'member_not_active',
      );
      const asked = renew(member, { kind, points: 201 });
      expect(asked.postings).toEqual([]);
      expect(asked.approval?.renewal).toEqual({ kind, lastDay: '2026-12-31' });
      const deciding = { approval: 1, requester: ada, decider: ben } as const;
      const approve = (at: number): Outcome =>
        act(programme, stateOf(memberOf(asked)), { kind: 'approve', at, ...deciding });
      const approved = approve(NOON + DAY);
      expect(lastOf(approved)).toMatchObject({ kind, approval: { n: 1, decider: 'ben' } });
      expect(approved.approval).toMatchObject({ state: 'approved', postingSeq: 10 });
      const late = renew(member, { kind, points: 201, lastDay: '2026-06-16' });
      const refused = act(programme, stateOf(memberOf(late)), {
        ...{ kind: 'approve', at: NOON + DAY, ...deciding },
      } as const);
      expect(refused.refusal).toEqual({ code: 'date_not_possible', details: {} });
      expect(lastOf(refused).kind).toBe('refused');
    }
  });
});

type Step =
  | { do: 'buy'; amount: number }
  | { do: 'spend' }
  | { do: 'back'; of: number; amount: number }
  | { do: 'renew'; kind: 'reinstate' | 'extend'; points: number; days: number };

const anyStep: fc.Arbitrary<Step & { passes: number }> = fc.oneof(
  fc.record({
    do: fc.constant('buy' as const),
    ...{ amount: fc.integer({ min: 100, max: 9_000 }), passes: fc.nat(25) },
  }),
  fc.record({ do: fc.constant('spend' as const), passes: fc.nat(20) }),
  fc.record({
    do: fc.constant('back' as const),
    ...{ of: fc.nat(9), amount: fc.integer({ min: 1, max: 9_000 }), passes: fc.nat(20) },
  }),
  fc.record({
    ...{ do: fc.constant('renew' as const), kind: fc.constantFrom('reinstate', 'extend') },
    ...{ points: fc.integer({ min: 1, max: 60 }), days: fc.nat(40), passes: fc.nat(25) },
  }),
);

/** Points go whenever their date has come: every date was told. */
class Life {
  member = aMember({ history: [], purchases: new Map(), expired: [] });
  at = NOON;
  spent = 0;
  private readonly bought: number[] = [];

  pass(days: number): void {
    this.at += days * DAY;
    const told = (this.member.lots ?? []).flatMap(({ expiresAt }): Told[] =>
      expiresAt === null ? [] : [{ expiresAt, notice: 1, upTo: 1_000, evidence: 'email', at: 0 }],
    );
    this.after({ kind: 'expire', at: this.at, until: this.at }, { ...this.member, told });
  }

  step(step: Step): void {
    const { at } = this;
    if (step.do === 'buy') {
      const purchase = aPurchase([step.amount]);
      this.after({ kind: 'accrue', purchase, at, occurredAt: at, versions });
      this.bought.push(this.member.version);
    } else if (step.do === 'spend') this.spend();
    else if (step.do === 'back') this.back(this.bought[step.of], step.amount);
    else {
      const lastDay = new Date(at + step.days * DAY).toISOString().slice(0, 10);
      this.after(asking({ at, kind: step.kind, points: step.points, lastDay }));
    }
  }

  backWhole(): void {
    for (const seq of this.bought) this.back(seq);
  }

  private after(action: Action, member = this.member): Outcome {
    const before = this.member.points + this.member.owed;
    const outcome = act(programme, stateOf(member), action);
    const done = memberOf(outcome);
    this.member = { ...done, lots: done.lots?.filter(({ remaining }) => remaining > 0) };
    if (action.kind === 'extend') expect(this.member.points + this.member.owed).toBe(before);
    return outcome;
  }

  private back(purchase: number | undefined, amount?: number): void {
    if (purchase === undefined) return;
    const { at } = this;
    const lines = amount === undefined ? undefined : [{ line: 0, amount }];
    this.after({ kind: 'return', at, occurredAt: at, purchase, lines, versions });
  }

  private spend(): void {
    const { at } = this;
    const held = this.after({ kind: 'hold', at, retailer: 'shop', reward: 'r' });
    if (held.refusal !== undefined) return;
    this.after({ kind: 'capture', at, redemption: lastOf(held).seq, versions });
    this.spent += 25;
  }
}

describe('whatever is renewed', () => {
  const story = fc.array(anyStep, { minLength: 1, maxLength: 12 });

  it('R132: all back leaves what was spent as a debt, to the point, and nothing to bring back', () => {
    fc.assert(
      fc.property(story, (steps) => {
        const life = new Life();
        for (const { passes, ...step } of steps) {
          life.step(step);
          life.pass(passes);
        }
        life.backWhole();
        const { points, owed, expired } = life.member;
        expect({ points, owed, expired }).toEqual({ points: 0, owed: life.spent, expired: [] });
      }),
      { numRuns: Number(process.env['RUNS'] ?? 150) },
    );
  });
});
