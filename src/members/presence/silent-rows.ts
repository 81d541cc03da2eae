/** Active members with what their own rows know of their last act, for counting by silence. */
import type { MemberRows } from '../../ledger/crowds/crowds.queries.js';
import { Parameters } from '../../platform/database/parameters.js';

/** Of buckets from one to another, both inclusive, behind a member of the first where one is named. */
export function silentRows({
  first,
  last,
  after,
}: {
  first: number;
  last: number;
  after?: string | undefined;
}): MemberRows {
  const parameters = new Parameters();
  const behind =
    after === undefined
      ? ''
      : `AND (m.bucket > ${parameters.add(first)} OR m.member_id > ${parameters.add(after)}::uuid)`;
  const text = `SELECT m.bucket, m.member_id, greatest(m.enrolled_at, m.acted_at) AS acted_at,
                       m.stage = 'closed' AS is_closed
                  FROM members m
                 WHERE m.bucket BETWEEN ${parameters.add(first)} AND ${parameters.add(last)}
                   AND m.status = 'active' ${behind}`;
  return { text, parameters };
}
