/**
 * Points that waited are awarded once their partner's block has some: those of one purchase, as far as
 * they are covered, by a correction that names it. Nothing is decided again, as the purchase has
 * counted in everything since it was made.
 */
import { postChain, type Step } from '../actions/chain.js';
import { withWholes } from '../actions/wholes.js';
import type { Award } from '../earning/award.js';
import { Awards, timelineOf, type Versions } from '../earning/timeline.js';
import { WAITS, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { LimitUse } from '../limits.js';
import type { Outcome } from '../outcome.js';
import { dateFrom } from '../expiry/terms.js';
import type { Programme } from '../programme.js';
import type { Settled } from '../spending/settle.js';
import { pointOf } from '../standing/stand.js';
import type { MemberState, PastDecision, State } from '../state.js';
import { blocksAt } from './draw.js';
import { fundedBy } from './funding.js';
import { coveredBy, waitingIn, type Cover } from './waiting.js';

export interface AwardWaitingAction {
  kind: 'award_waiting';
  /** The database's now. */
  at: number;
  /** Number of the purchase. */
  purchase: number;
  versions: Versions;
}

/** Posts what of a purchase's waiting points is covered now; nothing where none is. */
export function awardWaiting(
  programme: Programme,
  state: State,
  { member, postings }: Settled,
  { at, purchase: seq, versions }: AwardWaitingAction,
): Outcome {
  const blocks = blocksAt(state, postings);
  const nothing: Outcome = { state: { members: [member], left: blocks.left }, postings };
  const award = Awards.after(timelineOf(member.history ?? []), member).of(seq);
  const retailer = award?.purchase?.retailer;
  if (member.status !== 'active' || award === undefined || retailer === undefined) return nothing;
  const awarding = versions.version(award.versionNo);
  const { left } = blocks;
  const found = payable(awarding, award, retailer, { counters: member.counters, left });
  if (found.billionths === 0n) return { ...nothing, short: found.short };
  const items: ExplanationItem[] = [
    [WAITS, WHOLE_EVENT, 'partner_paid', found.billionths.toString(), retailer],
  ];
  const step = stepOf(award, awarding, items, found.billionths);
  const worth = { member, rest: { awards: awardsAfter(member, step, award, at) }, versions };
  const steps = withWholes([step], worth).map((each) => withFreshExpiry(each, award, at));
  const newest = versions.at(at) ?? programme;
  const newestAt = member.newestAt ?? award.occurredAt;
  const { heardAt } = member;
  const end = { programme: newest, ...pointOf(member), newestAt, heardAt };
  const chain = postChain(member, steps, end, { at, blocks });
  return {
    state: { members: [chain.member], left: chain.blocks.left },
    postings: [...postings, ...chain.postings],
    short: [...found.short, ...chain.blocks.short],
  };
}

/**
 * How much of what waits can be awarded. What a return has left waiting beyond what the partner pays
 * for asks for nothing of the block.
 */
function payable(
  awarding: Programme,
  { items }: Award,
  retailer: string,
  cover: Cover,
): { billionths: bigint; short: LimitUse[] } {
  const waits = waitingIn(items.values());
  const block = awarding.partners.byCode.get(retailer)?.terms?.prepaid?.block;
  if (waits <= 0n || block === undefined) return { billionths: 0n, short: [] };
  const all = [...items.values()].filter(([rule]) => rule !== WAITS);
  const funded = fundedBy(awarding, retailer, all).get(retailer) ?? 0n;
  const charged = waits < funded ? waits : funded;
  const { billionths, asked } = coveredBy(block, charged, cover);
  const isShort = billionths < charged;
  return { billionths: billionths + waits - charged, short: isShort ? [asked] : [] };
}

function stepOf(
  { seq, occurredAt, held, tier, review }: Award,
  programme: Programme,
  items: readonly ExplanationItem[],
  billionths: bigint,
): Step {
  return {
    kind: 'correct',
    subjectSeq: seq,
    programme,
    occurredAt,
    items,
    billionths,
    qualifying: 0n,
    moves: [],
    decision: { held, tier, event: seq, review },
  };
}

/** What the member's purchases are worth once a correction is posted. */
function awardsAfter(
  member: MemberState,
  { items, occurredAt, programme }: Step,
  { seq, held, tier, review }: Award,
  at: number,
): Awards {
  const past: PastDecision = {
    seq: member.version + 1,
    kind: 'correct',
    purchase: seq,
    event: seq,
    versionNo: programme.no,
    occurredAt,
    recordedAt: at,
    explanation: items,
    held,
    tier,
    review,
    returned: [],
  };
  return Awards.after(timelineOf([...(member.history ?? []), past]), member);
}

/** What a partner pays late is no shorter there for it: it expires counted from when it is awarded. */
function withFreshExpiry(step: Step, { seq }: Award, at: number): Step {
  const expiresAt = dateFrom(step.programme, at);
  if (expiresAt === null) return step;
  const moves = step.moves.map((move) =>
    move.purchase === seq && move.points > 0
      ? { ...move, terms: { ...move.terms, expiresAt } }
      : move,
  );
  return { ...step, moves };
}
