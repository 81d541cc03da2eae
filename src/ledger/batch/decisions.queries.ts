import type { PastDecision, ReturnedLine } from '../../rules/state.js';
import type { MemberKey, Tx } from '../command.js';
import type { CompactEffects } from '../posting.js';
import { toGrant, toReview } from '../review.js';

/** Which decisions a command must know: those about its subjects, and those since an instant. */
export interface HistoryNeed extends MemberKey {
  since: number;
}

/** Tills may run ahead of the database, so an event may be recorded this much before it occurs. */
const AHEAD_MS = 300_000;

interface DecisionRow {
  member_id: string;
  seq: number;
  kind: PastDecision['kind'];
  subject_seq: number | null;
  version_no: number;
  occurred_at: Date;
  recorded_at: Date;
  tier_after: string;
  explanation: PastDecision['explanation'];
  effects: CompactEffects;
}

/**
 * Accruals, returns, reviews and corrections recorded since an instant or about the named purchases, and
 * whatever else is about the purchases of those. Nothing older can have happened since.
 */
export async function readDecisions(
  tx: Tx,
  needs: readonly HistoryNeed[],
): Promise<Map<string, PastDecision[]>> {
  const named = needs.flatMap(({ bucket, memberId, subjects }) =>
    subjects.map((seq) => ({ bucket, memberId, seq })),
  );
  const { rows } = await tx.query<DecisionRow>({
    name: 'read-decisions',
    text: `WITH since AS (
             SELECT * FROM unnest($1::smallint[], $2::uuid[], $3::timestamptz[])
                      AS u (bucket, member_id, since)
           ), about AS (
             SELECT p.bucket, p.member_id,
                    CASE WHEN p.kind IN ('accrue', 'review') THEN p.seq ELSE p.subject_seq END
                      AS purchase
               FROM since s
               JOIN postings p ON p.bucket = s.bucket AND p.member_id = s.member_id
                AND p.recorded_at > s.since
                AND p.kind IN ('accrue', 'return', 'correct', 'review')
             UNION
             SELECT * FROM unnest($4::smallint[], $5::uuid[], $6::int[])
           )
           SELECT p.member_id, p.seq, p.kind, p.subject_seq, p.version_no, p.occurred_at,
                  p.recorded_at, p.tier_after, p.explanation, p.effects
             FROM about a
             JOIN postings p ON p.bucket = a.bucket AND p.member_id = a.member_id
              AND p.seq = a.purchase AND p.kind IN ('accrue', 'review')
            UNION ALL
           SELECT p.member_id, p.seq, p.kind, p.subject_seq, p.version_no, p.occurred_at,
                  p.recorded_at, p.tier_after, p.explanation, p.effects
             FROM about a
             JOIN postings p ON p.bucket = a.bucket AND p.member_id = a.member_id
              AND p.subject_seq = a.purchase AND p.kind IN ('return', 'correct')`,
    values: [
      needs.map(({ bucket }) => bucket),
      needs.map(({ memberId }) => memberId),
      needs.map(({ since }) => new Date(since - AHEAD_MS)),
      named.map(({ bucket }) => bucket),
      named.map(({ memberId }) => memberId),
      named.map(({ seq }) => seq),
    ],
  });
  const decisions = new Map<string, PastDecision[]>(needs.map(({ memberId }) => [memberId, []]));
  for (const row of rows) decisions.get(row.member_id)?.push(toDecision(row));
  return decisions;
}

function toDecision(row: DecisionRow): PastDecision {
  const { seq, kind, effects } = row;
  const [held, tier, event, review] = effects.decision ?? [];
  const before = held ?? String(effects.standing?.[4] ?? row.tier_after);
  return {
    seq,
    kind,
    purchase: row.subject_seq === null || kind === 'accrue' ? seq : row.subject_seq,
    event: event ?? seq,
    versionNo: row.version_no,
    occurredAt: row.occurred_at.getTime(),
    recordedAt: row.recorded_at.getTime(),
    explanation: row.explanation,
    held: before,
    tier: tier ?? before,
    review: toReview(review),
    granted: toGrant(effects.granted),
    returned: (effects.returned?.[1] ?? []).map(([line, quantity, amount]): ReturnedLine => ({
      line,
      quantity,
      amount,
    })),
  };
}
