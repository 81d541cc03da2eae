import type pg from 'pg';
import { bucketOf } from '../../src/ledger/address.js';
import {
  postingColumns,
  toPosting,
  type PostingRow,
} from '../../src/ledger/batch/postings.queries.js';
import { firstHead, hashOf, type Posting } from '../../src/ledger/posting.js';
import type { AccountCode, Entry } from '../../src/rules/outcome.js';

/** Runs statements as nobody may: as superuser, with every trigger off, all or none. */
export async function forge<T>(admin: pg.Client, work: () => Promise<T>): Promise<T> {
  await admin.query('BEGIN');
  try {
    await admin.query('SET LOCAL session_replication_role = replica');
    const result = await work();
    await admin.query('COMMIT');
    return result;
  } catch (error) {
    await admin.query('ROLLBACK');
    throw error;
  }
}

/**
 * Writes a member's history anew as a careful forger would: each posting as `change` makes it, and
 * the whole chain hashed again, so that nothing in the database contradicts it.
 */
export async function rewrite(
  admin: pg.Client,
  memberId: string,
  change: (posting: Posting) => Partial<Posting>,
): Promise<void> {
  const member = [bucketOf(memberId), memberId];
  const { rows } = await admin.query<PostingRow>(
    `SELECT ${postingColumns} FROM postings p
      WHERE p.bucket = $1 AND p.member_id = $2 ORDER BY p.seq`,
    member,
  );
  const entries = await admin.query<{
    seq: number;
    debit: AccountCode;
    credit: AccountCode;
    amount: string;
    lot_seq: number | null;
    lot_n: number | null;
  }>('SELECT * FROM entries WHERE bucket = $1 AND member_id = $2 ORDER BY seq, n', member);
  await forge(admin, async () => {
    let prevHash = firstHead(memberId);
    for (const row of rows) {
      const posting = toPosting(row);
      const changed = { ...posting, ...change(posting), prevHash };
      const own = entries.rows
        .filter(({ seq }) => seq === row.seq)
        .map((each): Entry => ({
          debit: each.debit,
          credit: each.credit,
          amount: Number(each.amount),
          lotSeq: each.lot_seq,
          lotN: each.lot_n,
        }));
      const hash = hashOf(changed, own);
      await admin.query(
        `UPDATE postings SET recorded_at = $4, actor = $5, prev_hash = decode($6, 'hex'),
                             hash = decode($7, 'hex')
          WHERE bucket = $1 AND member_id = $2 AND seq = $3`,
        [...member, row.seq, new Date(changed.recordedAt), changed.actor, prevHash, hash],
      );
      prevHash = hash;
    }
    await admin.query(
      `UPDATE accounts SET head = decode($3, 'hex') WHERE bucket = $1 AND member_id = $2`,
      [...member, prevHash],
    );
  });
}
