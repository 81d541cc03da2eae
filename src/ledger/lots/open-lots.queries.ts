import type { Lot } from '../../rules/state.js';
import { arrayOf } from '../../platform/database/columns.js';
import { bucketOf, memberColumns } from '../address.js';
import { toLot, type LotRow } from '../batch/accounts.queries.js';
import type { Command, DueLots, Needs, OpenedBy, Tx } from '../command.js';

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
 * which are held; and which are pending.
 */
const due = {
  name: 'read-due-lots',
  text: `${open.text}
            AND (l.expires_at IS NULL OR l.expires_at <= $3 OR l.held > 0 OR l.available_from > $3)`,
};

/** Those whose date has passed among some of them. A member's lots lie on as many pages as there are. */
const dated = {
  name: 'read-dated-lots',
  text: `SELECT ${columns}
           FROM unnest($1::smallint[], $2::uuid[], $3::int[], $4::int[])
             AS u (bucket, member_id, from_seq, up_to)
           JOIN lots l ON l.bucket = u.bucket AND l.member_id = u.member_id
                      AND l.seq BETWEEN u.from_seq AND u.up_to
          WHERE l.remaining > 0 AND l.expires_at <= $5`,
};

/** Which of a member's lots are read. */
export type Reach = 'all' | DueLots;

/** Whose lots commands need, and how many of them: whatever does not only let points go needs all. */
export function reaches(
  live: readonly { command: Pick<Command, 'memberIds'>; needs: Pick<Needs, 'spending'> }[],
): Map<string, Reach> {
  const reach = new Map<string, Reach>();
  for (const { command, needs } of live) {
    if (needs.spending === false) continue;
    const own = needs.spending === true ? 'all' : needs.spending;
    for (const memberId of command.memberIds) {
      reach.set(memberId, wider(reach.get(memberId), own));
    }
  }
  return reach;
}

function wider(a: Reach | undefined, b: Reach): Reach {
  if (a === undefined) return b;
  if (typeof a === 'string' || typeof b === 'string') {
    return a === 'all' || b === 'all' ? 'all' : 'due';
  }
  return both(a, b);
}

/** From the first of both to the last. */
export const both = (a: OpenedBy, b: OpenedBy): OpenedBy => ({
  fromSeq: Math.min(a.fromSeq, b.fromSeq),
  upTo: Math.max(a.upTo, b.upTo),
});

/** Open lots by member, as far as each one's reach. Undefined where there are no members. */
export async function readLotsOf(
  tx: Tx,
  members: ReadonlyMap<string, Reach>,
  now: number,
): Promise<Map<string, Lot[]> | undefined> {
  if (members.size === 0) return undefined;
  const at = new Date(now);
  const wanted = { all: [] as string[], due: [] as string[] };
  const some: { memberId: string; reach: OpenedBy }[] = [];
  for (const [memberId, reach] of members) {
    if (typeof reach === 'string') wanted[reach].push(memberId);
    else some.push({ memberId, reach });
  }
  const answers = await Promise.all([
    ask(tx, open, wanted.all, []),
    ask(tx, due, wanted.due, [at]),
    ask(
      tx,
      dated,
      some.map(({ memberId }) => memberId),
      [
        arrayOf(
          'int4',
          some.map(({ reach }) => reach.fromSeq),
        ),
        arrayOf(
          'int4',
          some.map(({ reach }) => reach.upTo),
        ),
        at,
      ],
    ),
  ]);
  const lots = new Map<string, Lot[]>();
  for (const memberId of members.keys()) lots.set(memberId, []);
  for (const { rows } of answers) {
    for (const row of rows) lots.get(row.member_id)?.push(toLot(row));
  }
  return lots;
}

function ask(
  tx: Tx,
  statement: { name: string; text: string },
  memberIds: readonly string[],
  more: readonly unknown[],
): Promise<{ rows: LotRow[] }> | { rows: LotRow[] } {
  if (memberIds.length === 0) return none;
  const keys = memberIds.map((memberId) => ({ bucket: bucketOf(memberId), memberId }));
  return tx.query<LotRow>({ ...statement, values: [...memberColumns(keys), ...more] });
}

const none: { rows: LotRow[] } = { rows: [] };
