import { rowsOf, type Rows } from '../../platform/database/columns.js';
import type { Entry, Counter } from '../../rules/outcome.js';
import type { Review } from '../../rules/ladder.js';
import { dueAt } from '../../rules/standing/stand.js';
import type { Lot } from '../../rules/state.js';
import type { Tx, WrittenDraft } from '../command.js';
import { writeWaiting } from '../limits/waiting.queries.js';
import type { Posting, PostingJson } from '../posting.js';
import { compactReview } from '../review.js';
import type { Account } from './accounts.queries.js';

export interface WrittenPosting extends WrittenDraft {
  posting: Posting;
  /** The JSON of two columns, which the hash covers as it is stored. */
  json: PostingJson;
}

/** A member's row in any of the ledger's tables. */
interface Owned {
  bucket: number;
  memberId: string;
}

const postings = rowsOf<WrittenPosting>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  seq: ['int4', ({ posting }) => posting.seq],
  kind: ['text', ({ posting }) => posting.kind],
  caller: ['text', ({ posting }) => posting.caller],
  operation: ['text', ({ posting }) => posting.operation],
  idem_key: ['text', ({ posting }) => posting.idempotencyKey],
  body_hash: ['bytea', ({ posting }) => posting.bodyHash],
  version_no: ['int4', ({ posting }) => posting.versionNo],
  subject_seq: ['int4', ({ posting }) => posting.subjectSeq],
  occurred_at: ['timestamptz', ({ posting }) => posting.occurredAt],
  recorded_at: ['timestamptz', ({ posting }) => posting.recordedAt],
  actor: ['text', ({ posting }) => posting.actor],
  request_id: ['text', ({ posting }) => posting.requestId],
  billionths: ['int8', ({ posting }) => posting.billionths],
  remainder_after: ['int8', ({ posting }) => posting.after.remainder],
  points_after: ['int8', ({ posting }) => posting.after.points],
  held_after: ['int8', ({ posting }) => posting.after.held],
  owed_after: ['int8', ({ posting }) => posting.after.owed],
  pending_after: ['int8', ({ posting }) => posting.after.pending],
  qualifying_after: ['numeric', ({ posting }) => posting.after.qualifying],
  tier_after: ['text', ({ posting }) => posting.after.tier],
  explanation: ['json', ({ json }) => json.explanation],
  effects: ['json', ({ json }) => json.effects],
  content_digest: ['bytea', ({ posting }) => posting.contentDigest],
  prev_hash: ['bytea', ({ posting }) => posting.prevHash],
  hash: ['bytea', ({ posting }) => posting.hash],
});

type OwnedEntry = Owned & { seq: number; n: number; entry: Entry };

const entries = rowsOf<OwnedEntry>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  seq: ['int4', ({ seq }) => seq],
  n: ['int2', ({ n }) => n],
  debit: ['text', ({ entry }) => entry.debit],
  credit: ['text', ({ entry }) => entry.credit],
  amount: ['int8', ({ entry }) => entry.amount],
  lot_seq: ['int4', ({ entry }) => entry.lotSeq],
  lot_n: ['int2', ({ entry }) => entry.lotN],
});

type OwnedLot = Owned & { lot: Lot };

const lots = rowsOf<OwnedLot>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  seq: ['int4', ({ lot }) => lot.seq],
  n: ['int2', ({ lot }) => lot.n],
  funder: ['text', ({ lot }) => lot.funder],
  accrued_at: ['timestamptz', ({ lot }) => lot.accruedAt],
  available_from: ['timestamptz', ({ lot }) => lot.availableFrom],
  expires_at: ['timestamptz', ({ lot }) => lot.expiresAt],
  amount: ['int8', ({ lot }) => lot.amount],
  remaining: ['int8', ({ lot }) => lot.remaining],
  held: ['int8', ({ lot }) => lot.held],
  origin_seq: ['int4', ({ lot }) => lot.origin?.seq ?? null],
  origin_n: ['int2', ({ lot }) => lot.origin?.n ?? null],
});

const changedLots = rowsOf<OwnedLot>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  seq: ['int4', ({ lot }) => lot.seq],
  n: ['int2', ({ lot }) => lot.n],
  remaining: ['int8', ({ lot }) => lot.remaining],
  held: ['int8', ({ lot }) => lot.held],
});

type OwnedCounter = Owned & { counter: Counter };

const counters = rowsOf<OwnedCounter>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  counter: ['text', ({ counter }) => counter.counter],
  period_start: ['timestamptz', ({ counter }) => counter.periodStart],
  used: ['int8', ({ counter }) => counter.used],
});

const accounts = rowsOf<Account>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  version: ['int4', ({ version }) => version],
  head: ['bytea', ({ head }) => head],
  points: ['int8', ({ points }) => points],
  held: ['int8', ({ held }) => held],
  owed: ['int8', ({ owed }) => owed],
  pending: ['int8', ({ pending }) => pending],
  qualifying: ['numeric', ({ qualifying }) => qualifying],
  remainder: ['int8', ({ remainder }) => remainder],
  tier: ['text', ({ tier }) => tier],
  changes_at: ['timestamptz', ({ changesAt }) => changesAt],
  newest_at: ['timestamptz', ({ newestAt }) => newestAt],
  heard_at: ['timestamptz', ({ heardAt }) => heardAt],
  review_at: ['timestamptz', ({ review }) => dueAt(review)],
  review: ['json', ({ review }) => reviewText(review)],
});

const reviewText = (review: Review | undefined): string | null =>
  review === undefined ? null : JSON.stringify(compactReview(review));

const outbox = rowsOf<WrittenPosting>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  seq: ['int4', ({ posting }) => posting.seq],
});

/** Nobody reads it, nothing is written into it; `recordedAt` is read before this is asked. */
const whileRead = 'WHERE EXISTS (SELECT FROM outbox_readers)';

/**
 * One INSERT of all rows of a table. One statement with all tables as its parts is a little cheaper
 * on one PostgreSQL, but a distributed one does not push such parts down to where the rows are.
 */
export function insertRows<Row>(
  tx: Tx,
  table: string,
  rows: readonly Row[],
  { names, source, values }: Rows<Row>,
  end = '',
): Promise<unknown> | undefined {
  if (rows.length === 0) return undefined;
  return tx.query({
    name: `insert-${table}`,
    text: `INSERT INTO ${table} (${names}) SELECT ${names} FROM ${source} ${end}`,
    values: values(rows),
  });
}

const counterConflict = `ON CONFLICT (bucket, member_id, counter, period_start)
  DO UPDATE SET used = EXCLUDED.used`;

/** Writes postings, entries, lots, counters and outbox rows of a batch, and the accounts they leave. */
export function writeLedger(
  tx: Tx,
  written: readonly WrittenPosting[],
  changed: readonly Account[],
): Promise<unknown>[] {
  const statements = [
    insertRows(tx, 'postings', written, postings),
    insertRows(tx, 'entries', entriesOf(written), entries),
    insertRows(tx, 'lots', openedLots(written), lots),
    insertRows(tx, 'counters', countersOf(written), counters, counterConflict),
    insertRows(tx, 'outbox', written, outbox, whileRead),
    updateAccounts(tx, changed),
    updateLots(tx, written),
    ...writeWaiting(tx, written),
  ];
  return statements.filter((statement) => statement !== undefined);
}

function entriesOf(written: readonly WrittenPosting[]): OwnedEntry[] {
  const rows: OwnedEntry[] = [];
  for (const { bucket, memberId, draft } of written) {
    draft.entries.forEach((entry, n) => rows.push({ bucket, memberId, seq: draft.seq, n, entry }));
  }
  return rows;
}

const keyOf = (memberId: string, { seq, n }: Lot): string => `${memberId}/${seq}/${n}`;

/** Lots opened in this batch, as the last posting of the batch leaves them. */
function openedLots(written: readonly WrittenPosting[]): OwnedLot[] {
  const rows = new Map<string, OwnedLot>();
  for (const { bucket, memberId, draft } of written) {
    for (const lot of draft.opened) rows.set(keyOf(memberId, lot), { bucket, memberId, lot });
    for (const lot of draft.changed) {
      const key = keyOf(memberId, lot);
      if (rows.has(key)) rows.set(key, { bucket, memberId, lot });
    }
  }
  return [...rows.values()];
}

/** Lots changed in this batch; those it opened as well match nothing new and stay as inserted. */
function updateLots(tx: Tx, written: readonly WrittenPosting[]): Promise<unknown> | undefined {
  const rows = new Map<string, OwnedLot>();
  for (const { bucket, memberId, draft } of written) {
    for (const lot of draft.changed) rows.set(keyOf(memberId, lot), { bucket, memberId, lot });
  }
  if (rows.size === 0) return undefined;
  return tx.query({
    name: 'update-lots',
    text: `UPDATE lots l SET remaining = u.remaining, held = u.held FROM ${changedLots.source}
            WHERE l.bucket = u.bucket AND l.member_id = u.member_id
              AND l.seq = u.seq AND l.n = u.n`,
    values: changedLots.values([...rows.values()]),
  });
}

/** Counters as the last posting of the batch that set them leaves them. */
function countersOf(written: readonly WrittenPosting[]): OwnedCounter[] {
  const rows = new Map<string, OwnedCounter>();
  for (const { bucket, memberId, draft } of written) {
    for (const counter of draft.counters) {
      const key = `${memberId}/${counter.counter}/${counter.periodStart}`;
      rows.set(key, { bucket, memberId, counter });
    }
  }
  return [...rows.values()];
}

function updateAccounts(tx: Tx, changed: readonly Account[]): Promise<unknown> | undefined {
  if (changed.length === 0) return undefined;
  return tx.query({
    name: 'update-accounts',
    text: `UPDATE accounts a
              SET version = u.version, head = u.head, points = u.points, held = u.held,
                  owed = u.owed, pending = u.pending, qualifying = u.qualifying,
                  remainder = u.remainder, tier = u.tier, changes_at = u.changes_at,
                  newest_at = u.newest_at, heard_at = u.heard_at, review_at = u.review_at,
                  review = u.review
             FROM ${accounts.source}
            WHERE a.bucket = u.bucket AND a.member_id = u.member_id`,
    values: accounts.values(changed),
  });
}
