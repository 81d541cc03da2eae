import { publicId } from '../ledger/address.js';
import type { BalanceReading } from '../ledger/ledger.queries.js';
import type { Posting } from '../ledger/posting.js';
import { explain, type ExplainedItem } from '../programmes/explain.js';
import { formatBillionths } from '../rules/points.js';
import type { Programme } from '../rules/programme.js';

const instant = (at: number): string => new Date(at).toISOString();

export interface BalanceView {
  member: string;
  asOf: string;
  available: number;
  /** Return window still open. */
  pending: number;
  /** Reserved by redemptions. */
  held: number;
  /** A debt after returns. */
  owed: number;
  nextAvailable: { at: string; points: number }[];
  nextExpiry: { at: string; points: number }[];
}

export function balanceView(member: string, reading: BalanceReading): BalanceView {
  const { available, pending, held, owed } = reading;
  const dated = (rows: { at: number; points: number }[]): { at: string; points: number }[] =>
    rows.map(({ at, points }) => ({ at: instant(at), points }));
  return {
    member,
    asOf: instant(reading.asOf),
    available,
    pending,
    held,
    owed,
    nextAvailable: dated(reading.nextAvailable),
    nextExpiry: dated(reading.nextExpiry),
  };
}

export interface PostingView {
  id: string;
  kind: string;
  /** The change of the member's points: what came in is positive, what was held or left negative. */
  points: number;
  exactPoints: string;
  /** The posting it settles: the hold of a capture or release. */
  subject: string | null;
  occurredAt: string;
  recordedAt: string;
  programmeVersion: number;
  balance: { available: number; pending: number; held: number; owed: number };
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
    balance: {
      available: after.points - after.pending,
      pending: after.pending,
      held: after.held,
      owed: after.owed,
    },
  };
}

/** Points that a posting adds to or takes from what is not held; a capture moves held points only. */
function pointsOf({ kind, effects, seq }: Posting): number {
  const accrued = effects.lots?.find(([lotSeq]) => lotSeq === seq)?.[6] ?? 0;
  const redeemed = Number(effects.redemptions?.[0]?.[3] ?? 0);
  if (kind === 'hold') return -redeemed;
  if (kind === 'release') return redeemed;
  return kind === 'accrue' ? Number(accrued) : 0;
}

export interface ExplanationView {
  posting: string;
  kind: string;
  occurredAt: string;
  recordedAt: string;
  programmeVersion: number;
  exactPoints: string;
  /** Fraction of a point carried to the next accrual after this posting. */
  carried: string;
  why: ExplainedItem[];
}

export function explanationView(
  posting: Posting,
  programme: Programme | undefined,
): ExplanationView {
  return {
    posting: publicId('pst', { memberId: posting.memberId, seq: posting.seq }),
    kind: posting.kind,
    occurredAt: instant(posting.occurredAt),
    recordedAt: instant(posting.recordedAt),
    programmeVersion: posting.versionNo,
    exactPoints: formatBillionths(posting.billionths),
    carried: formatBillionths(posting.after.remainder),
    why: explain(posting.explanation, programme),
  };
}
