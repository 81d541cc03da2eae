/**
 * Points given or taken by staff. Limits count what was given and taken in any 24 hours, so that
 * splitting an adjustment gains nothing; above an amount a second person is asked; and nobody on
 * the staff adjusts for their own membership.
 */
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { usedOf } from '../limits.js';
import { DAY_MS, endOfDayAfterMonths } from '../period.js';
import { BILLION } from '../points.js';
import type { Programme } from '../programme.js';
import { availableAt, choose } from '../spending/lots.js';
import {
  applyHeld,
  blank,
  entry,
  read,
  refused,
  replaceLots,
  type Settled,
} from '../spending/settle.js';
import type {
  Approval,
  Entry,
  Lot,
  MemberState,
  Outcome,
  PostingDraft,
  Refusal,
  State,
} from '../state.js';
import { adjustmentLimits, limitReached } from './adjustment-limits.js';

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

/** How long an approval waits for a second person. */
export const APPROVAL_MS = 7 * DAY_MS;

/** Adjusts at once, or asks for a second person when it is more than one may do alone. */
export function adjust(
  programme: Programme,
  state: State,
  settled: Settled,
  action: AdjustAction,
): Outcome {
  const { at, points, reason, requester } = action;
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
    return ask(state, { points, reason, requester: requester.id, requestedAt: at });
  }
  return post(programme, state, settled, { at, points, reason, requester: requester.id });
}

/** A refusal that nothing is written of: whoever is to blame may not even use a key up. */
export function denied({ members }: State, code: string): Outcome {
  return { state: { members }, postings: [], refusal: { code, details: {} } };
}

/** Time-outs stay unposted here, as a posting would take the request's key for itself. */
function ask(
  { members }: State,
  asked: Pick<Approval, 'points' | 'reason' | 'requester' | 'requestedAt'>,
): Outcome {
  const [member] = members;
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
  return { state: { members: [{ ...member, approvals }] }, postings: [], approval };
}

interface Asked {
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
  const limits = adjustmentLimits(requester, member.memberId);
  const used = limits.map(({ id }) => usedOf(state, id));
  const size = Math.abs(points);
  const refusal = whyNot(programme, member, asked, used);
  if (refusal !== undefined) return refused(programme, settled, { at }, refusal);

  const seq = member.version + 1;
  const move = points > 0 ? given(programme, member, seq, asked) : taken(member, asked);
  const next: MemberState = {
    ...member,
    version: seq,
    points: member.points + points,
    lots: move.lots,
  };
  const draft: PostingDraft = {
    ...blank(programme, next, at),
    kind: 'adjust',
    billionths: BigInt(points) * BILLION,
    explanation: explain(asked),
    entries: move.entries,
    opened: move.opened,
    changed: move.changed,
    uses: limits.map(({ id }) => ({ limit: id, amount: size })),
    ...(asked.approval !== undefined && { approval: asked.approval }),
  };
  const now = new Map(state.limits);
  limits.forEach(({ id }, index) => now.set(id, (used[index] ?? 0) + size));
  return { state: { members: [next], limits: now }, postings: [...postings, draft] };
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

interface Move {
  entries: Entry[];
  opened: Lot[];
  changed: Lot[];
  lots: readonly Lot[] | undefined;
}

/** Points given can be spent at once, and go when points bought now would. */
function given(
  { timeZone, expiry }: Programme,
  member: MemberState,
  seq: number,
  asked: Asked,
): Move {
  const { at, points } = asked;
  const lot: Lot = {
    seq,
    n: 0,
    funder: 'own',
    accruedAt: at,
    availableFrom: at,
    expiresAt: expiry.kind === 'none' ? null : endOfDayAfterMonths(timeZone, at, expiry.months),
    amount: points,
    remaining: points,
    held: 0,
  };
  return {
    entries: [entry('adjusted', 'points', { seq, n: 0, amount: points })],
    opened: [lot],
    changed: [],
    lots: member.lots === undefined ? undefined : [...member.lots, lot],
  };
}

/** Points taken come from what is available, in spending order; held points are never touched. */
function taken(member: MemberState, { at, points }: Asked): Move {
  const { lots } = read(member);
  const chosen = choose(lots, -points, at);
  if (chosen === undefined) throw new Error('invariant: what is taken was found to be available');
  const changed = applyHeld(lots, chosen, (lot, amount) => ({
    ...lot,
    remaining: lot.remaining - amount,
  }));
  return {
    entries: chosen.map((part) => entry('points', 'adjusted', part)),
    opened: [],
    changed,
    lots: replaceLots(lots, changed),
  };
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
