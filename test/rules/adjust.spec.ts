import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import type { AdjustAction, Staff } from '../../src/rules/actions/adjust.js';
import {
  adjustmentLimits,
  APPROVAL_MS,
  APPROVALS_WAITING_MAX,
  waitingLimit,
} from '../../src/rules/actions/adjustment-limits.js';
import type { DecideApprovalAction } from '../../src/rules/actions/approve.js';
import { sumOf } from '../../src/rules/explanation.js';
import { BILLION } from '../../src/rules/points.js';
import { bySpendingOrder } from '../../src/rules/spending/lots.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { MemberState, State } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, DAY, HOUR, lastOf, memberOf, MINUTE, NOON } from '../support/state.js';

const limits = { perStaffPerDay: 900, perMemberPerDay: 400, fourEyesAbove: 100 };
const reasons = [{ code: 'goodwill', name: 'Goodwill' }];
const programme = aProgramme({ staff: { reasons, ...limits } });

const ada: Staff = { id: 'ada', memberId: null };
const ben: Staff = { id: 'ben', memberId: null };
const member = aMember({ approvals: { made: 0, pending: [] } });
const own = (staff: Staff): Staff => ({ ...staff, memberId: member.memberId });

/** A member who can spend the points of these lots. */
const memberWith = (...amounts: number[]): MemberState => ({
  ...member,
  version: amounts.length,
  points: amounts.reduce((sum, amount) => sum + amount, 0),
  lots: amounts.map((amount, index) => aLot({ seq: index + 1, amount, expiresAt: NOON + DAY })),
});

/** What the ledger would have read: the member, and what is used of every limit. */
function stateOf(
  of: MemberState,
  used: { staff?: number; member?: number; waiting?: number } = {},
): State {
  const all = [ada, ben].map(({ id }) => [
    adjustmentLimits(id, of.memberId)[0].id,
    used.staff ?? 0,
  ]);
  const limits = new Map(all as [string, number][]);
  for (const { id } of [ada, ben]) limits.set(waitingLimit(id).id, used.waiting ?? 0);
  return {
    members: [of],
    limits: limits.set(adjustmentLimits('', of.memberId)[1].id, used.member ?? 0),
  };
}

const adjusting = (points: number, changed: Partial<AdjustAction> = {}): AdjustAction => ({
  kind: 'adjust',
  at: NOON,
  points,
  reason: 'goodwill',
  requester: ada,
  ...changed,
});

const deciding = (changed: Partial<DecideApprovalAction> = {}): DecideApprovalAction => ({
  kind: 'approve',
  at: NOON + MINUTE,
  approval: 1,
  requester: ada,
  decider: ben,
  ...changed,
});

/** A member for whom an adjustment waits for a second person. */
const waiting = (points: number, of = member): MemberState =>
  memberOf(act(programme, stateOf(of), adjusting(points)));

const codeOf = ({ refusal }: Outcome): string | undefined => refusal?.code;

describe('an adjustment', () => {
  it('U1: of more points opens a lot that can be spent at once and expires as others do', () => {
    const outcome = act(programme, stateOf(member), adjusting(50));
    const draft = lastOf(outcome);
    expect(draft).toMatchObject({ kind: 'adjust', seq: 1, billionths: 50n * BILLION });
    expect(draft.entries).toEqual([
      { debit: 'adjusted', credit: 'points', amount: 50, lotSeq: 1, lotN: 0 },
    ]);
    expect(draft.opened).toEqual([
      aLot({ amount: 50, availableFrom: NOON, expiresAt: Date.UTC(2028, 5, 16, 23) }),
    ]);
    expect(draft.explanation).toEqual([[-2, -1, 'adjustment_given', '50000000000', 'goodwill']]);
    expect(memberOf(outcome)).toMatchObject({ points: 50, pending: 0, changesAt: null });
  });

  it('U1: of fewer takes them in spending order from what is available and not held', () => {
    const first = aLot({ seq: 1, amount: 40, held: 30, expiresAt: NOON + DAY });
    const pending = aLot({
      seq: 2,
      amount: 60,
      availableFrom: NOON + HOUR,
      expiresAt: NOON + HOUR,
    });
    const last = aLot({ seq: 3, amount: 50 });
    const lots = [last, pending, first];
    const has = { ...member, version: 3, points: 120, held: 30, pending: 60, lots };
    const outcome = act(programme, stateOf(has), adjusting(-25));
    expect(lastOf(outcome).entries).toEqual([
      { debit: 'points', credit: 'adjusted', amount: 10, lotSeq: 1, lotN: 0 },
      { debit: 'points', credit: 'adjusted', amount: 15, lotSeq: 3, lotN: 0 },
    ]);
    expect(lastOf(outcome)).toMatchObject({ billionths: -25n * BILLION, opened: [] });
    expect(lastOf(outcome).explanation).toEqual([
      [-2, -1, 'adjustment_taken', '-25000000000', 'goodwill'],
    ]);
    expect(memberOf(outcome)).toMatchObject({ points: 95, held: 30, pending: 60 });
    const refusal = act(programme, stateOf(has), adjusting(-61));
    expect(refusal.refusal).toEqual({
      code: 'insufficient_points',
      details: { available: 60, required: 61, missing: 1 },
    });
    expect(lastOf(refusal)).toMatchObject({ kind: 'refused', entries: [] });
  });

  it('U2: never counts as qualifying, and leaves tier and carried remainder alone', () => {
    const change = fc.integer({ min: -100, max: 100 }).filter((points) => points !== 0);
    fc.assert(
      fc.property(change, fc.bigInt({ min: 0n, max: BILLION - 1n }), (points, remainder) => {
        const before = {
          ...memberWith(60, 60),
          qualifying: 499n * BILLION,
          remainder,
          tier: 'blue',
        };
        const outcome = act(programme, stateOf(before), adjusting(points));
        const { qualifying, tier } = before;
        expect(lastOf(outcome).after).toMatchObject({ qualifying, remainder, tier });
        expect(memberOf(outcome)).toMatchObject({ qualifying, remainder, tier, newestAt: null });
        expect(sumOf(lastOf(outcome).explanation)).toBe(lastOf(outcome).billionths);
        expect(memberOf(outcome).points).toBe(120 + points);
      }),
    );
  });

  it('U1: of fewer leaves every other lot and the order of spending as they were', () => {
    const amounts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 100 }), (given, taken) => {
        const before = memberWith(...given);
        const outcome = act(programme, stateOf(before), adjusting(-taken));
        const total = given.reduce((sum, each) => sum + each, 0);
        if (total < taken) {
          expect(codeOf(outcome)).toBe('insufficient_points');
          return;
        }
        const left = [...(memberOf(outcome).lots ?? [])].sort(bySpendingOrder);
        let missing = taken;
        for (const lot of left) {
          const part = Math.min(missing, lot.amount);
          expect(lot.remaining).toBe(lot.amount - part);
          missing -= part;
        }
      }),
    );
  });

  it('U1: of an unknown reason is a fault of the request', () => {
    const outcome = act(programme, stateOf(member), adjusting(5, { reason: 'whim' }));
    expect(outcome.refusal).toMatchObject({ code: 'unknown_reason', pointer: '/reason' });
    expect(outcome.postings).toEqual([]);
  });

  it('U1: for a membership that is not active is refused', () => {
    const closed = { ...member, status: 'closed' };
    for (const points of [5, -5, 300]) {
      const outcome = act(programme, stateOf(closed), adjusting(points));
      expect([codeOf(outcome), lastOf(outcome).kind]).toEqual(['member_not_active', 'refused']);
    }
  });

  it('U5: is not made for the own membership, whatever its size', () => {
    for (const points of [1, -1, 100, 101]) {
      const outcome = act(
        programme,
        stateOf(memberWith(200)),
        adjusting(points, { requester: own(ada) }),
      );
      expect([codeOf(outcome), outcome.postings]).toEqual(['own_account', []]);
    }
  });
});

describe('limits', () => {
  it('U3: count up to their last point, and say the numbers', () => {
    const reached = { staff: 850, member: 350 };
    expect(codeOf(act(programme, stateOf(member, reached), adjusting(50)))).toBeUndefined();
    const { refusal } = act(programme, stateOf(member, reached), adjusting(51));
    expect(refusal).toEqual({
      code: 'staff_limit_reached',
      details: { limit: 900, used: 850, asked: 51 },
    });
    const other = act(programme, stateOf(member, { member: 350 }), adjusting(-51));
    expect(other.refusal).toEqual({
      code: 'member_limit_reached',
      details: { limit: 400, used: 350, asked: 51 },
    });
    expect(lastOf(other).kind).toBe('refused');
  });

  it('U3: refuse at once what no day could allow, instead of asking a second person', () => {
    const outcome = act(programme, stateOf(member), adjusting(401));
    expect([codeOf(outcome), outcome.approval]).toEqual(['member_limit_reached', undefined]);
    expect(codeOf(act(programme, stateOf(member), adjusting(901)))).toBe('staff_limit_reached');
  });

  it('U3: are never exceeded by splitting, in whatever order, size and direction', () => {
    const move = fc.record({
      points: fc.integer({ min: -150, max: 150 }).filter((points) => points !== 0),
      requester: fc.constantFrom(ada, ben),
    });
    fc.assert(
      fc.property(fc.array(move, { minLength: 1, maxLength: 40 }), (moves) => {
        let state = stateOf(memberWith(100_000));
        const used = new Map<string, number>();
        let forMember = 0;
        for (const { points, requester } of moves) {
          const outcome = act(programme, state, adjusting(points, { requester }));
          state = {
            limits: outcome.state.limits ?? state.limits ?? new Map(),
            members: outcome.state.members,
          };
          if (outcome.refusal !== undefined || outcome.approval !== undefined) continue;
          forMember += Math.abs(points);
          used.set(requester.id, (used.get(requester.id) ?? 0) + Math.abs(points));
          const uses = lastOf(outcome).uses ?? [];
          expect(uses.map(({ amount }) => amount)).toEqual([Math.abs(points), Math.abs(points)]);
        }
        expect(forMember).toBeLessThanOrEqual(limits.perMemberPerDay);
        for (const each of used.values()) expect(each).toBeLessThanOrEqual(limits.perStaffPerDay);
      }),
    );
  });

  it('U3: leave as much to one adjustment as to its parts', () => {
    const points = fc.integer({ min: 1, max: 100 });
    fc.assert(
      fc.property(points, points, fc.nat(400), (one, other, member) => {
        const state = (of = memberWith(1)): State => stateOf(of, { member });
        const whole = codeOf(
          act(
            aProgramme({ staff: { reasons, ...limits, fourEyesAbove: 400 } }),
            state(),
            adjusting(one + other),
          ),
        );
        const first = act(programme, state(), adjusting(one));
        const then = {
          ...state(memberOf(first)),
          limits: first.state.limits ?? state().limits ?? new Map(),
        };
        const parts = [codeOf(first), codeOf(act(programme, then, adjusting(other)))];
        expect(parts.every((code) => code === undefined)).toBe(whole === undefined);
      }),
    );
  });

  it('U3: must have been read', () => {
    expect(() => act(programme, { members: [member] }, adjusting(5))).toThrow('invariant');
  });
});

describe('four eyes', () => {
  it('U4: are asked above an amount, and nothing is posted', () => {
    expect(act(programme, stateOf(member), adjusting(100)).approval).toBeUndefined();
    const outcome = act(programme, stateOf(member), adjusting(101));
    expect(outcome.postings).toEqual([]);
    expect(outcome.approval).toMatchObject({
      n: 1,
      points: 101,
      requester: 'ada',
      state: 'pending',
    });
    expect(memberOf(outcome)).toMatchObject({ points: 0, version: 0 });
    expect(
      memberOf(act(programme, stateOf(memberOf(outcome)), adjusting(-200))).approvals,
    ).toMatchObject({
      made: 2,
      pending: [{ n: 1 }, { n: 2, points: -200 }],
    });
  });

  it('U11: wait for so many of one who asks at most; a decision makes room for one', () => {
    const full = { waiting: APPROVALS_WAITING_MAX };
    const { refusal, postings, state } = act(programme, stateOf(member, full), adjusting(101));
    const details = { limit: APPROVALS_WAITING_MAX, used: APPROVALS_WAITING_MAX, asked: 1 };
    expect([refusal, postings]).toEqual([{ code: 'too_many_approvals', details }, []]);
    expect(state.members).toEqual([member]);
    expect(codeOf(act(programme, stateOf(member, full), adjusting(100)))).toBeUndefined();
    const last = act(programme, stateOf(member, { waiting: full.waiting - 1 }), adjusting(101));
    expect(codeOf(act(programme, last.state, adjusting(101)))).toBe('too_many_approvals');
    for (const kind of ['approve', 'reject'] as const) {
      const decided = act(programme, last.state, deciding({ kind }));
      expect(codeOf(act(programme, decided.state, adjusting(101)))).toBeUndefined();
    }
  });

  it('U7: a yes posts what was asked, for who asked, and names who said yes', () => {
    const before = waiting(150);
    const outcome = act(programme, stateOf(before), deciding());
    expect(lastOf(outcome)).toMatchObject({
      kind: 'adjust',
      billionths: 150n * BILLION,
      approval: { n: 1, decider: 'ben' },
      uses: [
        { limit: 'adjust/user/ada', amount: 150 },
        { limit: `adjust/member/${member.memberId}`, amount: 150 },
      ],
    });
    expect(lastOf(outcome).explanation).toEqual([
      [-2, -1, 'adjustment_given', '150000000000', 'goodwill'],
      [-2, -1, 'adjustment_approved', '0', 1],
    ]);
    expect(outcome.approval).toMatchObject({ state: 'approved', decider: 'ben', postingSeq: 1 });
    expect(memberOf(outcome)).toMatchObject({ points: 150, approvals: { made: 1, pending: [] } });
  });

  it('U6: decide once', () => {
    for (const kind of ['approve', 'reject'] as const) {
      const after = memberOf(act(programme, stateOf(waiting(150)), deciding({ kind })));
      for (const again of ['approve', 'reject'] as const) {
        const outcome = act(programme, stateOf(after), deciding({ kind: again }));
        expect([codeOf(outcome), outcome.postings]).toEqual(['approval_decided', []]);
      }
    }
  });

  it('U6: decide within a week, to the millisecond', () => {
    const at = NOON + APPROVAL_MS;
    for (const kind of ['approve', 'reject'] as const) {
      const late = act(programme, stateOf(waiting(150)), deciding({ kind, at }));
      expect([codeOf(late), late.postings]).toEqual(['approval_lapsed', []]);
      const inTime = act(programme, stateOf(waiting(150)), deciding({ kind, at: at - 1 }));
      expect(codeOf(inTime)).toBeUndefined();
    }
  });

  it('U4: are two persons, of whom neither benefits', () => {
    const state = stateOf(waiting(150));
    const codes = (changed: Partial<DecideApprovalAction>): unknown[] => {
      const { refusal, postings } = act(programme, state, deciding(changed));
      return [refusal?.code, postings];
    };
    expect(codes({ decider: ada })).toEqual(['self_approval', []]);
    expect(codes({ decider: own(ben) })).toEqual(['own_account', []]);
    expect(codes({ requester: own(ada) })).toEqual(['own_account', []]);
    expect(codes({ kind: 'reject', decider: own(ben) })).toEqual(['own_account', []]);
    // Who asked may think better of it.
    expect(codes({ kind: 'reject', decider: ada })).toEqual([undefined, []]);
  });

  it('U7: judge limits and balance when they say yes, and a refusal leaves the approval waiting', () => {
    const before = waiting(-150, memberWith(200));
    const full = act(programme, stateOf(before, { staff: 800 }), deciding());
    expect([codeOf(full), lastOf(full).kind]).toEqual(['staff_limit_reached', 'refused']);
    expect(memberOf(full).approvals?.pending).toHaveLength(1);
    const poor = { ...before, points: 100, lots: [aLot({ amount: 100 })] };
    expect(codeOf(act(programme, stateOf(poor), deciding()))).toBe('insufficient_points');
    const then = act(programme, stateOf(memberOf(full)), deciding());
    expect([codeOf(then), memberOf(then).points]).toEqual([undefined, 50]);
  });
});
