/**
 * Rows as the database spells them, column by column. Comparing spellings finds what comparing
 * values would pass over: microseconds, blanks in JSON, an infinite date.
 */
import type { AccountCode, Entry } from '../../rules/outcome.js';
import { bucketOf } from '../address.js';
import type { CompactEffects, Posting } from '../posting.js';

/** Numbers in decimal, bytes in hex, instants as `2026-11-27T08:00:00.000000Z`. */
export type TextRow = Readonly<Record<string, string | null>>;

export interface StoredEntry extends Entry {
  seq: number;
  n: number;
}

/** An instant in milliseconds as the database spells it. */
export function timeText(instant: number | null): string | null {
  if (instant === null) return null;
  const isInstant = Number.isInteger(instant) && Math.abs(instant) <= 8.64e15;
  return isInstant ? new Date(instant).toISOString().replace('Z', '000Z') : 'no instant';
}

/** Milliseconds since 1970 UTC, microseconds cut off; NaN when it is no instant of four digits. */
export function instantOf(text: string | null | undefined): number {
  return Date.parse(`${(text ?? '').slice(0, 23)}Z`);
}

const bigintOf = (text: string | null | undefined): bigint =>
  /^-?\d+$/.test(text ?? '') ? BigInt(text ?? '') : 0n;

/** The posting a row stores. What a row spells in another way shows when it is spelt again. */
export function readPosting(row: TextRow): Posting {
  return {
    memberId: row['member_id'] ?? '',
    seq: Number(row['seq']),
    kind: row['kind'] ?? '',
    caller: row['caller'] ?? '',
    operation: row['operation'] ?? '',
    idempotencyKey: row['idem_key'] ?? null,
    bodyHash: row['body_hash'] ?? null,
    versionNo: Number(row['version_no']),
    subjectSeq: nullable(row['subject_seq']),
    occurredAt: instantOf(row['occurred_at']),
    recordedAt: instantOf(row['recorded_at']),
    actor: row['actor'] ?? '',
    requestId: row['request_id'] ?? '',
    billionths: bigintOf(row['billionths']),
    after: {
      points: Number(row['points_after']),
      held: Number(row['held_after']),
      owed: Number(row['owed_after']),
      pending: Number(row['pending_after']),
      qualifying: bigintOf(row['qualifying_after']),
      remainder: bigintOf(row['remainder_after']),
      tier: row['tier_after'] ?? '',
    },
    explanation: JSON.parse(row['explanation'] ?? '[]') as Posting['explanation'],
    effects: JSON.parse(row['effects'] ?? '{}') as CompactEffects,
    contentDigest: row['content_digest'] ?? null,
    prevHash: row['prev_hash'] ?? '',
    hash: row['hash'] ?? '',
  };
}

/** A part of a posting's effects; after tampering they may be anything that JSON can say. */
export const partOf = ({ effects }: Posting, part: keyof CompactEffects): unknown =>
  (effects as Partial<Record<string, unknown>> | null)?.[part];

const nullable = (text: string | null | undefined): number | null =>
  text === null || text === undefined ? null : Number(text);

/** The row that stores a posting; columns that no kind of posting uses yet are null. */
export function postingText(posting: Posting): TextRow {
  const { after } = posting;
  return {
    bucket: String(bucketOf(posting.memberId)),
    member_id: posting.memberId,
    seq: String(posting.seq),
    kind: posting.kind,
    caller: posting.caller,
    operation: posting.operation,
    idem_key: posting.idempotencyKey,
    body_hash: posting.bodyHash,
    version_no: String(posting.versionNo),
    subject_seq: posting.subjectSeq === null ? null : String(posting.subjectSeq),
    occurred_at: timeText(posting.occurredAt),
    recorded_at: timeText(posting.recordedAt),
    actor: posting.actor,
    request_id: posting.requestId,
    billionths: String(posting.billionths),
    remainder_after: String(after.remainder),
    points_after: String(after.points),
    held_after: String(after.held),
    owed_after: String(after.owed),
    pending_after: String(after.pending),
    qualifying_after: String(after.qualifying),
    tier_after: after.tier,
    explanation: JSON.stringify(posting.explanation),
    effects: JSON.stringify(posting.effects),
    content_digest: posting.contentDigest,
    prev_hash: posting.prevHash,
    hash: posting.hash,
  };
}

export function readEntry(row: TextRow): StoredEntry {
  return {
    seq: Number(row['seq']),
    n: Number(row['n']),
    debit: row['debit'] as AccountCode,
    credit: row['credit'] as AccountCode,
    amount: Number(row['amount']),
    lotSeq: nullable(row['lot_seq']),
    lotN: nullable(row['lot_n']),
  };
}

/** A number that effects say; anything else, which only tampering leaves, is none. */
export function numberIn(value: unknown): number {
  return typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
}
