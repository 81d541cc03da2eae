/**
 * Decisions become postings: whole points come out of the chain of carried remainders, move into
 * and out of lots, and each posting carries the figures it leaves behind.
 */
import { changedCounters } from '../earning/counters.js';
import type { LotTerms } from '../earning/decision.js';
import type { ExplanationItem } from '../explanation.js';
import type { Grant } from '../ladder.js';
import type { LimitUse } from '../limits.js';
import type { Programme } from '../programme.js';
import { draw, withCounters, withDue, withUses, type Blocks } from '../partners/draw.js';
import { waitingAfter } from '../partners/waiting.js';
import { changesAfter, tell } from '../spending/after.js';
import { Moves, type OwnedLot } from '../spending/moves.js';
import { figuresOf } from '../spending/settle.js';
import { isSameReview, type Standpoint } from '../standing/stand.js';
import { changeOf, countedAt, type End } from '../standing/change.js';
import type {
  Counter,
  DecisionFacts,
  Entry,
  PostingDraft,
  PostingKind,
  Standing,
} from '../outcome.js';
import type { MemberState, PastDecision, Redemption, ReturnedLine } from '../state.js';
import { BILLION } from '../points.js';

/** A change of the whole points of one purchase. */
export interface PointMove {
  /** Number of the purchase; undefined = the one that is being posted. */
  purchase: number | undefined;
  /** Positive = issued, negative = taken back. */
  points: number;
  terms: LotTerms;
}

/** One posting to make of a decision. */
export interface Step {
  kind: Extract<PostingKind, 'accrue' | 'return' | 'correct' | 'review'>;
  subjectSeq: number | null;
  programme: Programme;
  occurredAt: number;
  items: readonly ExplanationItem[];
  billionths: bigint;
  /** Change of the qualifying billionths. */
  qualifying: bigint;
  moves: readonly PointMove[];
  decision: DecisionFacts | undefined;
  returned?: readonly ReturnedLine[] | undefined;
  redemptions?: readonly Redemption[] | undefined;
  shared?: readonly LimitUse[] | undefined;
  /** What a review says; where it leaves the member, if it is the last to say so; what is given. */
  stood?: Omit<Standing, 'fromSeq'>;
  after?: Standpoint;
  granted?: Grant | undefined;
  /** Change of the billionths that each partner pays for. */
  funding?: ReadonlyMap<string, bigint> | undefined;
  /** What else moves, before points are issued or taken back. */
  before?: (moves: Moves) => readonly ExplanationItem[];
}

/** Where the order of events leaves the member; the last posting of a chain writes it. */
export type ChainEnd = End;

export interface Chain {
  member: MemberState;
  postings: PostingDraft[];
  blocks: Blocks;
}

/** Posts steps one after the other; `at` is the database's now. */
export function postChain(
  member: MemberState,
  steps: readonly Step[],
  end: ChainEnd,
  { at, blocks }: { at: number; blocks: Blocks },
): Chain {
  let chain: Chain = { member, postings: [], blocks };
  const places = steps.map(({ kind, occurredAt }) => (kind === 'review' ? occurredAt : -Infinity));
  const last = { ...end, newestAt: Math.max(end.newestAt, ...places) };
  steps.forEach((step, index) => {
    chain = post(chain, step, index === steps.length - 1 ? last : undefined, at);
  });
  return chain;
}

/** Steps whose last one, which answers the action, writes redemptions and uses of limits too. */
export function withLast(
  steps: readonly Step[],
  { redemptions, shared }: { redemptions: readonly Redemption[]; shared: readonly LimitUse[] },
): readonly Step[] {
  if (redemptions.length === 0 && shared.length === 0) return steps;
  return steps.map((step, index) =>
    index === steps.length - 1 ? { ...step, redemptions, shared } : step,
  );
}

/** What a posting draws of partners, beside what it gives back of redemptions. */
function drawnBy(
  { funding = new Map(), shared, programme }: Step,
  { member, blocks }: Chain,
): { entries: readonly Entry[]; counters: readonly Counter[]; blocks: Blocks } & Pick<
  Step,
  'shared'
> {
  const left = withUses(blocks.left, shared ?? []);
  if (funding.size === 0) {
    return { entries: [], counters: [], shared, blocks: { left, short: blocks.short } };
  }
  const drawn = draw(programme.partners, funding, { counters: member.counters, left });
  return {
    entries: drawn.entries,
    counters: drawn.counters,
    shared: [...(shared ?? []), ...drawn.shared],
    blocks: { left: withUses(left, drawn.shared), short: [...blocks.short, ...drawn.short] },
  };
}

function post(chain: Chain, step: Step, end: ChainEnd | undefined, at: number): Chain {
  const drawn = drawnBy(step, chain);
  const { member } = chain;
  const counted = withCounters(member.counters, drawn.counters);
  const seq = member.version + 1;
  const moves = new Moves(seq, member);
  const told = applyAll(moves, step);
  const { figures, lots, expired, opened, changed } = moves.done(at);
  const issued = step.moves.reduce((sum, { points }) => sum + points, 0);
  const ending = end === undefined ? counted : withDue(end.counters, counted);
  const counters = [...drawn.counters, ...changedCounters(counted, ending)];
  const next: MemberState = {
    ...member,
    points: figures.points,
    held: figures.held,
    owed: figures.owed,
    pending: figures.pending,
    version: seq,
    qualifying: member.qualifying + step.qualifying,
    remainder: member.remainder + step.billionths - BigInt(issued) * BILLION,
    tier: step.after?.held ?? end?.held ?? member.tier,
    review:
      step.after === undefined && end === undefined ? member.review : (step.after ?? end)?.review,
    lots,
    expired,
    changesAt: changesAfter(member, lots, opened, at),
    newestAt: end?.newestAt ?? member.newestAt,
    heardAt: end?.heardAt ?? member.heardAt,
    counters: ending,
  };
  // Written out: fields added to a copy of a blank one were measured to cost a third of a decision.
  const draft: PostingDraft = {
    member: 0,
    seq,
    kind: step.kind,
    subjectSeq: step.subjectSeq,
    versionNo: step.programme.no,
    occurredAt: step.occurredAt,
    billionths: step.billionths,
    after: figuresOf(next),
    explanation: told.length === 0 ? step.items : [...step.items, ...told],
    entries: [...moves.entries, ...drawn.entries],
    opened,
    changed,
    counters,
    redemptions: step.redemptions ?? [],
    shared: drawn.shared,
    returned: step.returned,
    decision: step.decision,
    moved: movesPoints(step) ? next.points - member.points : undefined,
    standing: standingOf(step, end, { from: member.tier, seq, tier: next.tier }),
    review: isSameReview(member.review, next.review) ? undefined : (next.review ?? null),
    counted: countedBy(step, end, at),
    granted: step.granted,
    waiting: waitingAfter(member.history, step, seq),
  };
  const postings = [...chain.postings, draft];
  return { member: withDecision(next, draft, at), postings, blocks: drawn.blocks };
}

/** What windows have counted where a chain ends; a review says it by itself. */
function countedBy({ kind }: Step, end: ChainEnd | undefined, at: number): PostingDraft['counted'] {
  return end === undefined || kind === 'review' ? undefined : countedAt(end.programme, end, at);
}

/** What a later event of the same batch must know, where decisions were read. */
function withDecision(member: MemberState, draft: PostingDraft, recordedAt: number): MemberState {
  if (member.history === undefined) return member;
  return { ...member, history: [...member.history, pastDecision(draft, recordedAt)] };
}

/** What a posting of a chain decided, as later events must know it. */
export function pastDecision(draft: PostingDraft, recordedAt: number): PastDecision {
  const { seq, subjectSeq, versionNo, occurredAt, explanation, decision } = draft;
  const kind = pastKind(draft.kind);
  const before = draft.standing?.from ?? draft.after.tier;
  return {
    seq,
    kind,
    versionNo,
    occurredAt,
    recordedAt,
    explanation,
    purchase: kind === 'accrue' || kind === 'review' ? seq : (subjectSeq ?? seq),
    event: decision?.event ?? seq,
    held: decision?.held ?? before,
    tier: decision?.tier ?? before,
    review: decision?.review,
    granted: draft.granted,
    returned: draft.returned ?? [],
  };
}

/** Moves all that a step moves; returns what there is to tell of it. */
function applyAll(moves: Moves, step: Step): ExplanationItem[] {
  const told = [...(step.before?.(moves) ?? [])];
  for (const move of step.moves) apply(moves, move);
  return [...told, ...tell(moves)];
}

/** Points of another purchase than the one being posted come in, and go, with its lots. */
function apply(moves: Moves, { purchase, points, terms }: PointMove): void {
  const origin = purchase === undefined ? undefined : { seq: purchase, n: 0 };
  if (points > 0) moves.issue(points, terms, origin);
  if (points < 0) moves.takeBack(-points, (lot) => isOf(lot, purchase));
}

/** Whether a lot is a purchase's; one with an origin is of that one, whichever posting opened it. */
function isOf({ seq, origin }: OwnedLot, purchase: number | undefined): boolean {
  return (origin?.seq ?? seq) === purchase;
}

/** Kinds that say by how much they change the points. */
const movesPoints = ({ kind }: Step): boolean => kind === 'return' || kind === 'correct';

function pastKind(kind: PostingKind): PastDecision['kind'] {
  return kind === 'return' || kind === 'correct' || kind === 'review' ? kind : 'accrue';
}

/** What a review says, or that another tier is held than before. */
function standingOf(
  { kind, stood }: Step,
  end: ChainEnd | undefined,
  { from, tier, seq }: { from: string; tier: string; seq: number },
): Standing | undefined {
  if (stood !== undefined) return { fromSeq: seq, ...stood };
  if (end === undefined || tier === from) return undefined;
  return { fromSeq: seq, tier, from, why: changeOf(kind, end, from) };
}
