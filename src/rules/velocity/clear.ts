/**
 * Staff have looked at an event whose points a guard withholds, and let them go before their time:
 * they can be spent at once, or when the return window of their event is over. Nothing else of them
 * changes, and nobody clears what is their own.
 */
import { denied, type Staff } from '../actions/adjust.js';
import { termsOf } from '../earning/decision.js';
import { NO_RULE, WHOLE_EVENT } from '../explanation.js';
import type { Outcome, PostingDraft, Refusal } from '../outcome.js';
import type { Programme } from '../programme.js';
import { Moves } from '../spending/moves.js';
import { blank, read, refused, withNextChange, type Settled } from '../spending/settle.js';
import type { HeldLot, MemberState, State } from '../state.js';

export interface ClearAction {
  kind: 'clear';
  /** The database's now. */
  at: number;
  /** Number of the purchase or activity. */
  event: number;
  /** The version that decided it. */
  awarding: Programme;
  requester: Staff;
}

/** A lot's points that wait for nothing but a guard. */
interface Withheld extends HeldLot {
  /** From when they could be spent without it. */
  opensAt: number;
}

/** Refused as `nothing_withheld` where no guard, or no guard any more, withholds points of the event. */
export function clear(state: State, settled: Settled, action: ClearAction): Outcome {
  const { at, event, awarding, requester } = action;
  const { member } = settled;
  if (requester.memberId === member.memberId) return denied(state, 'own_account');
  const withheld = withheldOf(member, action);
  const refusal = whyNot(member, withheld);
  if (refusal !== undefined) return refused(awarding, settled, { at }, refusal, event);

  const seq = member.version + 1;
  const moves = new Moves(seq, member);
  for (const part of withheld) moves.retime(part, { availableFrom: Math.max(at, part.opensAt) });
  const points = withheld.reduce((sum, { amount }) => sum + amount, 0);
  const { figures, lots, opened, changed } = moves.done(at);
  const next = withNextChange({ ...member, ...figures, version: seq, lots }, at);
  const draft: PostingDraft = {
    ...blank(awarding, next, at),
    kind: 'clear',
    subjectSeq: event,
    explanation: [[NO_RULE, WHOLE_EVENT, 'points_cleared', '0', points]],
    entries: moves.entries,
    opened,
    changed,
  };
  return { state: { members: [next] }, postings: [...settled.postings, draft] };
}

function whyNot({ status }: MemberState, withheld: readonly Withheld[]): Refusal | undefined {
  if (status !== 'active') return { code: 'member_not_active', details: {} };
  return withheld.length > 0 ? undefined : { code: 'nothing_withheld', details: {} };
}

/** What is left of the event's points, corrections of it too, that its return window lets go earlier. */
function withheldOf(member: MemberState, { at, event, awarding }: ClearAction): Withheld[] {
  return read(member).lots.flatMap((lot): Withheld[] => {
    const { seq, n, origin, accruedAt, availableFrom, remaining } = lot;
    const opensAt = termsOf(awarding, accruedAt).availableFrom;
    const isOf = (origin?.seq ?? seq) === event;
    // Nothing is held of points that cannot be spent yet.
    if (!isOf || remaining === 0 || availableFrom <= Math.max(at, opensAt)) return [];
    return [{ seq, n, amount: remaining, opensAt }];
  });
}
