/**
 * A voucher is used once, by a retailer that takes it, on a purchase that is large enough; and one
 * that has lapsed unused gives its points back where its terms say so.
 */
import { isGone } from '../earning/remaining.js';
import type { Versions } from '../earning/timeline.js';
import { NO_RULE, WHOLE_EVENT } from '../explanation.js';
import { givenBackOf } from '../limits.js';
import type { Programme } from '../programme.js';
import { graceFrom } from './grace.js';
import { Moves } from './moves.js';
import { blank, read, refused, withNextChange, type Settled } from './settle.js';
import type { Outcome, PostingDraft, Refusal } from '../outcome.js';
import type { MemberState, Redemption } from '../state.js';
import { voucherOf, voucherStateAt } from './voucher.js';

export interface UseAction {
  kind: 'use';
  at: number;
  /** Number of the hold posting. */
  redemption: number;
  /** Who takes it. */
  retailer: string;
  /** Minor units of the purchase it is used on, before it is taken off. */
  total?: number | undefined;
  /** Number of the member's purchase it is used on, where that is booked already and was read. */
  purchase?: number | undefined;
  versions: Versions;
}

/** Uses a voucher up, or says why it cannot be. */
export function use(programme: Programme, settled: Settled, action: UseAction): Outcome {
  const redemption = named(settled, action.redemption);
  const refusal = whyNot(redemption, action) ?? whyNotOn(settled.member, action);
  if (refusal !== undefined) return refused(programme, settled, action, refusal, redemption.seq);
  const seq = settled.member.version + 1;
  const done: Redemption = {
    ...redemption,
    state: 'used',
    changedSeq: seq,
    usedBy: action.retailer,
    backAt: undefined,
    purchaseSeq: action.purchase,
  };
  const member = withRedemption({ ...settled.member, version: seq }, done);
  const draft: PostingDraft = {
    ...blank(programme, member, action.at),
    kind: 'redeem',
    subjectSeq: redemption.seq,
    explanation: [[NO_RULE, WHOLE_EVENT, 'voucher_used', '0', action.retailer]],
    redemptions: [done],
  };
  return { state: { members: [member] }, postings: [...settled.postings, draft] };
}

function whyNot(
  redemption: Redemption,
  { at, retailer, total, versions }: UseAction,
): Refusal | undefined {
  const voucher = voucherOf(redemption, versions);
  if (voucher === undefined || redemption.usableUntil === undefined) {
    throw new Error('invariant: what has a code is a voucher');
  }
  const { retailers, minimumMinor } = voucher.terms;
  switch (voucherStateAt(redemption, at)) {
    case 'used':
      return { code: 'voucher_already_used', details: {} };
    case 'given_back':
      return { code: 'redemption_returned', details: {} };
    case 'lapsed': {
      const until = new Date(redemption.usableUntil).toISOString();
      return { code: 'voucher_lapsed', details: { until } };
    }
    case 'usable':
  }
  if (retailers?.has(retailer) === false) return { code: 'voucher_not_taken_here', details: {} };
  if (minimumMinor === 0) return undefined;
  const details = { minimum: minimumMinor };
  if (total === undefined) return { code: 'total_needed', pointer: '/total', details };
  return total < minimumMinor ? { code: 'below_minimum_purchase', details } : undefined;
}

/** Whatever is used on what came back wholly would never come back itself. */
function whyNotOn(
  { history = [], purchases }: MemberState,
  { purchase }: UseAction,
): Refusal | undefined {
  if (purchase === undefined) return undefined;
  const bought = purchases?.get(purchase);
  const returned = history.flatMap((each) => (each.purchase === purchase ? each.returned : []));
  if (bought === undefined || returned.length === 0 || !isGone(bought, returned)) return undefined;
  return { code: 'purchase_came_back', pointer: '/purchase', details: {} };
}

export interface LapseAction {
  kind: 'lapse';
  at: number;
  /** Number of the hold posting. */
  redemption: number;
}

/** Gives the points of a lapsed voucher back to their lots; nothing where there is nothing due. */
export function lapse(programme: Programme, settled: Settled, action: LapseAction): Outcome {
  const redemption = named(settled, action.redemption);
  const { member, postings } = settled;
  const { state, backAt = Infinity } = redemption;
  if (state !== 'captured' || action.at < backAt) {
    return { state: { members: [member] }, postings };
  }
  const seq = member.version + 1;
  const moves = new Moves(seq, member);
  const grace = graceFrom(programme, action.at);
  for (const lot of redemption.lots) moves.giveBack(lot, action.at, grace);
  const { figures, lots, opened, changed } = moves.done(action.at);
  const done: Redemption = {
    ...redemption,
    state: 'expired',
    changedSeq: seq,
    lots: [],
    shared: undefined,
    backAt: undefined,
  };
  const after = withRedemption({ ...member, ...figures, version: seq, lots }, done);
  const next = withNextChange(after, action.at);
  const draft: PostingDraft = {
    ...blank(programme, next, action.at),
    kind: 'release',
    subjectSeq: redemption.seq,
    explanation: [[NO_RULE, WHOLE_EVENT, 'voucher_lapsed', '0', redemption.points]],
    entries: moves.entries,
    opened,
    changed,
    redemptions: [done],
    shared: givenBackOf(redemption.shared ?? []),
  };
  return { state: { members: [next] }, postings: [...postings, draft] };
}

function named({ member }: Settled, seq: number): Redemption {
  const redemption = read(member).redemptions.find((each) => each.seq === seq);
  if (redemption !== undefined) return redemption;
  throw new Error('invariant: the redemption an action names is read before it is decided');
}

function withRedemption(member: MemberState, done: Redemption): MemberState {
  const redemptions = member.redemptions?.map((each) => (each.seq === done.seq ? done : each));
  return { ...member, redemptions };
}
