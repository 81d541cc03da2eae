/**
 * A purchase becomes one posting of kind `accrue`: explained billionths plus the member's carried
 * remainder give whole points, which open one lot that is pending until the return window closes.
 * One that arrives late is put where it belongs, and what came after it is decided again.
 */
import { contextOf, decide, standingAt, type Context, type Decision } from '../earning/decision.js';
import { lowBlock } from '../partners/alert.js';
import { blocksAt, turnsAway, type Blocks } from '../partners/draw.js';
import { withItems } from '../partners/waiting.js';
import type { Purchase } from '../purchase.js';
import { eventOf, type TimelineEvent, type Versions } from '../earning/timeline.js';
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { misread } from '../metered/misread.js';
import { DAY_MS } from '../period.js';
import { usesOf, type LimitUse } from '../limits.js';
import { ACCRUAL_POINTS_MAX, BILLION } from '../points.js';
import type { Programme } from '../programme.js';
import { drawnBy, placeOf as boughtAt } from '../offers/draws.js';
import { drawnAnew } from '../offers/drawn-anew.js';
import { shortOf } from '../offers/pool.js';
import { refused, type Settled } from '../spending/settle.js';
import { notUsable, useRedemptions } from '../spending/used.js';
import type { DecisionFacts, Outcome, Refusal } from '../outcome.js';
import type { MemberState, State } from '../state.js';
import { endOf } from '../standing/change.js';
import { reviewUntil } from '../standing/review.js';
import { judged } from '../velocity/judge.js';
import { postChain, withLast, type ChainEnd, type Step } from './chain.js';
import { replayFrom } from './replay.js';
import { dueSince, reviewInTurn, reviewStep } from './review.js';
import { queueOf, withOwnWhole, withWholes } from './wholes.js';

export interface AccrueAction {
  kind: 'accrue';
  /** The database's now. */
  at: number;
  occurredAt: number;
  purchase: Purchase;
  versions: Versions;
  /** Number of the return it is exchanged for. */
  exchangeOf?: number | undefined;
  /** Numbers of captured redemptions used on it. */
  redemptions?: readonly number[] | undefined;
  retailer?: string | undefined;
}

/** Clocks of tills may run ahead this far before an event counts as future. */
export const FUTURE_TOLERANCE_MS = 300_000;

/** When an event counts: in its place in time, in its place although late, or as of its arrival. */
export type Timing = 'in_time' | 'late' | 'as_of_today';

/** An event is late when the member has a newer one, and decided as of today beyond the window. */
export function timingOf(
  programme: Pick<Programme, 'late'>,
  newestAt: number | null,
  { at, occurredAt }: { at: number; occurredAt: number },
): Timing {
  if (newestAt === null || occurredAt >= newestAt) return 'in_time';
  return occurredAt < at - programme.late.windowDays * DAY_MS ? 'as_of_today' : 'late';
}

/**
 * Where an event goes in the order of events, and whether others are after it: those it is late
 * for, or one of a till that runs ahead when it is decided as of today.
 */
export function placeOf(
  programme: Pick<Programme, 'late'>,
  newestAt: number | null,
  when: { at: number; occurredAt: number },
): { timing: Timing; place: number; isBehind: boolean } {
  const timing = timingOf(programme, newestAt, when);
  const place = timing === 'as_of_today' ? when.at : when.occurredAt;
  return { timing, place, isBehind: place < (newestAt ?? place) };
}

const tooLarge: Refusal = {
  code: 'accrual_too_large',
  details: { maximumPoints: ACCRUAL_POINTS_MAX },
};

/** Decides one purchase for a member whose time-outs are already settled. */
export function accrue(
  programme: Programme,
  state: State,
  settled: Settled,
  action: AccrueAction,
): Outcome {
  const { member } = settled;
  const { occurredAt, purchase, versions, at: until } = action;
  const blocks = blocksAt(state, settled.postings);
  const { left } = blocks;
  const refusal = whyNot(programme, member, action);
  if (refusal !== undefined) return refused(programme, settled, action, refusal);
  const { timing, place, isBehind } = placeOf(programme, member.newestAt, action);
  const late = { seq: member.version + 1, at: place, arrivedAt: until };
  const newest = versions.at(until) ?? programme;
  const replay = isBehind
    ? replayFrom(withPurchase(member, purchase, late.seq), place, { versions, newest, left, until })
    : undefined;
  const before = replay?.context ?? contextOf(member, left);
  // Of a place that is still to come, or of which the reviews are not those that were posted.
  const due = reviewUntil(newest, before, place);
  const context = standingAt(before, due.point);
  const when = { occurredAt, at: place, arrivedAt: until };
  const decision = judged(programme, member, when, decide(programme, context, purchase, when));
  if (decision.billionths > BigInt(ACCRUAL_POINTS_MAX) * BILLION) {
    return refused(programme, settled, action, tooLarge);
  }
  const decided = stepOf(programme, action, decision, { timing, context });
  const event = (): TimelineEvent => eventOf(decided, { ...late, tier: decision.tier }, context);
  const rest = replay?.goOn(event(), decision.next);
  const worth = rest && { member, rest, versions, own: late.seq };
  const { retailer } = purchase;
  const queue = queueOf(programme, retailer, decided, { member, blocks, worth });
  const own = withItems(decided, queue === undefined ? [] : [queue.item]);
  if (queue !== undefined) rest?.awards.apply(event(), own.items);
  const since = rest ?? dueSince(newest, decision.next, until);
  const reviewed = due.reviews.map(replay === undefined ? reviewInTurn : reviewStep);
  const others = [...reviewed, ...since.steps];
  const steps =
    worth === undefined
      ? [...others, withOwnWhole(own, member.remainder, action)]
      : withWholes([...others, own], worth);
  const end = endOf(newest, since.context, member, place);
  const shared =
    rest === undefined
      ? usesOf(drawnBy(programme, own.items, boughtAt(purchase, occurredAt)))
      : drawnAnew(member, rest.awards, versions);
  const short = queue === undefined ? [] : [queue.short];
  return posted(programme, state, settled, action, {
    steps,
    end,
    pool: since.context.pool,
    shared,
    blocks,
    short,
  });
}

/** Posts what was decided, unless the partner's block lacks what the purchase takes. */
function posted(
  programme: Programme,
  { rest }: State,
  settled: Settled,
  action: AccrueAction,
  decided: {
    steps: readonly Step[];
    end: ChainEnd;
    pool: Context['pool'];
    shared: readonly LimitUse[];
    blocks: Blocks;
    short: readonly LimitUse[];
  },
): Outcome {
  const { steps, end, shared, blocks } = decided;
  const { partners } = programme;
  const { retailer } = action.purchase;
  const used = useRedemptions(settled.member, action, steps.length);
  const written = withLast(steps, { redemptions: used.redemptions, shared });
  const chain = postChain(used.member, written, end, { at: action.at, blocks });
  const short = [...decided.short, ...shortOf(decided.pool), ...chain.blocks.short];
  if (turnsAway(partners, retailer, short)) {
    const refusal = { code: 'partner_block_empty', details: {} };
    return { ...refused(programme, settled, action, refusal), short };
  }
  const postings = [...settled.postings, ...chain.postings];
  const low = lowBlock(partners, retailer, rest, postings);
  return {
    state: {
      members: [withPurchase(chain.member, action.purchase, chain.member.version)],
      left: chain.blocks.left,
    },
    postings:
      low === undefined
        ? postings
        : postings.map((each, n) => (n === postings.length - 1 ? { ...each, low } : each)),
    short,
  };
}

/** What later events must know, of the same batch and of the order, where purchases were read. */
function withPurchase(member: MemberState, purchase: Purchase, seq: number): MemberState {
  if (member.purchases === undefined) return member;
  return { ...member, purchases: new Map(member.purchases).set(seq, purchase) };
}

function stepOf(
  programme: Programme,
  action: AccrueAction,
  { items, billionths, qualifying, tier }: Decision,
  { timing, context: { held, review } }: { timing: Timing; context: Context },
): Step {
  const late: Record<Timing, ExplanationItem[]> = {
    in_time: [],
    late: [[NO_RULE, WHOLE_EVENT, 'late_event', '0']],
    as_of_today: [[NO_RULE, WHOLE_EVENT, 'decided_as_of_today', '0']],
  };
  const facts: DecisionFacts = { held, tier, review };
  return {
    kind: 'accrue',
    subjectSeq: action.exchangeOf ?? null,
    programme,
    occurredAt: action.occurredAt,
    items: timing === 'in_time' ? items : [...items, ...late[timing]],
    billionths,
    qualifying,
    moves: [],
    // In time the tier held, and decided at, is that of the posting before.
    decision: timing === 'in_time' && held === tier && review === undefined ? undefined : facts,
    redemptions: undefined,
    shared: undefined,
    funding: undefined,
  };
}

function whyNot(
  programme: Programme,
  member: MemberState,
  action: AccrueAction,
): Outcome['refusal'] {
  const { at, occurredAt } = action;
  if (occurredAt > at + FUTURE_TOLERANCE_MS) {
    return { code: 'occurred_in_future', pointer: '/occurredAt', details: {} };
  }
  if (member.status !== 'active') return { code: 'member_not_active', details: {} };
  if (occurredAt < programme.effectiveAt) {
    return { code: 'before_programme_start', details: {} };
  }
  if (occurredAt < member.enrolledAt && !programme.purchasesBeforeEnrolment) {
    return { code: 'before_enrolment', details: {} };
  }
  return (
    tooLate(programme, action) ??
    misread(programme, member.counters, action, timingOf(programme, member.newestAt, action)) ??
    notUsable(member, action)
  );
}

/** Whether the programme refuses events as old as this one. */
export function tooLate(
  { late }: Programme,
  { at, occurredAt }: { at: number; occurredAt: number },
): Outcome['refusal'] {
  const isTooLate = late.older === 'refuse' && occurredAt < at - late.windowDays * DAY_MS;
  return isTooLate
    ? { code: 'event_too_late', details: { windowDays: late.windowDays } }
    : undefined;
}
