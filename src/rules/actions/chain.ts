/**
 * Decisions become postings: whole points come out of the chain of carried remainders, move into
 * and out of lots, and each posting carries the figures it leaves behind.
 */
import type { LotTerms } from '../earning/decision.js';
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { Grant } from '../ladder.js';
import type { LimitUse } from '../limits.js';
import type { Programme } from '../programme.js';
import { nextChange } from '../spending/lots.js';
import { Moves } from '../spending/moves.js';
import { blank } from '../spending/settle.js';
import { isSameReview, type Standpoint } from '../standing/stand.js';
import { changeOf, countedAt, type End } from '../standing/change.js';
import type { Counter, DecisionFacts, PostingDraft, PostingKind, Standing } from '../outcome.js';
import {
  type Lot,
  type MemberState,
  type PastDecision,
  type Redemption,
  type ReturnedLine,
} from '../state.js';
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
  /** What else moves, before points are issued or taken back. */
  before?: (moves: Moves) => readonly ExplanationItem[];
}

/** Where the order of events leaves the member; the last posting of a chain writes it. */
export type ChainEnd = End;

/** Posts steps one after the other; `at` is the database's now. */
export function postChain(
  member: MemberState,
  steps: readonly Step[],
  end: ChainEnd,
  at: number,
): { member: MemberState; postings: PostingDraft[] } {
  let current = member;
  const reviewed = steps.flatMap(({ kind, occurredAt }) => (kind === 'review' ? occurredAt : []));
  const last = { ...end, newestAt: Math.max(end.newestAt, ...reviewed) };
  const postings = steps.map((step, index) => {
    const posted = post(current, step, index === steps.length - 1 ? last : undefined, at);
    current = posted.member;
    return posted.draft;
  });
  return { member: current, postings };
}

/** Steps whose last one, which answers the action, writes these redemptions too. */
export function withRedemptions(
  steps: readonly Step[],
  redemptions: readonly Redemption[],
): readonly Step[] {
  if (redemptions.length === 0) return steps;
  return steps.map((step, index) => (index === steps.length - 1 ? { ...step, redemptions } : step));
}

function post(
  member: MemberState,
  step: Step,
  end: ChainEnd | undefined,
  at: number,
): { member: MemberState; draft: PostingDraft } {
  const seq = member.version + 1;
  const moves = new Moves(seq, member);
  const told = [...(step.before?.(moves) ?? [])];
  for (const move of step.moves) apply(moves, move);
  told.push(...tell(moves));
  const { figures, lots, opened, changed } = moves.done(at);
  const issued = step.moves.reduce((sum, { points }) => sum + points, 0);
  const counters = end === undefined ? [] : changedCounters(member.counters, end.counters);
  const next: MemberState = {
    ...member,
    ...figures,
    version: seq,
    qualifying: member.qualifying + step.qualifying,
    remainder: member.remainder + step.billionths - BigInt(issued) * BILLION,
    tier: step.after?.held ?? end?.held ?? member.tier,
    review:
      step.after === undefined && end === undefined ? member.review : (step.after ?? end)?.review,
    lots,
    changesAt: changesAfter(member, lots, opened, at),
    newestAt: end?.newestAt ?? member.newestAt,
    counters: end?.counters ?? member.counters,
  };
  const draft: PostingDraft = {
    ...blank(step.programme, next, step.occurredAt),
    kind: step.kind,
    subjectSeq: step.subjectSeq,
    billionths: step.billionths,
    explanation: told.length === 0 ? step.items : [...step.items, ...told],
    entries: moves.entries,
    opened,
    changed,
    counters,
    redemptions: step.redemptions ?? [],
    shared: step.shared,
    returned: step.returned,
    decision: step.decision,
    moved: movesPoints(step) ? next.points - member.points : undefined,
    standing: standingOf(step, end, { from: member.tier, seq, tier: next.tier }),
    review: isSameReview(member.review, next.review) ? undefined : (next.review ?? null),
    counted:
      end === undefined || step.kind === 'review' ? undefined : countedAt(end.programme, end, at),
    granted: step.granted,
  };
  return { member: withDecision(next, draft, at), draft };
}

/** What a later event of the same batch must know, where decisions were read. */
function withDecision(member: MemberState, draft: PostingDraft, recordedAt: number): MemberState {
  if (member.history === undefined) return member;
  const { seq, subjectSeq, versionNo, occurredAt, explanation, decision } = draft;
  const kind = pastKind(draft.kind);
  const before = draft.standing?.from ?? member.tier;
  const past: PastDecision = {
    ...{ seq, kind, versionNo, occurredAt, recordedAt, explanation },
    purchase: kind === 'accrue' || kind === 'review' ? seq : (subjectSeq ?? seq),
    event: decision?.event ?? seq,
    held: decision?.held ?? before,
    tier: decision?.tier ?? before,
    review: decision?.review,
    granted: draft.granted,
    returned: draft.returned ?? [],
  };
  return { ...member, history: [...member.history, past] };
}

/** Points of another purchase than the one being posted come in, and go, with its lots. */
function apply(moves: Moves, { purchase, points, terms }: PointMove): void {
  const origin = purchase === undefined ? undefined : { seq: purchase, n: 0 };
  if (points > 0) moves.issue(points, terms, origin);
  if (points < 0) moves.takeBack(-points, (lot) => isOf(lot, purchase));
}

/** Whether a lot is a purchase's; one with an origin is of that one, whichever posting opened it. */
function isOf({ seq, origin }: Lot, purchase: number | undefined): boolean {
  return (origin?.seq ?? seq) === purchase;
}

function tell({ repaid, fromOthers, lacking }: Moves): ExplanationItem[] {
  const items: ExplanationItem[] = [];
  if (repaid > 0) items.push([NO_RULE, WHOLE_EVENT, 'owed_repaid', '0', repaid]);
  if (fromOthers > 0) {
    items.push([NO_RULE, WHOLE_EVENT, 'taken_from_other_points', '0', fromOthers]);
  }
  if (lacking > 0) items.push([NO_RULE, WHOLE_EVENT, 'points_owed', '0', lacking]);
  return items;
}

function changesAfter(
  member: MemberState,
  lots: readonly Lot[] | undefined,
  opened: readonly Lot[],
  at: number,
): number | null {
  if (lots !== undefined && member.redemptions !== undefined) {
    return nextChange(lots, member.redemptions, at);
  }
  const opens = nextChange(opened, [], at);
  if (opens === null) return member.changesAt;
  return Math.min(member.changesAt ?? Infinity, opens);
}

function changedCounters(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Counter[] {
  if (before === after) return [];
  const changed: Counter[] = [];
  for (const [key, used] of after) {
    if ((before.get(key) ?? 0) === used) continue;
    const cut = key.lastIndexOf('@');
    changed.push({ counter: key.slice(0, cut), periodStart: Number(key.slice(cut + 1)), used });
  }
  return changed;
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
