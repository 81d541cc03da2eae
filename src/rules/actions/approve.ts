/**
 * The second person's yes or no to an adjustment that one may not make alone: neither who asked nor
 * who benefits, once, and within a week.
 */
import type { Programme } from '../programme.js';
import type { Settled } from '../spending/settle.js';
import type { Outcome } from '../outcome.js';
import type { Approval, MemberState, State } from '../state.js';
import { postRenewal } from '../expiry/renew.js';
import { denied, post, type Asked, type Staff } from './adjust.js';
import { withWaiting } from './adjustment-limits.js';

export interface DecideApprovalAction {
  kind: 'approve' | 'reject';
  at: number;
  /** Number of the approval. */
  approval: number;
  requester: Staff;
  decider: Staff;
}

/** A second person's yes or no; a yes posts the adjustment, under the limits of this moment. */
export function decideApproval(
  programme: Programme,
  state: State,
  settled: Settled,
  action: DecideApprovalAction,
): Outcome {
  const { kind, at, requester, decider } = action;
  const [member] = state.members;
  const approval = member?.approvals?.pending.find(({ n }) => n === action.approval);
  if (member === undefined || approval === undefined) return denied(state, 'approval_decided');
  if (decider.memberId === member.memberId) return denied(state, 'own_account');
  if (approval.lapsesAt <= at) return denied(state, 'approval_lapsed');
  const done = { ...approval, decider: decider.id, decidedAt: at };
  if (kind === 'reject') {
    const rejected: Approval = { ...done, state: 'rejected' };
    const limits = withWaiting(state, approval.requester, -1);
    return {
      state: { members: [withoutPending(member, approval.n)], limits },
      postings: [],
      approval: rejected,
    };
  }
  if (decider.id === approval.requester) return denied(state, 'self_approval');
  if (requester.memberId === member.memberId) return denied(state, 'own_account');
  const { points, reason, n, renewal } = approval;
  const by = { requester: approval.requester, approval: { n, decider: decider.id } };
  const asked: Asked = { at, points, reason, ...by };
  const outcome =
    renewal === undefined
      ? post(programme, state, settled, asked)
      : postRenewal(programme, state, settled, asked, renewal);
  const [after] = outcome.state.members;
  if (outcome.refusal !== undefined || after === undefined) return outcome;
  return {
    ...outcome,
    state: {
      members: [withoutPending(after, n)],
      limits: withWaiting(outcome.state, approval.requester, -1),
    },
    approval: { ...done, state: 'approved', postingSeq: after.version },
  };
}

function withoutPending(member: MemberState, n: number): MemberState {
  const { made = 0, pending = [] } = member.approvals ?? {};
  return { ...member, approvals: { made, pending: pending.filter((each) => each.n !== n) } };
}
