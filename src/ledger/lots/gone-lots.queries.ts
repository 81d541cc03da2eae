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
  const { rows } = await tx.query<LotRow & { gone: string; went_at: Date; version_no: number }>({
    name: 'read-expired',
    text: `SELECT l.member_id, l.seq, l.n, l.funder, l.accrued_at, l.available_from, l.expires_at,
                  l.amount, l.remaining, l.held, l.origin_seq, l.origin_n,
                  sum(CASE WHEN e.credit = 'expired' THEN e.amount ELSE -e.amount END) AS gone,
                  min(CASE WHEN e.credit = 'expired' THEN p.occurred_at END) AS went_at,
                  o.version_no
             FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
             JOIN entries e ON e.bucket = u.bucket AND e.member_id = u.member_id
              AND (e.debit = 'expired' OR e.credit = 'expired')
             JOIN lots l ON l.bucket = e.bucket AND l.member_id = e.member_id
              AND l.seq = e.lot_seq AND l.n = e.lot_n
             JOIN postings p ON p.bucket = e.bucket AND p.member_id = e.member_id AND p.seq = e.seq
             JOIN postings o ON o.bucket = l.bucket AND o.member_id = l.member_id
              AND o.seq = coalesce(l.origin_seq, l.seq)
            GROUP BY l.bucket, l.member_id, l.seq, l.n, o.version_no
           HAVING sum(CASE WHEN e.credit = 'expired' THEN e.amount ELSE -e.amount END) > 0
            ORDER BY l.member_id, l.seq, l.n`,
    values: memberColumns(keys),
  });
  for (const { gone, went_at, version_no, ...row } of rows) {
    const { seq, n, origin, funder, accruedAt, availableFrom, expiresAt } = toLot(row);
    const terms = { funder, accruedAt, availableFrom, expiresAt };
    const went = { at: went_at.getTime(), versionNo: version_no };
    expired.get(row.member_id)?.push({ seq, n, origin, terms, went, amount: Number(gone) });
  }
  return expired;
}
