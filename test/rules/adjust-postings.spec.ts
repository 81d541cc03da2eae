import { act } from '../../src/rules/act.js';
import { adjustmentLimits, waitingLimit } from '../../src/rules/actions/adjustment-limits.js';
import type { AdjustAction } from '../../src/rules/actions/adjust.js';
import type { DecideApprovalAction } from '../../src/rules/actions/approve.js';
import { BILLION } from '../../src/rules/points.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { Approval, MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, DAY, lastOf, memberOf, NOON } from '../support/state.js';

const reasons = [{ code: 'goodwill', name: 'Goodwill' }];
const bounds = { perStaffPerDay: 900, perMemberPerDay: 400, fourEyesAbove: 100 };
const programme = aProgramme({ staff: { reasons, ...bounds }, expiry: { kind: 'none' } });
const lots = [aLot({ seq: 1, amount: 30 }), aLot({ seq: 2, amount: 50 })];
const approvals = { made: 4, pending: [] };
const member = aMember({ version: 8, points: 80, tier: 'blue', lots, approvals });
const [ofStaff, ofMember] = adjustmentLimits('ada', member.memberId);
const ada = { id: 'ada', memberId: null };

const acting = (action: AdjustAction | DecideApprovalAction, of = member): Outcome => {
  const limits = new Map([
    [ofStaff.id, 100],
    [ofMember.id, 20],
    [waitingLimit('ada').id, 0],
  ]);
  return act(programme, { members: [of], limits }, action);
};
const adjusting = (points: number, more: Partial<AdjustAction> = {}, of = member): Outcome =>
  acting({ kind: 'adjust', at: NOON, points, reason: 'goodwill', requester: ada, ...more }, of);

describe('the posting of an adjustment', () => {
  it('U1: takes from lots in spending order, and counts what it took', () => {
    const outcome = adjusting(-80);
    expect(outcome.postings).toEqual([
      {
        ...{ member: 0, seq: 9, kind: 'adjust', subjectSeq: null, versionNo: 1, occurredAt: NOON },
        ...{ billionths: -80n * BILLION, opened: [], counters: [], redemptions: [] },
        after: {
          ...{ points: 0, held: 0, owed: 0, pending: 0 },
          ...{ qualifying: 0n, remainder: 0n, tier: 'blue' },
        },
        explanation: [[-2, -1, 'adjustment_taken', '-80000000000', 'goodwill']],
        entries: [
          { debit: 'points', credit: 'adjusted', amount: 30, lotSeq: 1, lotN: 0 },
          { debit: 'points', credit: 'adjusted', amount: 50, lotSeq: 2, lotN: 0 },
        ],
        changed: lots.map((lot) => ({ ...lot, remaining: 0 })),
        standing: undefined,
        uses: [
          { limit: ofStaff.id, amount: 80 },
          { limit: ofMember.id, amount: 80 },
        ],
      },
    ]);
    expect(Object.keys(lastOf(outcome))).not.toContain('approval');
    expect([...(outcome.state.limits ?? [])]).toEqual([
      [ofStaff.id, 180],
      [ofMember.id, 100],
      [waitingLimit('ada').id, 0],
    ]);
  });

  it('U1: gives points that never expire where none do', () => {
    const outcome = adjusting(50);
    expect(lastOf(outcome)).toMatchObject({
      changed: [],
      opened: [{ amount: 50, expiresAt: null }],
    });
    expect(memberOf(outcome).lots).toHaveLength(3);
    const unread = memberOf(adjusting(50, {}, { ...member, lots: undefined }));
    expect([unread.lots, unread.points]).toEqual([undefined, 130]);
  });

  it('U1: is refused where points or reason are missing, and says which', () => {
    expect(adjusting(-81).refusal).toEqual({
      code: 'insufficient_points',
      details: { available: 80, required: 81, missing: 1 },
    });
    expect(adjusting(-81).postings).toMatchObject([{ kind: 'refused', occurredAt: NOON }]);
    expect(adjusting(5, { reason: 'bribe' }).refusal).toEqual({
      ...{ code: 'unknown_reason', pointer: '/reason', details: { reason: 'bribe' } },
    });
    expect(adjusting(5, {}, { ...member, status: 'left' }).refusal).toEqual({
      ...{ code: 'member_not_active', details: {} },
    });
  });

  it('U3: of one’s own is denied, and leaves nothing behind', () => {
    const own = adjusting(5, { requester: { id: 'ada', memberId: member.memberId } });
    expect(own).toEqual({
      ...{ state: { members: [member] }, postings: [] },
      refusal: { code: 'own_account', details: {} },
    });
  });
});

describe('an adjustment that waits for a second person', () => {
  const asked: Approval = {
    ...{ n: 5, points: 200, reason: 'goodwill', requester: 'ada', decider: null },
    ...{ state: 'pending', requestedAt: NOON, lapsesAt: NOON + 7 * DAY },
    ...{ decidedAt: null, postingSeq: null },
  };
  const other = { ...asked, n: 3 };
  const waiting = (...pending: Approval[]): MemberState => ({
    ...member,
    approvals: { made: 5, pending },
  });
  const deciding = (more: Partial<DecideApprovalAction>, of: MemberState): Outcome =>
    acting(
      {
        ...{ kind: 'approve', at: NOON + DAY, approval: 5, requester: ada },
        decider: { id: 'ben', memberId: null },
        ...more,
      },
      of,
    );

  it('U2: is asked for with its number, and waits a week beside others', () => {
    const outcome = adjusting(200, {}, waiting(other));
    const numbered = { ...asked, n: 6 };
    expect(outcome).toMatchObject({ postings: [], approval: numbered });
    expect(memberOf(outcome)).toEqual({
      ...member,
      approvals: { made: 6, pending: [other, numbered] },
    });
    expect(outcome.state.limits?.get(waitingLimit('ada').id)).toBe(1);
  });

  it('U2: is posted once it is approved, and waits no more', () => {
    const outcome = deciding({}, waiting(other, asked));
    expect(lastOf(outcome)).toMatchObject({
      ...{ kind: 'adjust', approval: { n: 5, decider: 'ben' } },
      explanation: [
        [-2, -1, 'adjustment_given', '200000000000', 'goodwill'],
        [-2, -1, 'adjustment_approved', '0', 5],
      ],
    });
    expect(memberOf(outcome).approvals).toEqual({ made: 5, pending: [other] });
    expect(outcome.approval).toEqual({
      ...{ ...asked, state: 'approved', decider: 'ben', decidedAt: NOON + DAY, postingSeq: 9 },
    });
  });

  it('U2: is gone when it is rejected, and nothing is posted', () => {
    const outcome = deciding({ kind: 'reject' }, waiting(other, asked));
    const rejected = { ...asked, state: 'rejected', decider: 'ben', decidedAt: NOON + DAY };
    expect(outcome).toMatchObject({ postings: [], approval: rejected });
    expect(memberOf(outcome)).toEqual(waiting(other));
  });

  it('U2: is decided once, by another, and within its week', () => {
    const code = (more: Partial<DecideApprovalAction>, of = waiting(other, asked)) =>
      deciding(more, of).refusal;
    expect(code({ approval: 4 })).toEqual({ code: 'approval_decided', details: {} });
    expect(code({}, aMember())).toEqual({ code: 'approval_decided', details: {} });
    expect(code({ at: NOON + 7 * DAY })).toEqual({ code: 'approval_lapsed', details: {} });
    expect(code({ at: NOON + 7 * DAY - 1 })).toBeUndefined();
    expect(code({ decider: ada })?.code).toBe('self_approval');
    const own = { id: 'ben', memberId: member.memberId };
    expect(code({ decider: own })?.code).toBe('own_account');
    expect(code({ requester: { ...ada, memberId: member.memberId } })?.code).toBe('own_account');
  });

  it('U1: stays waiting when its limit refuses it', () => {
    const much = { ...asked, points: 390 };
    const outcome = deciding({}, waiting(much));
    expect(outcome.refusal).toEqual({
      code: 'member_limit_reached',
      details: { limit: 400, used: 20, asked: 390 },
    });
    expect(memberOf(outcome).approvals?.pending).toEqual([much]);
    expect(outcome.approval).toBeUndefined();
  });
});
