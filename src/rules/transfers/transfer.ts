/**
 * A member gives points to another one: two postings of one command, in which the same points leave
 * and arrive. Each lot keeps when it was accrued, when it expires and who funds it, so that nothing
 * is won by passing points on; the giver pays the fee on top.
 */
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { BILLION } from '../points.js';
import type { Programme } from '../programme.js';
import { barred } from '../spending/barred.js';
import { availableAt, behindFirst, choose, firstOf } from '../spending/lots.js';
import { Moves } from '../spending/moves.js';
import { blank, read, refused, withNextChange, type Settled } from '../spending/settle.js';
import type { Outcome, PostingDraft, Refusal } from '../outcome.js';
import type { HeldLot, Lot, MemberState } from '../state.js';
import { counterOf, transferKeys, type TransferTerms } from './terms.js';

export interface TransferAction {
  kind: 'transfer';
  /** The database's now. */
  at: number;
  /** Whole points that arrive. */
  points: number;
}

/** Decides for giver and receiver, both settled. */
export function transfer(
  programme: Programme,
  giver: Settled,
  receiver: Settled,
  action: TransferAction,
): Outcome {
  const refusal = whyNot(programme, giver.member, receiver.member, action);
  const parts = chosen(programme, giver.member, action);
  if (refusal !== undefined || parts === undefined) {
    const why = refusal ?? insufficient(programme, giver.member, action);
    return refused(programme, giver, action, why);
  }
  const { at, points } = action;
  const fee = programme.transfers?.fee ?? 0;
  const given = firstOf(parts, points);
  const lots = read(giver.member).lots;
  const out = posted(programme, giver.member, at, {
    move: (moves) => {
      moves.pay(given, 'transferred');
      moves.pay(behindFirst(parts, points), 'fee');
    },
    items: [
      [NO_RULE, WHOLE_EVENT, 'points_given', (-BigInt(points) * BILLION).toString()],
      ...feeItem(fee),
    ],
    counted: givenCounters(programme, giver.member, action),
  });
  const into = posted(programme, receiver.member, at, {
    move: (moves) => {
      for (const part of given) moves.receive(part.amount, 'transferred', lotOf(lots, part));
    },
    items: [[NO_RULE, WHOLE_EVENT, 'points_received', (BigInt(points) * BILLION).toString()]],
    counted: receivedCounters(programme, receiver.member, action),
  });
  const [from, to] = [out.member, into.member];
  return {
    state: { members: [from, to] },
    postings: [
      ...giver.postings,
      ...[
        ...receiver.postings,
        { ...into.draft, peer: { memberId: from.memberId, seq: from.version } },
      ].map((draft) => ({ ...draft, member: 1 })),
      { ...out.draft, peer: { memberId: to.memberId, seq: to.version } },
    ],
  };
}

const feeItem = (fee: number): ExplanationItem[] =>
  fee === 0 ? [] : [[NO_RULE, WHOLE_EVENT, 'transfer_fee', (-BigInt(fee) * BILLION).toString()]];

interface Half {
  move: (moves: Moves) => void;
  items: readonly ExplanationItem[];
  counted: ReadonlyMap<string, number>;
}

/** One of the two postings, and the member it leaves. */
function posted(
  programme: Programme,
  member: MemberState,
  at: number,
  { move, items, counted }: Half,
): { member: MemberState; draft: PostingDraft } {
  const seq = member.version + 1;
  const moves = new Moves(seq, member);
  move(moves);
  const { figures, lots, opened, changed } = moves.done(at);
  const counters = new Map([...member.counters, ...counted]);
  const next = withNextChange({ ...member, ...figures, version: seq, lots, counters }, at);
  const repaid: ExplanationItem[] =
    moves.repaid === 0 ? [] : [[NO_RULE, WHOLE_EVENT, 'owed_repaid', '0', moves.repaid]];
  const draft: PostingDraft = {
    ...blank(programme, next, at),
    kind: 'transfer',
    billionths: items.reduce((sum, [, , , billionths]) => sum + BigInt(billionths), 0n),
    explanation: [...items, ...repaid],
    entries: moves.entries,
    opened,
    changed,
    counters: [...counted].map(([key, used]) => counterOf(key, used)),
    moved: next.points - member.points,
  };
  return { member: next, draft };
}

function lotOf(lots: readonly Lot[], { seq, n }: HeldLot): Lot {
  const lot = lots.find((each) => each.seq === seq && each.n === n);
  if (lot === undefined) throw new Error('invariant: what is given was chosen among open lots');
  return lot;
}

function givenCounters(
  { timeZone }: Programme,
  { counters }: MemberState,
  { at, points }: TransferAction,
): Map<string, number> {
  const { day, year, last } = transferKeys(timeZone, at);
  const used = (key: string): number => counters.get(key) ?? 0;
  return new Map([
    [day, used(day) + points],
    [year, used(year) + points],
    [last, at],
  ]);
}

function receivedCounters(
  { timeZone }: Programme,
  { counters }: MemberState,
  { at, points }: TransferAction,
): Map<string, number> {
  const { received } = transferKeys(timeZone, at);
  return new Map([[received, (counters.get(received) ?? 0) + points]]);
}

/**
 * Lots old enough to be given, and earned by purchases unless the programme lets others go too. What is
 * past its date stays: given away, it would begin its notice anew each time.
 */
function giveable(terms: TransferTerms, member: MemberState, at: number): Lot[] {
  return read(member).lots.filter(({ accruedAt, expiresAt, seq, origin }) => {
    if (expiresAt !== null && expiresAt <= at) return false;
    const isEarned = member.earned?.has(origin?.seq ?? seq) === true;
    return accruedAt <= at - terms.lotAgeMs && (terms.bonusPoints || isEarned);
  });
}

/** What pays the points and the fee, in spending order; undefined when it does not suffice. */
function chosen(
  { transfers }: Programme,
  member: MemberState,
  { points, at }: TransferAction,
): HeldLot[] | undefined {
  if (transfers === undefined) return undefined;
  return choose(giveable(transfers, member, at), points + transfers.fee, at);
}

function insufficient(
  { transfers }: Programme,
  member: MemberState,
  { points, at }: TransferAction,
): Refusal {
  const available = transfers === undefined ? 0 : availableAt(giveable(transfers, member, at), at);
  const required = points + (transfers?.fee ?? 0);
  const details = { available, required, missing: required - available };
  return { code: 'insufficient_points', details };
}

function whyNot(
  programme: Programme,
  giver: MemberState,
  receiver: MemberState,
  action: TransferAction,
): Refusal | undefined {
  const { transfers: terms } = programme;
  if (terms === undefined) {
    return { code: 'transfers_not_offered', pointer: '/points', details: {} };
  }
  const { minimumPoints } = terms;
  if (action.points < minimumPoints) {
    return { code: 'transfer_too_small', pointer: '/points', details: { minimumPoints } };
  }
  if (giver.memberId === receiver.memberId) {
    return { code: 'transfer_to_self', pointer: '/member', details: {} };
  }
  const bar = barred(giver);
  if (bar !== undefined) return bar;
  if (receiver.status !== 'active') return { code: 'receiver_not_active', details: {} };
  if (giver.owed > 0) return { code: 'points_are_owed', details: {} };
  return overLimit(programme, terms, giver, receiver, action);
}

/** The receiver's own figures stay theirs: the giver only learns that there is no room. */
function overLimit(
  { timeZone }: Programme,
  { perDay, perYear, receivedPerYear, coolDownMs }: TransferTerms,
  giver: MemberState,
  receiver: MemberState,
  { at, points }: TransferAction,
): Refusal | undefined {
  const keys = transferKeys(timeZone, at);
  const last = giver.counters.get(keys.last) ?? 0;
  if (last !== 0 && at < last + coolDownMs) {
    const details = { from: new Date(last + coolDownMs).toISOString() };
    return { code: 'transfer_too_soon', details };
  }
  const over = (key: string, limit: number): Refusal | undefined => {
    const used = giver.counters.get(key) ?? 0;
    if (used + points <= limit) return undefined;
    return { code: 'transfer_limit_reached', details: { limit, used, asked: points } };
  };
  const refusal = over(keys.day, perDay) ?? over(keys.year, perYear);
  if (refusal !== undefined) return refusal;
  const received = receiver.counters.get(keys.received) ?? 0;
  return received + points > receivedPerYear
    ? { code: 'receiver_limit_reached', details: {} }
    : undefined;
}
