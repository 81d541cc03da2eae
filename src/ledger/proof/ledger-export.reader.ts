import { Inject, Injectable } from '@nestjs/common';
import type { QueryRunner } from 'typeorm';
import type { AccountCode, Entry } from '../../rules/outcome.js';
import { BUCKETS } from '../address.js';
import { postingColumns, toPosting, type PostingRow } from '../batch/postings.queries.js';
import { groupBy } from '../check.js';
import { hashedText, type Posting } from '../posting.js';
import { HeadsQueries } from './heads.queries.js';

const POSTINGS_AT_ONCE = 1_000;
const BEFORE_ALL = { member_id: '00000000-0000-0000-0000-000000000000', seq: 0 };

type Place = Pick<PostingRow, 'member_id' | 'seq'>;

interface EntryRow extends Place {
  debit: AccountCode;
  credit: AccountCode;
  amount: string;
  lot_seq: number | null;
  lot_n: number | null;
}

/** Writes the ledger out in an encoding that needs nothing of ours to be checked. */
@Injectable()
export class LedgerExport {
  constructor(@Inject(HeadsQueries) private readonly heads: HeadsQueries) {}

  /**
   * Every posting of one bucket, or of all, by bucket, member and number, one line each:
   * `["<previous hash>","<hash>",<hashed text>]`. The hash is the SHA-256 of the 64 characters of
   * the previous one and the text, which stands from the 136th character to the last but one.
   */
  async *lines(bucket?: number): AsyncGenerator<string> {
    const buckets = bucket === undefined ? Array.from({ length: BUCKETS }, (_, n) => n) : [bucket];
    for (const each of buckets) {
      let after: Place = BEFORE_ALL;
      for (;;) {
        const from = after;
        // Two reads of one snapshot; what is recorded later is on a later page or not at all.
        const page = await this.heads.inTransaction(
          (runner) => readPage(runner, each, from),
          'REPEATABLE READ',
        );
        yield* page.lines;
        if (page.last === undefined) break;
        after = page.last;
      }
    }
  }
}

async function readPage(
  runner: QueryRunner,
  bucket: number,
  after: Place,
): Promise<{ lines: string[]; last: Place | undefined }> {
  const rows = await runner.manager.query<PostingRow[]>(
    `SELECT ${postingColumns} FROM postings p
      WHERE p.bucket = $1 AND (p.member_id, p.seq) > ($2::uuid, $3::int)
      ORDER BY p.member_id, p.seq LIMIT $4`,
    [bucket, after.member_id, after.seq, POSTINGS_AT_ONCE],
  );
  const last = rows.at(-1);
  if (last === undefined) return { lines: [], last };
  const entries = await runner.manager.query<EntryRow[]>(
    `SELECT member_id, seq, debit, credit, amount, lot_seq, lot_n FROM entries
      WHERE bucket = $1 AND (member_id, seq) > ($2::uuid, $3::int)
        AND (member_id, seq) <= ($4::uuid, $5::int)
      ORDER BY member_id, seq, n`,
    [bucket, after.member_id, after.seq, last.member_id, last.seq],
  );
  const keyOf = ({ member_id, seq }: Place): string => `${member_id}/${String(seq)}`;
  const entriesOf = groupBy(entries, keyOf);
  const lines = rows.map((row) => {
    const posting = readable(row);
    const text = hashedText(posting, (entriesOf.get(keyOf(row)) ?? []).map(toEntry));
    return `["${posting.prevHash}","${posting.hash}",${text}]\n`;
  });
  return { lines, last };
}

function readable(row: PostingRow): Posting {
  try {
    return toPosting(row);
  } catch (cause) {
    const name = `Posting ${String(row.seq)} of member ${row.member_id}`;
    throw new Error(`${name} cannot be read; see fealty verify.`, { cause });
  }
}

const toEntry = (row: EntryRow): Entry => ({
  debit: row.debit,
  credit: row.credit,
  amount: Number(row.amount),
  lotSeq: row.lot_seq,
  lotN: row.lot_n,
});
