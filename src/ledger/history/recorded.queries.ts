/** Postings of members as a replay of history reads them. */
import type { QueryRunner } from 'typeorm';
import type { Explanation } from '../../rules/explanation.js';
import { groupBy } from '../check.js';
import type { CompactEffects, Posting } from '../posting.js';

export type RecordedPosting = Pick<
  Posting,
  | 'seq'
  | 'kind'
  | 'subjectSeq'
  | 'versionNo'
  | 'occurredAt'
  | 'recordedAt'
  | 'after'
  | 'explanation'
  | 'effects'
>;

interface Row {
  member_id: string;
  seq: number;
  kind: string;
  subject_seq: number | null;
  version_no: number;
  occurred_at: Date;
  recorded_at: Date;
  points_after: string;
  held_after: string;
  owed_after: string;
  pending_after: string;
  qualifying_after: string;
  remainder_after: string;
  tier_after: string;
  explanation: Explanation | null;
  effects: CompactEffects;
}

/**
 * What was recorded of members of a bucket until an instant (exclusive), in order. Of accruals since
 * `from` neither explanation nor effects are read, beside the redemptions used on them: whoever decides
 * them again needs no answer.
 */
export async function readRecorded(
  runner: QueryRunner,
  bucket: number,
  memberIds: readonly string[],
  { from, until }: { from: number; until: number },
): Promise<Map<string, RecordedPosting[]>> {
  const rows = await runner.manager.query<Row[]>(
    `SELECT p.member_id, p.seq, p.kind, p.subject_seq, p.version_no, p.occurred_at, p.recorded_at,
            p.points_after, p.held_after, p.owed_after, p.pending_after, p.qualifying_after,
            p.remainder_after, p.tier_after,
            CASE WHEN p.kind = 'accrue' AND p.recorded_at >= $3 THEN NULL
                 ELSE p.explanation END AS explanation,
            CASE WHEN p.kind = 'accrue' AND p.recorded_at >= $3
                 THEN json_build_object('redemptions', p.effects->'redemptions')
                 ELSE p.effects END AS effects
       FROM postings p
      WHERE p.bucket = $1 AND p.member_id = ANY ($2::uuid[]) AND p.recorded_at < $4
      ORDER BY p.member_id, p.seq`,
    [bucket, memberIds, new Date(from), new Date(until)],
  );
  const byMember = groupBy(rows, ({ member_id }) => member_id);
  return new Map([...byMember].map(([memberId, own]) => [memberId, own.map(toRecorded)]));
}

function toRecorded(row: Row): RecordedPosting {
  return {
    seq: row.seq,
    kind: row.kind,
    subjectSeq: row.subject_seq,
    versionNo: row.version_no,
    occurredAt: row.occurred_at.getTime(),
    recordedAt: row.recorded_at.getTime(),
    after: {
      points: Number(row.points_after),
      held: Number(row.held_after),
      owed: Number(row.owed_after),
      pending: Number(row.pending_after),
      qualifying: BigInt(row.qualifying_after),
      remainder: BigInt(row.remainder_after),
      tier: row.tier_after,
    },
    explanation: row.explanation ?? [],
    effects: withoutNulls(row.effects),
  };
}

/** What a posting has no redemptions of comes as null. */
const withoutNulls = ({ redemptions, ...rest }: CompactEffects): CompactEffects =>
  (redemptions as unknown) === null || redemptions === undefined ? rest : { ...rest, redemptions };
