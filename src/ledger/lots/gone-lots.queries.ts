import type { GoneLot, MemberState } from '../../rules/state.js';
import { memberColumns } from '../address.js';
import { toLot, type LotRow } from '../batch/accounts.queries.js';
import type { FactReader, MemberKey, ProgrammeBook, Tx } from '../command.js';

/**
 * What went by expiry of the lots of members, less what returns have counted as gone since. Where
 * no version has ever let points expire, nothing is read.
 */
export async function readExpired(
  tx: Tx,
  keys: readonly MemberKey[],
  programmes: ProgrammeBook,
): Promise<Map<string, GoneLot[]>> {
  const isAny = programmes.begunBy(Infinity).some(({ expiry }) => expiry.kind !== 'none');
  return isAny ? goneOf(tx, keys) : new Map(keys.map(({ memberId }) => [memberId, []]));
}

/** The same for commands that no return or late event makes read it. */
export const goneFacts: FactReader = {
  async read(tx: Tx, members: readonly MemberKey[]): Promise<Map<string, Partial<MemberState>>> {
    const gone = await goneOf(tx, members);
    return new Map([...gone].map(([memberId, expired]) => [memberId, { expired }]));
  },
};

async function goneOf(tx: Tx, keys: readonly MemberKey[]): Promise<Map<string, GoneLot[]>> {
  const expired = new Map<string, GoneLot[]>(keys.map(({ memberId }) => [memberId, []]));
  if (keys.length === 0) return expired;
  const { rows } = await tx.query<LotRow & { gone: string }>({
    name: 'read-expired',
    text: `SELECT l.member_id, l.seq, l.n, l.funder, l.accrued_at, l.available_from, l.expires_at,
                  l.amount, l.remaining, l.held, l.origin_seq, l.origin_n,
                  sum(CASE WHEN e.credit = 'expired' THEN e.amount ELSE -e.amount END) AS gone
             FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
             JOIN entries e ON e.bucket = u.bucket AND e.member_id = u.member_id
              AND (e.debit = 'expired' OR e.credit = 'expired')
             JOIN lots l ON l.bucket = e.bucket AND l.member_id = e.member_id
              AND l.seq = e.lot_seq AND l.n = e.lot_n
            GROUP BY l.bucket, l.member_id, l.seq, l.n
           HAVING sum(CASE WHEN e.credit = 'expired' THEN e.amount ELSE -e.amount END) > 0
            ORDER BY l.member_id, l.seq, l.n`,
    values: memberColumns(keys),
  });
  for (const { gone, ...row } of rows) {
    const { seq, n, origin, funder, accruedAt, availableFrom, expiresAt } = toLot(row);
    const terms = { funder, accruedAt, availableFrom, expiresAt };
    expired.get(row.member_id)?.push({ seq, n, origin, terms, amount: Number(gone) });
  }
  return expired;
}
