/**
 * Decisions become postings: whole points come out of the chain of carried remainders, move into
 * and out of lots, and each posting carries the figures it leaves behind.
 */
import type { LotTerms } from '../earning/decision.js';
import { reachedTier, tierAt } from '../earning/tier.js';
import { NO_RULE, WHOLE_EVENT, type ExplanationItem } from '../explanation.js';
import type { LimitUse } from '../limits.js';
import type { Programme } from '../programme.js';
import { draw, withCounters, withDue, withUses, type Blocks } from '../partners/draw.js';
import { nextChange } from '../spending/lots.js';
import { Moves } from '../spending/moves.js';
import { blank } from '../spending/settle.js';
import type {
  Counter,
  DecisionFacts,
  Entry,
  PostingDraft,
  PostingKind,
  Standing,
} from '../outcome.js';
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
  kind: Extract<PostingKind, 'accrue' | 'return' | 'correct'>;
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
  /** Change of the billionths that each partner pays for. */
  funding?: ReadonlyMap<string, bigint> | undefined;
  /** What else moves, before points are issued or taken back. */
  before?: (moves: Moves) => readonly ExplanationItem[];
}

/** Where the order of events leaves the member; the last posting of a chain writes it. */
export interface ChainEnd {
  programme: Programme;
  held: string;
  qualifying: bigint;
  counters: ReadonlyMap<string, number>;
  /** Place of the newest event. */
  newestAt: number;
}

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
  steps.forEach((step, index) => {
    chain = post(chain, step, index === steps.length - 1 ? end : undefined, at);
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
    return { entries: [], counters: [], shared, blocks: { ...blocks, left } };
  }
  const drawn = draw(programme.partners, funding, { counters: member.counters, left });
  return {
    ...drawn,
    shared: [...(shared ?? []), ...drawn.shared],
    blocks: { left: withUses(left, drawn.shared), short: [...blocks.short, ...drawn.short] },
  };
}

function post(chain: Chain, step: Step, end: ChainEnd | undefined, at: number): Chain {
  const drawn = drawnBy(step, chain);
  const before = chain.member;
  const member = { ...before, counters: withCounters(before.counters, drawn.counters) };
  const seq = member.version + 1;
  const moves = new Moves(seq, member);
  const told = [...(step.before?.(moves) ?? [])];
  for (const move of step.moves) apply(moves, move);
  told.push(...tell(moves));
  const { figures, lots, opened, changed } = moves.done(at);
  const issued = step.moves.reduce((sum, { points }) => sum + points, 0);
  const ending = end === undefined ? member.counters : withDue(end.counters, member.counters);
  const counters = [...drawn.counters, ...changedCounters(member.counters, ending)];
  const next: MemberState = {
    ...member,
    ...figures,
    version: seq,
    qualifying: member.qualifying + step.qualifying,
    remainder: member.remainder + step.billionths - BigInt(issued) * BILLION,
    tier: end?.held ?? member.tier,
    lots,
    changesAt: changesAfter(member, lots, opened, at),
    newestAt: end?.newestAt ?? member.newestAt,
    counters: ending,
  };
  const draft: PostingDraft = {
    ...blank(step.programme, next, step.occurredAt),
    kind: step.kind,
    subjectSeq: step.subjectSeq,
    billionths: step.billionths,
    explanation: told.length === 0 ? step.items : [...step.items, ...told],
    entries: [...moves.entries, ...drawn.entries],
    opened,
    changed,
    counters,
    redemptions: step.redemptions ?? [],
    shared: drawn.shared,
    returned: step.returned,
    decision: step.decision,
    moved: step.kind === 'accrue' ? undefined : next.points - member.points,
    standing: end === undefined ? undefined : newStanding(end, member.tier, seq),
  };
  const postings = [...chain.postings, draft];
  return { member: withDecision(next, draft, at), postings, blocks: drawn.blocks };
}

/** What a later event of the same batch must know, where decisions were read. */
function withDecision(member: MemberState, draft: PostingDraft, recordedAt: number): MemberState {
  if (member.history === undefined) return member;
  const { seq, subjectSeq, versionNo, occurredAt, explanation, decision } = draft;
  const kind = draft.kind === 'return' || draft.kind === 'correct' ? draft.kind : 'accrue';
  const before = draft.standing?.from ?? member.tier;
  const past: PastDecision = {
    ...{ seq, kind, versionNo, occurredAt, recordedAt, explanation },
    purchase: kind === 'accrue' ? seq : (subjectSeq ?? seq),
    event: decision?.event ?? seq,
    held: decision?.held ?? before,
    tier: decision?.tier ?? before,
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

/** What became of points beside what was asked: debts paid, others taken, debts made. */
export function tell({ repaid, fromOthers, lacking }: Moves): ExplanationItem[] {
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

function newStanding(end: ChainEnd, from: string, seq: number): Standing | undefined {
  const { programme, held, qualifying } = end;
  if (held === from) return undefined;
  const ladder = (code: string): number => programme.tiers.findIndex((each) => each.code === code);
  const code = ladder(held) < ladder(from) ? 'purchase_returned' : 'threshold_reached';
  const { threshold } = tierAt(programme, reachedTier(programme, qualifying));
  return {
    fromSeq: seq,
    tier: held,
    from,
    why: { code, qualifying: qualifying.toString(), threshold },
  };
}
