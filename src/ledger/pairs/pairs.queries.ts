import type { QueryRunner } from 'typeorm';
import type { RowDifference } from '../rebuild/compare.js';

/** Broken pairs that are named at most; more of them tell no more. */
const NAMED_MAX = 1_000;

interface BrokenRow {
  row: string;
  stored: string;
  recomputed: string;
}

/**
 * Halves of transfers whose other half is missing, names another posting, or does not move as many
 * points the other way. Effects of another shape, which only tampering leaves, are named by their hash.
 */
export async function findBrokenPairs(runner: QueryRunner): Promise<RowDifference[]> {
  const rows = await runner.manager.query<BrokenRow[]>(
    `WITH halves AS (
       SELECT p.bucket, p.member_id, p.seq,
              concat_ws('/', p.member_id, p.seq) AS own,
              concat_ws('/', p.effects->'peer'->>0, p.effects->'peer'->>1) AS other,
              (SELECT coalesce(sum(CASE WHEN e.credit = 'transferred' THEN e.amount
                                        ELSE -e.amount END), 0)
                 FROM entries e
                WHERE e.bucket = p.bucket AND e.member_id = p.member_id AND e.seq = p.seq
                  AND 'transferred' IN (e.debit, e.credit)) AS given
         FROM postings p WHERE p.kind = 'transfer'
     )
     SELECT concat_ws('/', h.bucket, h.own) AS row, h.given::text AS stored,
            coalesce((-o.given)::text, 'missing') AS recomputed
       FROM halves h LEFT JOIN halves o ON o.own = h.other AND o.other = h.own
      WHERE o.given IS DISTINCT FROM -h.given
      LIMIT $1`,
    [NAMED_MAX],
  );
  return rows.map((each) => ({ table: 'entries', column: 'transferred', ...each }));
}
