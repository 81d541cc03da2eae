/**
 * Reviews of a tier become postings of their own, dated when they were due, by whatever touches the
 * member next; and a tier is given by hand.
 */
import { standingAt, type Context } from '../earning/decision.js';
import { rungOf } from '../earning/tier.js';
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { Grant } from '../ladder.js';
import type { Programme } from '../programme.js';
import type { Outcome, Refusal, StandingReason } from '../outcome.js';
import { refused, type Settled } from '../spending/settle.js';
import { blocksAt } from '../partners/draw.js';
import { reviewUntil, type Reviewed } from '../standing/review.js';
import { pointOf, withGrant, type Standpoint } from '../standing/stand.js';
import { denied, type Staff } from './adjust.js';
import { postChain, type Step } from './chain.js';
import type { State } from '../state.js';

export interface GrantAction {
  kind: 'grant';
  /** The database's now. */
  at: number;
  tier: string;
  /** The instant at which it ends (exclusive). */
  until: number;
  /** Code of a reason of the programme. */
  reason: string;
  requester: Staff;
}

/** The longest a tier is given by hand, in milliseconds: two years and a day. */
export const GRANT_MAX_MS = 732 * 86_400_000;

/** A review that was due, dated when it was. */
export function reviewStep({ at, programme, before, after, why }: Reviewed): Step {
  return stepOf(programme, before, after, {
    occurredAt: at,
    why,
    items: [[NO_RULE, WHOLE_EVENT, why.code, '0', after.held]],
  });
}

/** The same where it is posted in its turn, so that it leaves the member as it says. */
export function reviewInTurn(each: Reviewed): Step {
  return { ...reviewStep(each), after: each.after };
}

function stepOf(
  programme: Programme,
  before: Standpoint,
  after: Standpoint,
  told: Pick<Step, 'occurredAt' | 'granted' | 'items'> & { why: StandingReason },
): Step {
  const { why, ...rest } = told;
  return {
    kind: 'review',
    subjectSeq: null,
    programme,
    billionths: 0n,
    qualifying: 0n,
    moves: [],
    ...rest,
    stood: { from: before.held, tier: after.held, why },
    decision: { held: before.held, tier: before.held, review: before.review },
  };
}

/** Reviews that were due since an event, of a tier that it reached, and where they leave the member. */
export function dueSince(
  newest: Programme,
  context: Context,
  at: number,
): { steps: Step[]; context: Context } {
  const { point, reviews } = reviewUntil(newest, context, at);
  return { steps: reviews.map(reviewStep), context: standingAt(context, point) };
}

/** Posts every review due by an instant; `newest` is the version in force, with those before it. */
export function settleReviews(newest: Programme, settled: Settled, at: number): Settled {
  const { reviews } = reviewUntil(newest, pointOf(settled.member), at);
  return post(newest, settled, reviews.map(reviewInTurn), at);
}

function post(newest: Programme, settled: Settled, steps: readonly Step[], at: number): Settled {
  const last = steps.at(-1);
  if (last?.after === undefined) return settled;
  const { member } = settled;
  const newestAt = Math.max(member.newestAt ?? last.occurredAt, last.occurredAt);
  const { heardAt } = member;
  const end = { programme: newest, ...pointOf(member), ...last.after, newestAt, heardAt };
  const chain = postChain(member, steps, end, { at, blocks: blocksAt({}, []) });
  return { member: chain.member, postings: [...settled.postings, ...chain.postings] };
}

/** Gives a tier until an instant, with a reason, and never to oneself. */
export function grantTier(
  programme: Programme,
  state: State,
  settled: Settled,
  action: GrantAction,
): Outcome {
  const { at, tier, until, reason, requester } = action;
  const { member } = settled;
  const refusal = whyNot(programme, action);
  if (refusal !== undefined) return refused(programme, settled, action, refusal);
  if (requester.memberId === member.memberId) return denied(state, 'own_account');
  if (member.status !== 'active') {
    return refused(programme, settled, action, { code: 'member_not_active', details: {} });
  }
  const before = pointOf(member);
  const granted: Grant = { tier, until };
  const after = withGrant(programme, before, granted);
  const told = {
    occurredAt: at,
    granted,
    items: [toldOf(reason)],
    why: { code: 'tier_granted', qualifying: member.qualifying.toString(), threshold: 0, until },
  } as const;
  const step = { ...stepOf(programme, before, after, told), after };
  const { member: next, postings } = post(programme, settled, [step], at);
  return { state: { members: [next] }, postings };
}

const toldOf = (reason: string): ExplanationItem => [
  NO_RULE,
  WHOLE_EVENT,
  'tier_granted',
  '0',
  reason,
];

function whyNot(
  programme: Programme,
  { at, tier, until, reason }: GrantAction,
): Refusal | undefined {
  if (rungOf(programme, tier) < 1 || programme.tiers.every(({ code }) => code !== tier)) {
    return { code: 'unknown_tier', pointer: '/tier', details: {} };
  }
  if (!programme.staff.reasons.has(reason)) {
    return { code: 'unknown_reason', pointer: '/reason', details: { reason } };
  }
  if (until <= at || until > at + GRANT_MAX_MS) {
    return { code: 'grant_end_not_possible', pointer: '/until', details: {} };
  }
  return undefined;
}
