/**
 * Points given or taken by staff. Limits count what was given and taken in any 24 hours, so that
 * splitting an adjustment gains nothing; above an amount a second person is asked; and nobody on
 * the staff adjusts for their own membership.
 */
import type { LotTerms } from '../earning/decision.js';
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { usedOf } from '../limits.js';
import { dateFrom } from '../expiry/terms.js';
import { BILLION } from '../points.js';
import type { Programme } from '../programme.js';
import { availableAt } from '../spending/lots.js';
import { Moves } from '../spending/moves.js';
import { blank, read, refused, type Settled } from '../spending/settle.js';
import type { Outcome, PostingDraft, Refusal } from '../outcome.js';
import type { Approval, MemberState, Renewal, State } from '../state.js';
import {
  APPROVAL_MS,
  APPROVALS_WAITING_MAX,
  counting,
  limitReached,
  waitingLimit,
  withWaiting,
} from './adjustment-limits.js';

/** A staff user, and the membership they have themselves. */
export interface Staff {
  id: string;
  memberId: string | null;
}

export interface AdjustAction {
  kind: 'adjust';
  /** The database's now. */
  at: number;
  /** Whole points, not 0: positive gives, negative takes. */
  points: number;
  /** Code of a reason of the programme. */
  reason: string;
  requester: Staff;
}

/** Adjusts at once, or asks for a second person when it is more than one may do alone. */
export function adjust(
  programme: Programme,
  state: State,
  settled: Settled,
  action: AdjustAction,
): Outcome {
  return byStaff(programme, state, settled, action, (asked) => {
    return post(programme, state, settled, asked);
  });
}

/** What staff do to the points of somebody else: at once, or once a second person approves. */
export function byStaff(
  programme: Programme,
  state: State,
  settled: Settled,
  action: Omit<AdjustAction, 'kind'> & { renewal?: Renewal },
  postAlone: (asked: Asked) => Outcome,
): Outcome {
  const { at, points, reason, requester, renewal } = action;
  const { member } = settled;
  const size = Math.abs(points);
  if (!programme.staff.reasons.has(reason)) {
    return refused(programme, settled, action, {
      code: 'unknown_reason',
      pointer: '/reason',
      details: { reason },
    });
  }
  if (requester.memberId === member.memberId) return denied(state, 'own_account');
  const impossible = limitReached(programme, size, [0, 0]);
  if (size > programme.staff.fourEyesAbove && member.status === 'active' && !impossible) {
    return ask(state, { points, reason, requester: requester.id, requestedAt: at, renewal });
  }
  return postAlone({ at, points, reason, requester: requester.id });
}

/** A refusal that nothing is written of: whoever is to blame may not even use a key up. */
export function denied(
  { members }: State,
  code: string,
  details: Refusal['details'] = {},
): Outcome {
  return { state: { members }, postings: [], refusal: { code, details } };
}

/** Time-outs stay unposted here, as a posting would take the request's key for itself. */
function ask(
  state: State,
  asked: Pick<Approval, 'points' | 'reason' | 'requester' | 'requestedAt' | 'renewal'>,
): Outcome {
  const [member] = state.members;
  const used = usedOf(state, waitingLimit(asked.requester).id);
  if (used >= APPROVALS_WAITING_MAX) {
    return denied(state, 'too_many_approvals', { limit: APPROVALS_WAITING_MAX, used, asked: 1 });
  }
  if (member?.approvals === undefined) {
    throw new Error('invariant: approvals are read before an adjustment is decided');
  }
  const approval: Approval = {
    ...asked,
    n: member.approvals.made + 1,
    decider: null,
    state: 'pending',
    lapsesAt: asked.requestedAt + APPROVAL_MS,
    decidedAt: null,
    postingSeq: null,
  };
  const approvals = { made: approval.n, pending: [...member.approvals.pending, approval] };
  const limits = withWaiting(state, asked.requester, 1);
  return { state: { members: [{ ...member, approvals }], limits }, postings: [], approval };
}

/** What a person who may, asks for. */
export interface Asked {
  at: number;
  points: number;
  reason: string;
  requester: string;
  approval?: PostingDraft['approval'];
}

/** Posts an adjustment, unless a limit or the balance refuses it. */
export function post(programme: Programme, state: State, settled: Settled, asked: Asked): Outcome {
  const { at, points, requester } = asked;
  const { member, postings } = settled;
  const { used, uses, limits } = counting(state, requester, member.memberId, Math.abs(points));
  const refusal = whyNot(programme, member, asked, used);
  if (refusal !== undefined) return refused(programme, settled, { at }, refusal);

  const seq = member.version + 1;
  const moves = new Moves(seq, member);
  if (points > 0) moves.give(points, termsOfGiven(programme, at));
  else moves.take(-points, at);
  const { figures, lots, opened, changed } = moves.done(at);
  const next: MemberState = { ...member, ...figures, version: seq, lots };
  const draft: PostingDraft = {
    ...blank(programme, next, at),
    kind: 'adjust',
    billionths: BigInt(points) * BILLION,
    explanation: explain(asked),
    entries: moves.entries,
    opened,
    changed,
    uses,
    ...(asked.approval !== undefined && { approval: asked.approval }),
  };
  return { state: { members: [next], limits }, postings: [...postings, draft] };
}

function whyNot(
  programme: Programme,
  member: MemberState,
  { at, points }: Asked,
  used: readonly number[],
): Refusal | undefined {
  if (member.status !== 'active') return { code: 'member_not_active', details: {} };
  const reached = limitReached(programme, Math.abs(points), used);
  if (reached !== undefined || points > 0) return reached;
  const available = availableAt(read(member).lots, at);
  if (available >= -points) return undefined;
  const details = { available, required: -points, missing: -points - available };
  return { code: 'insufficient_points', details };
}

/** Points given can be spent at once, and go when points bought now would. */
export function termsOfGiven(programme: Programme, at: number): LotTerms {
  const expiresAt = dateFrom(programme, at);
  return { funder: 'own', accruedAt: at, availableFrom: at, expiresAt };
}

function explain({ points, reason, approval }: Asked): ExplanationItem[] {
  const code = points > 0 ? 'adjustment_given' : 'adjustment_taken';
  const billionths = (BigInt(points) * BILLION).toString();
  const items: ExplanationItem[] = [[NO_RULE, WHOLE_EVENT, code, billionths, reason]];
  if (approval !== undefined) {
    items.push([NO_RULE, WHOLE_EVENT, 'adjustment_approved', '0', approval.n]);
  }
  return items;
}
