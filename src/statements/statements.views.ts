import { publicId } from '../ledger/address.js';
import type { BalanceReading } from '../ledger/balances.service.js';
import { BalanceFigures, balanceOf } from '../ledger/ledger.views.js';
import type { Posting } from '../ledger/posting.js';
import { instantText as instant } from '../platform/openapi/instant-text.js';
import { Shown } from '../platform/openapi/view.decorator.js';
import { explain } from '../programmes/explain.js';
import { ExplainedItem } from '../programmes/views/programmes.views.js';
import { BILLION, formatBillionths } from '../rules/points.js';
import type { Programme } from '../rules/programme.js';
import type { PostingKind } from '../rules/outcome.js';

const postingKinds = [
  'accrue',
  'return',
  'correct',
  'hold',
  'redeem',
  'release',
  'refused',
  'adjust',
  'review',
  'award',
  'transfer',
  'refer',
  'sell',
  'convert',
  'stage',
  'expire',
  'reinstate',
  'extend',
  'clear',
] as const satisfies PostingKind[];

class DatedPoints {
  @Shown('instant')
  at: string;

  @Shown('whole')
  points: number;
}

export class BalanceView extends BalanceFigures {
  @Shown('memberId')
  member: string;

  @Shown('instant', 'It holds what was recorded up to then.')
  asOf: string;

  @Shown('instant', 'It holds events up to then, if that was asked.', 'optional')
  validAt?: string;

  @Shown('whole', 'Points, rounded down, of purchases at partners that have still to pay for them.')
  waiting: number;

  @Shown([DatedPoints], 'When pending points become available, soonest first.')
  nextAvailable: DatedPoints[];

  @Shown([DatedPoints], 'When points go that are not spent, soonest first.')
  nextExpiry: DatedPoints[];

  @Shown(
    [DatedPoints],
    'Points that stay although their date has passed, until the member was told.',
  )
  pastExpiry: DatedPoints[];
}

export function balanceView(
  member: string,
  reading: Omit<BalanceReading, 'version'> & { validAt?: number },
  waiting: bigint,
): BalanceView {
  const { available, pending, held, owed, validAt } = reading;
  const dated = (rows: { at: number; points: number }[]): DatedPoints[] =>
    rows.map(({ at, points }) => ({ at: instant(at), points }));
  return {
    member,
    asOf: instant(reading.asOf),
    ...(validAt !== undefined && { validAt: instant(validAt) }),
    available,
    pending,
    held,
    owed,
    waiting: Number(waiting / BILLION),
    nextAvailable: dated(reading.nextAvailable),
    nextExpiry: dated(reading.nextExpiry),
    pastExpiry: dated(reading.pastExpiry),
  };
}

export class PostingView {
  @Shown('text')
  id: string;

  @Shown({ enum: [...postingKinds] })
  kind: string;

  @Shown('whole', 'The change: what came in is positive, what was held or left negative.')
  points: number;

  @Shown('decimal')
  exactPoints: string;

  @Shown('text', 'The posting it settles: the hold of a capture or release.', 'nullable')
  subject: string | null;

  @Shown('instant')
  occurredAt: string;

  @Shown('instant')
  recordedAt: string;

  @Shown('whole')
  programmeVersion: number;

  @Shown(BalanceFigures, 'What the member had right after it.')
  balance: BalanceFigures;
}

export class LedgerPageView {
  @Shown([PostingView], 'Newest first.')
  postings: PostingView[];

  @Shown('text', '`cursor` of the page after; null on the last.', 'nullable')
  next: string | null;
}

/** One line of a statement. */
export function postingView(posting: Posting): PostingView {
  const { memberId, seq, subjectSeq, after } = posting;
  return {
    id: publicId('pst', { memberId, seq }),
    kind: posting.kind,
    points: pointsOf(posting),
    exactPoints: formatBillionths(posting.billionths),
    subject: subjectSeq === null ? null : publicId('pst', { memberId, seq: subjectSeq }),
    occurredAt: instant(posting.occurredAt),
    recordedAt: instant(posting.recordedAt),
    programmeVersion: posting.versionNo,
    balance: balanceOf(after),
  };
}

/** Points that a posting adds to or takes from what is not held; a capture moves held points only. */
function pointsOf({ kind, effects, seq, billionths }: Posting): number {
  if (effects.points !== undefined) return effects.points;
  if (kind === 'adjust' || kind === 'award') return Number(billionths / BILLION);
  const accrued = effects.lots?.find(([lotSeq]) => lotSeq === seq)?.[6] ?? 0;
  const redeemed = Number(effects.redemptions?.[0]?.[3] ?? 0);
  if (kind === 'hold') return -redeemed;
  if (kind === 'release') return redeemed;
  return kind === 'accrue' ? Number(accrued) : 0;
}

export class ExplanationView {
  @Shown('text')
  posting: string;

  @Shown({ enum: [...postingKinds] })
  kind: string;

  @Shown('instant')
  occurredAt: string;

  @Shown('instant')
  recordedAt: string;

  @Shown('whole')
  programmeVersion: number;

  @Shown('decimal')
  exactPoints: string;

  @Shown('decimal', 'Fraction of a point carried to the next accrual after this posting.')
  carried: string;

  @Shown([ExplainedItem], 'Every rule considered, applied or skipped.')
  why: ExplainedItem[];
}

export function explanationView(
  posting: Posting,
  programme: Programme | undefined,
  isForStaff: boolean,
): ExplanationView {
  return {
    posting: publicId('pst', { memberId: posting.memberId, seq: posting.seq }),
    kind: posting.kind,
    occurredAt: instant(posting.occurredAt),
    recordedAt: instant(posting.recordedAt),
    programmeVersion: posting.versionNo,
    exactPoints: formatBillionths(posting.billionths),
    carried: formatBillionths(posting.after.remainder),
    why: explain(posting.explanation, programme, isForStaff),
  };
}
