import { publicId } from '../ledger/address.js';
import { answerOf, type Posted } from '../ledger/command.js';
import { explain, type ExplainedItem } from '../programmes/explain.js';
import type { Programme } from '../rules/programme.js';
import { formatBillionths } from '../rules/points.js';
import { standingView, type StandingView } from '../tiers/standing.js';

export interface AccrualView {
  /** Null in a preview, as is the purchase: nothing was booked. */
  posting: string | null;
  purchase: string | null;
  member: string;
  occurredAt: string;
  recordedAt: string;
  programmeVersion: number;
  /** Whole points accrued. */
  points: number;
  /** What the rules computed, before the carried remainder makes whole points of it. */
  exactPoints: string;
  /** Fraction of a point carried to the next accrual. */
  carried: string;
  /** When the points can be spent; null when there are none. */
  availableFrom: string | null;
  expiresAt: string | null;
  balance: { available: number; pending: number; held: number; owed: number };
  standing: StandingView;
  why: ExplainedItem[];
  thanks: string;
}

/** The answer to an accrual, rendered from its posting alone, so a replay renders the same. */
export function accrualView(posted: Posted, programme: Programme, isPreview: boolean): AccrualView {
  const posting = answerOf(posted);
  const { after, effects, memberId, seq } = posting;
  const lot = effects.lots?.find(([lotSeq]) => lotSeq === seq);
  const instant = (value: string | number | null | undefined): string | null =>
    typeof value === 'number' ? new Date(value).toISOString() : null;
  return {
    posting: isPreview ? null : publicId('pst', { memberId, seq }),
    purchase: isPreview ? null : publicId('pur', { memberId, seq }),
    member: memberId,
    occurredAt: new Date(posting.occurredAt).toISOString(),
    recordedAt: new Date(posting.recordedAt).toISOString(),
    programmeVersion: posting.versionNo,
    points: Number(lot?.[6] ?? 0),
    exactPoints: formatBillionths(posting.billionths),
    carried: formatBillionths(after.remainder),
    availableFrom: instant(lot?.[4]),
    expiresAt: instant(lot?.[5]),
    balance: {
      available: after.points - after.pending,
      pending: after.pending,
      held: after.held,
      owed: after.owed,
    },
    standing: standingView(programme, after),
    why: explain(posting.explanation, programme),
    thanks: programme.thanks[seq % programme.thanks.length] ?? '',
  };
}
