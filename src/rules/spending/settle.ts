/**
 * What time alone has done to a member, posted by whatever touches the member next: holds whose
 * time is up are released, and points whose return window has closed are no longer pending.
 */
import { NO_RULE, WHOLE_EVENT } from '../explanation.js';
import { givenBackOf } from '../limits.js';
import { nextChange, pendingAt } from './lots.js';
import type { Programme } from '../programme.js';
import type { Entry, Outcome, PostingDraft, Refusal } from '../outcome.js';
import type { Figures, HeldLot, Lot, MemberState, Redemption } from '../state.js';

/** A member whose time-outs are done, and the postings that did them. */
export interface Settled {
  member: MemberState;
  postings: readonly PostingDraft[];
}

/** Whether an instant has come at which lots and holds must be read before deciding. */
export function isStale(member: Pick<MemberState, 'changesAt'>, at: number): boolean {
  return member.changesAt !== null && member.changesAt <= at;
}

/** Settles one member up to `at`; leaves a member untouched whom time has not changed. */
export function settle(programme: Programme, member: MemberState, at: number): Settled {
  if (!isStale(member, at)) return { member, postings: [] };
  const { lots, redemptions } = read(member);
  let current: MemberState = { ...member, pending: pendingAt(lots, at) };
  const postings: PostingDraft[] = [];
  for (const redemption of redemptions) {
    if (redemption.state !== 'held' || redemption.expiresAt > at) continue;
    const released = release(programme, current, redemption, {
      occurredAt: redemption.expiresAt,
      code: 'hold_timed_out',
    });
    current = released.member;
    postings.push(released.draft);
  }
  return { member: withNextChange(current, at), postings };
}

/** Lots and redemptions of a member for whom they were read; that they were is the caller's part. */
export function read(member: MemberState): {
  lots: readonly Lot[];
  redemptions: readonly Redemption[];
} {
  if (member.lots === undefined || member.redemptions === undefined) {
    throw new Error('invariant: lots and redemptions are read before time or spending is decided');
  }
  return { lots: member.lots, redemptions: member.redemptions };
}

/** A member with `changesAt` found anew from lots and holds. */
export function withNextChange(member: MemberState, at: number): MemberState {
  const { lots, redemptions } = read(member);
  return { ...member, changesAt: nextChange(lots, redemptions, at) };
}

/** Gives a hold's points back to the very lots they came from. */
export function release(
  programme: Programme,
  member: MemberState,
  redemption: Redemption,
  because: { occurredAt: number; code: 'hold_timed_out' | 'hold_released' },
): { member: MemberState; draft: PostingDraft } {
  const { lots, redemptions } = read(member);
  const seq = member.version + 1;
  const changed = applyHeld(lots, redemption.lots, (lot, amount) => ({
    ...lot,
    held: lot.held - amount,
  }));
  const state = because.code === 'hold_timed_out' ? 'expired' : 'released';
  const done: Redemption = { ...redemption, state, changedSeq: seq, lots: [], shared: undefined };
  const next: MemberState = {
    ...member,
    version: seq,
    points: member.points + redemption.points,
    held: member.held - redemption.points,
    lots: replaceLots(lots, changed),
    redemptions: redemptions.map((each) => (each.seq === redemption.seq ? done : each)),
  };
  const draft: PostingDraft = {
    ...blank(programme, next, because.occurredAt),
    kind: 'release',
    subjectSeq: redemption.seq,
    explanation: [[NO_RULE, WHOLE_EVENT, because.code, '0', redemption.points]],
    entries: redemption.lots.map((held) => entry('held', 'points', held)),
    changed,
    redemptions: [done],
    shared: givenBackOf(redemption.shared ?? []),
  };
  return { member: next, draft };
}

/** One entry about one lot. */
export function entry(debit: Entry['debit'], credit: Entry['credit'], held: HeldLot): Entry {
  return { debit, credit, amount: held.amount, lotSeq: held.seq, lotN: held.n };
}

/** The lots named by `held`, each changed by `change`. */
export function applyHeld(
  lots: readonly Lot[],
  held: readonly HeldLot[],
  change: (lot: Lot, amount: number) => Lot,
): Lot[] {
  return held.map(({ seq, n, amount }) => {
    const lot = lots.find((each) => each.seq === seq && each.n === n);
    if (lot === undefined) throw new Error('invariant: a hold names lots that are open');
    return change(lot, amount);
  });
}

/** `lots` with the changed ones in place of their former selves. */
export function replaceLots(lots: readonly Lot[], changed: readonly Lot[]): Lot[] {
  return lots.map((lot) => changed.find((each) => each.seq === lot.seq && each.n === lot.n) ?? lot);
}

export function figuresOf(member: MemberState): Figures {
  const { points, held, owed, pending, qualifying, remainder, tier } = member;
  return { points, held, owed, pending, qualifying, remainder, tier };
}

/** A posting draft without entries, carrying the figures of the member it leaves behind. */
export function blank(programme: Programme, next: MemberState, occurredAt: number): PostingDraft {
  return {
    member: 0,
    seq: next.version,
    kind: 'refused',
    subjectSeq: null,
    versionNo: programme.no,
    occurredAt,
    billionths: 0n,
    after: figuresOf(next),
    explanation: [],
    entries: [],
    opened: [],
    changed: [],
    counters: [],
    redemptions: [],
    standing: undefined,
  };
}

/**
 * An action that is not done. A refusal that blames one field of the request leaves nothing
 * behind; any other is posted, so that the same key gets the same answer for ever.
 */
export function refused(
  programme: Programme,
  settled: Settled,
  action: { at: number; occurredAt?: number },
  refusal: Refusal,
  subjectSeq: number | null = null,
): Outcome {
  if (refusal.pointer !== undefined) {
    return { state: { members: [settled.member] }, postings: settled.postings, refusal };
  }
  const next = { ...settled.member, version: settled.member.version + 1 };
  const draft: PostingDraft = {
    ...blank(programme, next, action.occurredAt ?? action.at),
    subjectSeq,
    explanation: [[NO_RULE, WHOLE_EVENT, 'refused', '0', JSON.stringify(refusal)]],
  };
  return { state: { members: [next] }, postings: [...settled.postings, draft], refusal };
}
