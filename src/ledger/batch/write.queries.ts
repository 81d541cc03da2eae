import { bucketOf } from '../address.js';
import type { Tx, WrittenDraft } from '../command.js';
import type { Posting } from '../posting.js';
import type { Account } from './accounts.queries.js';

/** One set-based INSERT from a JSON array of objects whose fields are the columns. */
export function insertRows(
  tx: Tx,
  table: string,
  columns: readonly string[],
  rows: readonly object[],
): Promise<unknown> | undefined {
  if (rows.length === 0) return undefined;
  const names = columns.join(', ');
  return tx.query({
    name: `insert-${table}`,
    text: `INSERT INTO ${table} (${names})
           SELECT ${names} FROM json_populate_recordset(NULL::${table}, $1)`,
    values: [JSON.stringify(rows)],
  });
}

const bytes = (hex: string | null): string | null => (hex === null ? null : `\\x${hex}`);
const time = (instant: number | null): string | null =>
  instant === null ? null : new Date(instant).toISOString();

export interface WrittenPosting extends WrittenDraft {
  posting: Posting;
}

const postingColumns =
  `bucket member_id seq kind caller operation idem_key body_hash version_no subject_seq occurred_at
  recorded_at actor request_id billionths remainder_after points_after held_after owed_after
  pending_after qualifying_after tier_after explanation effects content_digest prev_hash hash`.split(
    /\s+/,
  );

/** Writes postings, entries, lots, counters and outbox rows of a batch, and the accounts they leave. */
export function writeLedger(
  tx: Tx,
  written: readonly WrittenPosting[],
  accounts: readonly Account[],
): Promise<unknown>[] {
  return [
    insertRows(tx, 'postings', postingColumns, written.map(postingRow)),
    insertRows(
      tx,
      'entries',
      ['bucket', 'member_id', 'seq', 'n', 'debit', 'credit', 'amount', 'lot_seq', 'lot_n'],
      written.flatMap(entryRows),
    ),
    insertRows(
      tx,
      'lots',
      `bucket member_id seq n funder accrued_at available_from expires_at amount remaining held
       origin_seq origin_n`.split(/\s+/),
      openedLots(written),
    ),
    updateLots(tx, written),
    upsertCounters(tx, written),
    insertRows(
      tx,
      'outbox',
      ['bucket', 'member_id', 'seq'],
      written.map(({ bucket, memberId, draft }) => ({
        bucket,
        member_id: memberId,
        seq: draft.seq,
      })),
    ),
    updateAccounts(tx, accounts),
  ].filter((statement) => statement !== undefined);
}

function postingRow({ posting }: WrittenPosting): object {
  const { after } = posting;
  return {
    bucket: bucketOf(posting.memberId),
    member_id: posting.memberId,
    seq: posting.seq,
    kind: posting.kind,
    caller: posting.caller,
    operation: posting.operation,
    idem_key: posting.idempotencyKey,
    body_hash: bytes(posting.bodyHash),
    version_no: posting.versionNo,
    subject_seq: posting.subjectSeq,
    occurred_at: time(posting.occurredAt),
    recorded_at: time(posting.recordedAt),
    actor: posting.actor,
    request_id: posting.requestId,
    billionths: String(posting.billionths),
    remainder_after: String(after.remainder),
    points_after: after.points,
    held_after: after.held,
    owed_after: after.owed,
    pending_after: after.pending,
    qualifying_after: String(after.qualifying),
    tier_after: after.tier,
    explanation: posting.explanation,
    effects: posting.effects,
    content_digest: bytes(posting.contentDigest),
    prev_hash: bytes(posting.prevHash),
    hash: bytes(posting.hash),
  };
}

function entryRows({ bucket, memberId, draft }: WrittenPosting): object[] {
  return draft.entries.map((entry, n) => ({
    bucket,
    member_id: memberId,
    seq: draft.seq,
    n,
    debit: entry.debit,
    credit: entry.credit,
    amount: entry.amount,
    lot_seq: entry.lotSeq,
    lot_n: entry.lotN,
  }));
}

/** Lots opened in this batch, as the last posting of the batch leaves them. */
function openedLots(written: readonly WrittenPosting[]): object[] {
  const rows = new Map<string, object>();
  for (const { bucket, memberId, draft } of written) {
    for (const lot of [...draft.opened, ...draft.changed]) {
      const key = `${memberId}/${String(lot.seq)}/${String(lot.n)}`;
      if (!draft.opened.includes(lot) && !rows.has(key)) continue;
      rows.set(key, {
        bucket,
        member_id: memberId,
        seq: lot.seq,
        n: lot.n,
        funder: lot.funder,
        accrued_at: time(lot.accruedAt),
        available_from: time(lot.availableFrom),
        expires_at: time(lot.expiresAt),
        amount: lot.amount,
        remaining: lot.remaining,
        held: lot.held,
        origin_seq: lot.origin?.seq,
        origin_n: lot.origin?.n,
      });
    }
  }
  return [...rows.values()];
}

/** Lots changed in this batch; those it opened as well match nothing new and stay as inserted. */
function updateLots(tx: Tx, written: readonly WrittenPosting[]): Promise<unknown> | undefined {
  const rows = new Map<string, object>();
  for (const { bucket, memberId, draft } of written) {
    for (const { seq, n, remaining, held } of draft.changed) {
      const key = `${memberId}/${String(seq)}/${String(n)}`;
      rows.set(key, { bucket, member_id: memberId, seq, n, remaining, held });
    }
  }
  if (rows.size === 0) return undefined;
  return tx.query({
    name: 'update-lots',
    text: `UPDATE lots l SET remaining = u.remaining, held = u.held
             FROM json_populate_recordset(NULL::lots, $1) u
            WHERE l.bucket = u.bucket AND l.member_id = u.member_id
              AND l.seq = u.seq AND l.n = u.n`,
    values: [JSON.stringify([...rows.values()])],
  });
}

function upsertCounters(tx: Tx, written: readonly WrittenPosting[]): Promise<unknown> | undefined {
  const rows = new Map<string, object>();
  for (const { bucket, memberId, draft } of written) {
    for (const { counter, periodStart, used } of draft.counters) {
      const key = `${memberId}/${counter}/${String(periodStart)}`;
      rows.set(key, {
        bucket,
        member_id: memberId,
        counter,
        period_start: time(periodStart),
        used,
      });
    }
  }
  if (rows.size === 0) return undefined;
  return tx.query({
    name: 'upsert-counters',
    text: `INSERT INTO counters (bucket, member_id, counter, period_start, used)
           SELECT bucket, member_id, counter, period_start, used
             FROM json_populate_recordset(NULL::counters, $1)
           ON CONFLICT (bucket, member_id, counter, period_start) DO UPDATE SET used = EXCLUDED.used`,
    values: [JSON.stringify([...rows.values()])],
  });
}

function updateAccounts(tx: Tx, accounts: readonly Account[]): Promise<unknown> | undefined {
  if (accounts.length === 0) return undefined;
  return tx.query({
    name: 'update-accounts',
    text: `UPDATE accounts a
              SET version = u.version, head = u.head, points = u.points, held = u.held,
                  owed = u.owed, pending = u.pending, qualifying = u.qualifying,
                  remainder = u.remainder, tier = u.tier, changes_at = u.changes_at,
                  newest_at = u.newest_at
             FROM json_populate_recordset(NULL::accounts, $1) u
            WHERE a.bucket = u.bucket AND a.member_id = u.member_id`,
    values: [
      JSON.stringify(
        accounts.map((account) => ({
          bucket: account.bucket,
          member_id: account.memberId,
          version: account.version,
          head: bytes(account.head),
          points: account.points,
          held: account.held,
          owed: account.owed,
          pending: account.pending,
          qualifying: String(account.qualifying),
          remainder: String(account.remainder),
          tier: account.tier,
          changes_at: time(account.changesAt),
          newest_at: time(account.newestAt),
        })),
      ),
    ],
  });
}
