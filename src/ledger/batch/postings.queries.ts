import type { Explanation } from '../../rules/explanation.js';
import type { CompactEffects, Posting } from '../posting.js';

/** Columns of `postings p` in the shape `toPosting` reads. */
export const postingColumns = `p.member_id, p.seq, p.kind, p.caller, p.operation, p.idem_key,
  p.body_hash, p.version_no, p.subject_seq, p.occurred_at, p.recorded_at, p.actor, p.request_id,
  p.billionths, p.remainder_after, p.points_after, p.held_after, p.owed_after, p.pending_after,
  p.qualifying_after, p.tier_after, p.explanation, p.effects, p.content_digest, p.prev_hash, p.hash`;

export interface PostingRow {
  member_id: string;
  seq: number;
  kind: string;
  caller: string;
  operation: string;
  idem_key: string | null;
  body_hash: Buffer | null;
  version_no: number;
  subject_seq: number | null;
  occurred_at: Date;
  recorded_at: Date;
  actor: string;
  request_id: string;
  billionths: string;
  remainder_after: string;
  points_after: string;
  held_after: string;
  owed_after: string;
  pending_after: string;
  qualifying_after: string;
  tier_after: string;
  explanation: Explanation;
  effects: CompactEffects;
  content_digest: Buffer | null;
  prev_hash: Buffer;
  hash: Buffer;
}

/** A row as the posting it stores. */
export function toPosting(row: PostingRow): Posting {
  return {
    memberId: row.member_id,
    seq: row.seq,
    kind: row.kind,
    caller: row.caller,
    operation: row.operation,
    idempotencyKey: row.idem_key,
    bodyHash: row.body_hash?.toString('hex') ?? null,
    versionNo: row.version_no,
    subjectSeq: row.subject_seq,
    occurredAt: row.occurred_at.getTime(),
    recordedAt: row.recorded_at.getTime(),
    actor: row.actor,
    requestId: row.request_id,
    billionths: BigInt(row.billionths),
    after: {
      points: Number(row.points_after),
      held: Number(row.held_after),
      owed: Number(row.owed_after),
      pending: Number(row.pending_after),
      qualifying: BigInt(row.qualifying_after),
      remainder: BigInt(row.remainder_after),
      tier: row.tier_after,
    },
    explanation: row.explanation,
    effects: row.effects,
    contentDigest: row.content_digest?.toString('hex') ?? null,
    prevHash: row.prev_hash.toString('hex'),
    hash: row.hash.toString('hex'),
  };
}
