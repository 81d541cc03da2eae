/**
 * What a member brings back: the award of a purchase is reversed as awarded, line by line, its
 * thresholds are decided anew on what remains, and rewards used on it are given back to the lots
 * they were paid from. Points that are no longer there are owed.
 */
import type { Award } from '../earning/award.js';
import { contextOf, type Context } from '../earning/decision.js';
import { decideReturn } from '../earning/give-back.js';
import { comesBack, remaining, type AskedLine } from '../earning/remaining.js';
import { reachedTier, standingTier } from '../earning/tier.js';
import { Awards, timelineOf, type TimelineEvent, type Versions } from '../earning/timeline.js';
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import { blocksAt, type Blocks } from '../partners/draw.js';
import { drawnAnew } from '../offers/drawn-anew.js';
import { shortOf } from '../offers/pool.js';
import type { Programme } from '../programme.js';
import { graceFrom } from '../spending/grace.js';
import { refused, type Settled } from '../spending/settle.js';
import type { Outcome, Refusal } from '../outcome.js';
import type { ReturnedLine, State } from '../state.js';
import { FUTURE_TOLERANCE_MS, placeOf, tooLate, type Timing } from './accrue.js';
import { reviewUntil } from '../standing/review.js';
import { reachedRung } from '../standing/rungs.js';
import { tallyAt } from '../standing/tally.js';
import { postChain, type Step } from './chain.js';
import { dueSince, reviewInTurn, reviewStep } from './review.js';
import { giveBack, givenBack, sharedOf, withReturned, type Given } from './given-back.js';
import { replayFrom, type Rest } from './replay.js';
import { withWholes } from './wholes.js';

export interface ReturnAction {
  kind: 'return';
  /** The database's now. */
  at: number;
  occurredAt: number;
  /** Number of the purchase. */
  purchase: number;
  /** Left out = everything that is left. */
  lines?: readonly AskedLine[] | undefined;
  /** Redemptions to give back; left out = those used on a purchase that comes back whole. */
  redemptions?: readonly number[] | undefined;
  versions: Versions;
}

/** Decides one return for a member whose time-outs are already settled. */
export function returnPurchase(
  programme: Programme,
  state: State,
  settled: Settled,
  action: ReturnAction,
): Outcome {
  const { member } = settled;
  const blocks = blocksAt(state, settled.postings);
  const { left } = blocks;
  const { timing, place, isBehind } = placeOf(programme, member.newestAt, action);
  const newest = action.versions.at(action.at) ?? programme;
  const now = { versions: action.versions, newest, left, until: action.at };
  const replay = isBehind ? replayFrom(member, place, now) : undefined;
  const awards = replay?.awards ?? Awards.after(timelineOf(member.history ?? []), member);
  const whole = Awards.after(timelineOf(member.history ?? []), member).of(action.purchase);
  const award = awards.of(action.purchase);
  const refusal = whyNot(programme, action, award);
  if (refusal !== undefined || award?.purchase === undefined || whole === undefined) {
    return refused(programme, settled, action, refusal ?? beforePurchase(), action.purchase);
  }
  // Judged on all that ever came back, so that a late return cannot bring back what came back since.
  const lines = comesBack(remaining(award.purchase, whole.returned), action.lines);
  if (!Array.isArray(lines)) {
    return refused(programme, settled, action, lines, action.purchase);
  }
  const back = lines;
  const given = givenBack(member, action.redemptions, award, [...whole.returned, ...back]);
  if (!Array.isArray(given)) return refused(programme, settled, action, given, action.purchase);
  const before = replay?.context ?? contextOf(member, left);
  const due = reviewUntil(newest, before, place);
  const context: Context = { ...before, ...due.point };
  const facts = { programme, newest, action, award, awards, back, place, timing };
  const { step, next } = decided(facts, context);
  const known = { seq: member.version + 1, at: place, arrivedAt: action.at };
  const event = eventOf(step, award, known);
  if (replay === undefined) awards.apply(event, event.items);
  const rest = replay?.goOn(event, next) ?? { ...dueSince(newest, next, action.at), awards };
  const reviewed = due.reviews.map(replay === undefined ? reviewInTurn : reviewStep);
  const steps = [...reviewed, ...rest.steps];
  return written(programme, settled, action, {
    given,
    step,
    place,
    blocks,
    rest: { ...rest, steps },
  });
}

interface Facts {
  programme: Programme;
  newest: Programme;
  action: ReturnAction;
  award: Award;
  awards: Awards;
  back: readonly ReturnedLine[];
  place: number;
  timing: Timing;
}

function decided(
  { programme, newest, action, award, awards, back, place, timing }: Facts,
  context: Context,
): { step: Step; next: Context } {
  const { versions, occurredAt } = action;
  const awarding = versions.version(award.versionNo);
  const decision = decideReturn(context, {
    awarding,
    programme,
    newest,
    award,
    returned: [...award.returned, ...back],
    time: place,
    others: awards.others(versions, award.seq),
    floor: awards.provisionalFrom(place, versions),
  });
  const { items, billionths, qualifying, tier, next } = decision;
  const step: Step = {
    kind: 'return',
    subjectSeq: award.seq,
    programme: awarding,
    occurredAt,
    items: [...items, ...told(programme, { context, next, award }, timing)],
    billionths,
    qualifying,
    moves: [],
    decision: { held: context.held, tier, review: context.review },
    returned: back,
  };
  return { step, next };
}

function eventOf(
  step: Step,
  award: Award,
  place: { seq: number; at: number; arrivedAt: number },
): TimelineEvent {
  const { occurredAt, items } = step;
  const { held, tier, versionNo, seq } = award;
  const returned = step.returned ?? [];
  const about = { kind: 'return', purchase: seq, versionNo, occurredAt } as const;
  return { ...about, items, held, tier, returned, ...place };
}

function told(
  programme: Programme,
  { context, next, award }: { context: Context; next: Context; award: Award },
  timing: Timing,
): ExplanationItem[] {
  const items: ExplanationItem[] = [];
  if (timing === 'late') items.push([NO_RULE, WHOLE_EVENT, 'late_event', '0']);
  if (timing === 'as_of_today') items.push([NO_RULE, WHOLE_EVENT, 'decided_as_of_today', '0']);
  const held = standingTier(programme, next.held, 0n);
  const isKept = programme.ladder.isPlain
    ? held > reachedTier(programme, next.qualifying)
    : reachedBy(programme, context, award) >= held && held > reachedBy(programme, next, award);
  if (isKept) items.push([NO_RULE, WHOLE_EVENT, 'tier_kept_until_review', '0', next.held]);
  return items;
}

/** What the window of a purchase reaches, by what is counted at a point. */
const reachedBy = (programme: Programme, point: Context, { at }: Award): number =>
  reachedRung(programme, tallyAt(programme, point, at));

function written(
  programme: Programme,
  settled: Settled,
  action: ReturnAction,
  {
    given,
    step,
    rest,
    place,
    blocks,
  }: {
    given: readonly Given[];
    step: Step;
    rest: Rest;
    place: number;
    blocks: Blocks;
  },
): Outcome {
  const changedSeq = settled.member.version + rest.steps.length + 1;
  const { member, done } = withReturned(settled.member, given, changedSeq);
  const grace = graceFrom(programme, action.at);
  const last: Step = {
    ...step,
    redemptions: done,
    shared: [...sharedOf(given), ...drawnAnew(settled.member, rest.awards, action.versions)],
    before: (moves) => giveBack(moves, given, action.at, grace),
  };
  const end = {
    programme: action.versions.at(action.at) ?? programme,
    ...rest.context,
    newestAt: Math.max(settled.member.newestAt ?? place, place),
    heardAt: Math.max(settled.member.heardAt ?? place, place),
  };
  // Last, so that its figures are those in which the whole chain ends: it answers the action.
  const worth = { member: settled.member, rest, versions: action.versions };
  const when = { at: action.at, blocks };
  const chain = postChain(member, withWholes([...rest.steps, last], worth), end, when);
  return {
    state: { members: [chain.member], left: chain.blocks.left },
    postings: [...settled.postings, ...chain.postings],
    short: [...shortOf(rest.context.pool), ...chain.blocks.short],
  };
}

const beforePurchase = (): Refusal => ({
  code: 'return_before_purchase',
  pointer: '/occurredAt',
  details: {},
});

function whyNot(
  programme: Programme,
  action: ReturnAction,
  award: Award | undefined,
): Refusal | undefined {
  const { at, occurredAt } = action;
  if (occurredAt > at + FUTURE_TOLERANCE_MS) {
    return { code: 'occurred_in_future', pointer: '/occurredAt', details: {} };
  }
  // Decided before the purchase was: in the order of events there is nothing to return yet.
  if (award === undefined || occurredAt < award.occurredAt) return beforePurchase();
  if (award.purchase === undefined) return { code: 'purchase_erased', details: {} };
  return tooLate(programme, action);
}
