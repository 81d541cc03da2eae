/**
 * A friend's claim is decided on both members at once: paid to both when the friend has stayed, taken
 * back when returns undo that, and ended when it cannot be paid any more. One level: whoever referred
 * the referrer gets nothing of it.
 */
import { tell } from '../spending/after.js';
import { NO_RULE, WHOLE_EVENT, type ExplanationItem, type ReasonCode } from '../explanation.js';
import { leftOf, type LimitUse } from '../limits.js';
import { dateFrom } from '../expiry/terms.js';
import { BILLION } from '../points.js';
import type { Programme } from '../programme.js';
import { Moves } from '../spending/moves.js';
import { blank, withNextChange, type Settled } from '../spending/settle.js';
import type { Versions } from '../earning/timeline.js';
import type { Outcome, PostingDraft } from '../outcome.js';
import type { MemberState, State } from '../state.js';
import { counterOf } from '../transfers/terms.js';
import { boughtSince } from './second-purchase.js';
import type { EndReason, ReferralClaim } from './claim.js';
import { REFERRAL_BUDGET, referralKeys, type ReferralTerms } from './terms.js';

export interface ReferAction {
  kind: 'refer';
  /** The database's now. */
  at: number;
  versions: Versions;
}

interface Case {
  state: State;
  friend: Settled;
  referrer: Settled;
  claim: ReferralClaim;
  /** The version whose terms were promised, and those terms. */
  programme: Programme;
  terms: ReferralTerms;
  action: ReferAction;
}

/** Decides the claim of the first member about the second, both settled. */
export function refer(
  state: State,
  friend: Settled,
  referrer: Settled,
  action: ReferAction,
): Outcome {
  const claim = friend.member.referral;
  if (claim === undefined) throw new Error('invariant: a claim is read before it is decided');
  const programme = action.versions.version(claim.versionNo);
  const { referral: terms } = programme;
  if (terms === undefined) return left(state, { ...claim, state: 'ended', reason: 'not_in_time' });
  const all = { state, friend, referrer, claim, programme, terms, action };
  if (claim.state === 'claimed') return decideClaim(all);
  return claim.state === 'paid' ? decidePaid(all) : left(state, claim);
}

function decideClaim(all: Case): Outcome {
  const { state, friend, claim, programme, terms, action } = all;
  const { at, versions } = action;
  const { before, settledAt } = boughtSince(
    programme,
    terms,
    friend.member,
    claim.claimedAt,
    versions,
  );
  const end = (reason: EndReason): Outcome => left(state, { ...claim, state: 'ended', reason });
  if (before) return end('bought_before');
  if (friend.member.status !== 'active') return end('membership_ended');
  if (settledAt === undefined) {
    return at < claim.endsAt ? left(state, { ...claim, dueAt: undefined }) : end('not_in_time');
  }
  if (settledAt > at) return left(state, { ...claim, dueAt: settledAt });
  if (claim.circle) return end('circle');
  if (!claim.independent) return end('not_independent');
  return pay(all, () => end('budget_spent'));
}

function pay(all: Case, endless: () => Outcome): Outcome {
  const { state, friend, referrer, claim, programme, terms, action } = all;
  const { at } = action;
  const before = [...friend.postings, ...referrer.postings];
  const why = whyNotReferrer(all);
  const earned = why === undefined ? terms.referrerPoints : 0;
  const uses: LimitUse[] = [{ limit: REFERRAL_BUDGET, amount: terms.friendPoints + earned }];
  if (uses.some(({ limit, amount }) => leftOf(state, limit, before) < amount)) {
    return { ...endless(), short: uses };
  }
  const issue = (points: number) => (moves: Moves) => moves.issue(points, lotTerms(programme, at));
  const own = half(programme, friend.member, at, {
    points: terms.friendPoints,
    code: 'referral_friend_paid',
    move: issue(terms.friendPoints),
  });
  const other = half(programme, referrer.member, at, {
    points: earned,
    code: why ?? 'referral_paid',
    move: issue(earned),
    counted: why === undefined ? counted(all) : new Map<string, number>(),
  });
  const paid = {
    at,
    friend: { seq: own.member.version, points: terms.friendPoints },
    referrer: { seq: other.member.version, points: earned },
  };
  const endsAt = at + terms.takeBackMs;
  return both(all, own, other, { ...claim, state: 'paid', dueAt: undefined, endsAt, paid }, uses);
}

/**
 * Takes back what was paid once returns leave fewer than two purchases, as far as was promised. What
 * was recorded in time counts however much later it is looked at.
 */
function decidePaid(all: Case): Outcome {
  const { state, friend, referrer, claim, programme, terms, action } = all;
  const { paid, claimedAt, endsAt } = claim;
  const { at, versions } = action;
  if (paid === undefined) return left(state, { ...claim, state: 'kept' });
  const { history = [], purchases, enrolledAt } = friend.member;
  const inTime = history.filter(({ recordedAt }) => recordedAt < endsAt);
  const known = { history: inTime, purchases, enrolledAt };
  const { settledAt } = boughtSince(programme, terms, known, claimedAt, versions);
  if (settledAt !== undefined) {
    return left(state, at < endsAt ? claim : { ...claim, state: 'kept' });
  }
  const back = ({ seq, points }: { seq: number; points: number }, member: MemberState): Half =>
    half(programme, member, at, {
      points: -points,
      code: 'referral_taken_back',
      move: (moves) => moves.takeBack(points, (lot) => lot.seq === seq),
      subjectSeq: seq,
    });
  const fromOther = terms.takeBackFrom === 'both' ? paid.referrer : { ...paid.referrer, points: 0 };
  const own = back(paid.friend, friend.member);
  const other = back(fromOther, referrer.member);
  const given = paid.friend.points + fromOther.points;
  const uses = [{ limit: REFERRAL_BUDGET, amount: -given }];
  const kept = { ...paid.referrer, points: paid.referrer.points - fromOther.points };
  const rest = { ...paid, friend: { ...paid.friend, points: 0 }, referrer: kept };
  return both(all, own, other, { ...claim, state: 'taken_back', paid: rest }, uses);
}

/** Nothing is posted; what is known of the claim goes on. */
function left({ members }: State, claim: ReferralClaim): Outcome {
  const [friend, ...others] = members;
  if (friend === undefined) throw new Error('invariant: a claim is a friend’s');
  return {
    state: { members: [{ ...friend, referral: claim }, ...others] },
    postings: [],
    referral: claim,
  };
}

interface Half {
  member: MemberState;
  draft: PostingDraft;
}

function both(
  { friend, referrer }: Case,
  own: Half,
  other: Half,
  claim: ReferralClaim,
  shared: readonly LimitUse[],
): Outcome {
  const peer = ({ memberId, version }: MemberState): { memberId: string; seq: number } => ({
    memberId,
    seq: version,
  });
  return {
    state: { members: [{ ...own.member, referral: claim }, other.member] },
    postings: [
      ...friend.postings,
      ...[...referrer.postings, { ...other.draft, peer: peer(own.member) }].map((draft) => ({
        ...draft,
        member: 1,
      })),
      { ...own.draft, peer: peer(other.member), shared },
    ],
    referral: claim,
  };
}

function half(
  programme: Programme,
  member: MemberState,
  at: number,
  what: {
    points: number;
    code: ReasonCode;
    move: (moves: Moves) => void;
    counted?: ReadonlyMap<string, number>;
    subjectSeq?: number;
  },
): Half {
  const { points, code, counted = new Map<string, number>(), subjectSeq = null } = what;
  const seq = member.version + 1;
  const moves = new Moves(seq, member);
  if (points !== 0) what.move(moves);
  const { figures, lots, expired, opened, changed } = moves.done(at);
  const counters = new Map([...member.counters, ...counted]);
  const next = withNextChange({ ...member, ...figures, version: seq, lots, expired, counters }, at);
  const billionths = BigInt(points) * BILLION;
  const item: ExplanationItem = [NO_RULE, WHOLE_EVENT, code, billionths.toString()];
  const draft: PostingDraft = {
    ...blank(programme, next, at),
    kind: 'refer',
    subjectSeq,
    billionths,
    explanation: [item, ...tell(moves)],
    entries: moves.entries,
    opened,
    changed,
    counters: [...counted].map(([key, used]) => counterOf(key, used)),
    moved: next.points - member.points,
  };
  return { member: next, draft };
}

/** Points for a friend can be spent at once, and go when points bought now would. */
function lotTerms(programme: Programme, at: number): Parameters<Moves['issue']>[1] {
  const expiresAt = dateFrom(programme, at);
  return { funder: 'own', accruedAt: at, availableFrom: at, expiresAt };
}

/** Why the referrer gets nothing, although the friend does. */
function whyNotReferrer({ programme, terms, referrer, action }: Case): ReasonCode | undefined {
  const { member } = referrer;
  if (member.status !== 'active') return 'referrer_not_active';
  const { month, year, ever } = referralKeys(programme.timeZone, action.at);
  const isFull = (key: string, limit: number): boolean => (member.counters.get(key) ?? 0) >= limit;
  const isReached =
    isFull(month, terms.perMonth) || isFull(year, terms.perYear) || isFull(ever, terms.lifetime);
  return isReached ? 'referral_cap_reached' : undefined;
}

function counted({ programme, referrer, action }: Case): Map<string, number> {
  const { counters } = referrer.member;
  const { month, year, ever } = referralKeys(programme.timeZone, action.at);
  return new Map([month, year, ever].map((key) => [key, (counters.get(key) ?? 0) + 1]));
}
