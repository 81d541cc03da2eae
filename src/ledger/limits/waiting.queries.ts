import { rowsOf } from '../../platform/database/columns.js';
import type { Waiting } from '../../rules/partners/terms.js';
import type { Tx, WrittenDraft } from '../command.js';

interface WaitingRow extends Waiting {
  bucket: number;
  memberId: string;
}

const rows = rowsOf<WaitingRow>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  seq: ['int4', ({ purchase }) => purchase],
  partner: ['text', ({ partner }) => partner],
  since: ['timestamptz', ({ since }) => since],
  billionths: ['int8', ({ billionths }) => billionths],
});

/** What a batch leaves waiting of each purchase that its postings say so of; of most nothing. */
export function writeWaiting(tx: Tx, written: readonly WrittenDraft[]): Promise<unknown>[] {
  const last = new Map<string, WaitingRow>();
  for (const { bucket, memberId, draft } of written) {
    if (draft.waiting === undefined) continue;
    last.set(`${memberId}/${draft.waiting.purchase}`, { bucket, memberId, ...draft.waiting });
  }
  if (last.size === 0) return [];
  const all = [...last.values()];
  const [waiting, done] = [
    all.filter(({ billionths }) => billionths > 0n),
    all.filter(({ billionths }) => billionths <= 0n),
  ];
  const statements: Promise<unknown>[] = [];
  if (waiting.length > 0) {
    statements.push(
      tx.query({
        name: 'let-wait',
        text: `INSERT INTO waiting_points (${rows.names}) SELECT ${rows.names} FROM ${rows.source}
               ON CONFLICT (bucket, member_id, seq)
               DO UPDATE SET billionths = EXCLUDED.billionths`,
        values: rows.values(waiting),
      }),
    );
  }
  if (done.length > 0) {
    statements.push(
      tx.query({
        name: 'wait-no-longer',
        text: `DELETE FROM waiting_points w USING ${rows.source}
                WHERE w.bucket = u.bucket AND w.member_id = u.member_id AND w.seq = u.seq`,
        values: rows.values(done),
      }),
    );
  }
  return statements;
}
