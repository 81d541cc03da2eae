import type { Lot } from '../../rules/state.js';
import { memberColumns } from '../address.js';
import { toLot, type LotRow } from '../batch/accounts.queries.js';
import type { MemberKey, Tx } from '../command.js';

const columns = `l.member_id, l.seq, l.n, l.funder, l.accrued_at, l.available_from, l.expires_at,
  l.amount, l.remaining, l.held, l.origin_seq, l.origin_n`;

/** Open lots of the members that spend or whom time has changed. */
const open = {
  name: 'read-lots',
  text: `SELECT ${columns}
           FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
           JOIN lots l ON l.bucket = u.bucket AND l.member_id = u.member_id
          WHERE l.remaining > 0`,
};

/**
 * Those of them that what goes by now depends on: whose date has passed, or follows from a silence;
 * which are held; and which were pending when the first of them went, or are so still.
 */
const due = {
  name: 'read-due-lots',
  text: `SELECT ${columns}
           FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
          CROSS JOIN LATERAL (
                SELECT o.*, min(o.expires_at) FILTER (WHERE o.expires_at <= $3) OVER () AS first_at
                  FROM lots o
                 WHERE o.bucket = u.bucket AND o.member_id = u.member_id AND o.remaining > 0) l
          WHERE l.expires_at IS NULL OR l.expires_at <= $3 OR l.held > 0
             OR l.available_from > coalesce(l.first_at, '-infinity')`,
};

/**
 * Open lots by member: all of `whole`, as something in the batch decides on them, and of the others
 * what of theirs goes by `now` depends on. Undefined where there are no members.
 */
export async function readLotsOf(
  tx: Tx,
  members: readonly MemberKey[],
  { whole, now }: { whole: ReadonlySet<string>; now: number },
): Promise<Map<string, Lot[]> | undefined> {
  if (members.length === 0) return undefined;
  const [all, few] = [
    members.filter(({ memberId }) => whole.has(memberId)),
    members.filter(({ memberId }) => !whole.has(memberId)),
  ];
  const answers = await Promise.all([
    all.length === 0 ? none : tx.query<LotRow>({ ...open, values: memberColumns(all) }),
    few.length === 0
      ? none
      : tx.query<LotRow>({ ...due, values: [...memberColumns(few), new Date(now)] }),
  ]);
  const lots = new Map<string, Lot[]>(members.map(({ memberId }) => [memberId, []]));
  for (const { rows } of answers) {
    for (const row of rows) lots.get(row.member_id)?.push(toLot(row));
  }
  return lots;
}

const none: { rows: LotRow[] } = { rows: [] };
