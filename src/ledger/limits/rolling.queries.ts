/**
 * Rolling limits: how much was used in any window that ends now. A row per limit is the lock that
 * queues whoever uses it, in every process; a row per use is what the sum is taken of.
 */
import type { LimitUse, RollingLimit } from '../../rules/limits.js';
import type { Command, LimitReader, Tx, WrittenDraft } from '../command.js';
import { rowsOf } from '../../platform/database/columns.js';
import { insertRows } from '../batch/write.queries.js';

/** The limits of commands, each once; no window is longer for one command than for another. */
export function limitsOf(commands: readonly Command[]): RollingLimit[] {
  const limits = new Map<string, RollingLimit>();
  for (const { limits: own = [] } of commands) for (const each of own) limits.set(each.id, each);
  return [...limits.values()];
}

/**
 * Locks limits in the order of their ids until the transaction ends; a limit nobody has used yet
 * gets its row, as there is nothing else to queue at.
 */
export function lockLimits(tx: Tx, limits: readonly RollingLimit[]): Promise<unknown> | undefined {
  if (limits.length === 0) return undefined;
  return tx.query({
    name: 'lock-limits',
    text: `INSERT INTO rolling_limits (limit_id)
           SELECT limit_id FROM unnest($1::text[]) AS u (limit_id) ORDER BY limit_id
           ON CONFLICT (limit_id) DO UPDATE SET limit_id = EXCLUDED.limit_id`,
    values: [limits.map(({ id }) => id)],
  });
}

/**
 * Used of locked limits since their windows began. There is no upper bound: a use that another
 * clock reading dates a moment later was committed before, and counts.
 */
export async function readLimits(
  tx: Tx,
  limits: readonly RollingLimit[],
  readers: readonly LimitReader[],
  now: number,
): Promise<Map<string, number>> {
  const used = new Map(limits.map(({ id }) => [id, 0]));
  if (limits.length === 0) return used;
  const counting = readers.map((reader) => reader.read(tx, limits, now));
  const reading = tx.query<{ limit_id: string; used: string }>({
    name: 'read-limits',
    text: `SELECT r.limit_id, sum(r.amount) AS used
             FROM unnest($1::text[], $2::timestamptz[]) AS u (limit_id, since)
             JOIN rolling_uses r ON r.limit_id = u.limit_id AND r.used_at > u.since
            GROUP BY r.limit_id`,
    values: windowsOf(limits, now),
  });
  await Promise.allSettled([reading, ...counting]);
  const { rows } = await reading;
  for (const row of rows) used.set(row.limit_id, Number(row.used));
  for (const counted of await Promise.all(counting)) {
    for (const [id, amount] of counted) used.set(id, amount);
  }
  return used;
}

interface OwnedUse {
  bucket: number;
  memberId: string;
  seq: number;
  usedAt: number;
  use: LimitUse;
}

const uses = rowsOf<OwnedUse>({
  limit_id: ['text', ({ use }) => use.limit],
  used_at: ['timestamptz', ({ usedAt }) => usedAt],
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  seq: ['int4', ({ seq }) => seq],
  amount: ['int8', ({ use }) => use.amount],
});

/** Writes what postings use, and forgets what no window of these limits reaches any more. */
export function writeUses(
  tx: Tx,
  written: readonly WrittenDraft[],
  limits: readonly RollingLimit[],
  now: number,
): Promise<unknown>[] {
  const used: OwnedUse[] = [];
  for (const { bucket, memberId, draft } of written) {
    for (const use of draft.uses ?? []) {
      used.push({ bucket, memberId, seq: draft.seq, usedAt: now, use });
    }
  }
  if (used.length === 0) return [];
  const forgotten = tx.query({
    name: 'forget-uses',
    text: `DELETE FROM rolling_uses r
            USING unnest($1::text[], $2::timestamptz[]) AS u (limit_id, since)
            WHERE r.limit_id = u.limit_id AND r.used_at <= u.since`,
    values: windowsOf(limits, now),
  });
  const inserted = insertRows(tx, 'rolling_uses', used, uses);
  return [forgotten, ...(inserted === undefined ? [] : [inserted])];
}

const windowsOf = (limits: readonly RollingLimit[], now: number): unknown[] => [
  limits.map(({ id }) => id),
  limits.map(({ windowMs }) => new Date(now - windowMs)),
];
