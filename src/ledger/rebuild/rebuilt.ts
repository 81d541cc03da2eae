/**
 * Every row that is a function of a member's postings, with their effects, and entries: account,
 * lots, counters, standings and redemptions. No kind of posting is
 * treated apart; the effects say what each opened or changed, and the last word on a row counts.
 * Effects of another shape, which only tampering leaves, are passed over and never throw.
 */
import { bucketOf } from '../address.js';
import { groupBy } from '../check.js';
import { firstHead, type Posting } from '../posting.js';
import { whyText } from '../review.js';
import { sum } from './chain.js';
import type { Expectation } from './compare.js';
import {
  instantOf,
  numberIn,
  partOf,
  timeText,
  type StoredEntry,
  type TextRow,
} from './text-row.js';

/** Kinds that carry an event: the newest of them says when something was heard of the member. */
const heardKinds = new Set(['accrue', 'return']);

export interface Facts {
  memberId: string;
  postings: readonly Posting[];
  entries: readonly StoredEntry[];
}

/** The columns that every row of a member starts with. */
export const own = ({ memberId }: Facts): TextRow => ({
  bucket: String(bucketOf(memberId)),
  member_id: memberId,
});

/** What a column would spell of a value in the effects, whatever it is; never throws. */
export function text(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export const time = (value: unknown): string | null =>
  timeText(value === null ? null : numberIn(value));

interface Effect {
  /** Number of the posting. */
  seq: number;
  values: readonly unknown[];
}

/**
 * The arrays in a part of the effects, of each key the last. The key of a row is its first values;
 * only what is kept is spelt, as a counter may have been set a thousand times.
 */
export function latest(
  { postings }: Facts,
  part: 'lots' | 'counters' | 'redemptions' | 'waiting',
  keyLength: number,
): Effect[] {
  const last = new Map<string, Effect>();
  for (const posting of postings) {
    const rows = partOf(posting, part);
    if (!Array.isArray(rows)) continue;
    for (const values of rows.filter(Array.isArray) as unknown[][]) {
      last.set(values.slice(0, keyLength).map(text).join('/'), { seq: posting.seq, values });
    }
  }
  return [...last.values()];
}

export function rebuiltLots(facts: Facts): Expectation {
  const key = ['bucket', 'member_id', 'seq', 'n'];
  const entriesOf = groupBy(
    facts.entries,
    ({ lotSeq, lotN }) => `${String(lotSeq)}/${String(lotN)}`,
  );
  const rows = latest(facts, 'lots', 2).map(({ values }): TextRow => {
    const [seq, n, funder, accruedAt, availableFrom, expiresAt, amount, , , ...origin] = values;
    const entries = entriesOf.get([seq, n].map(text).join('/')) ?? [];
    const held = sum(entries, 'held');
    return {
      ...own(facts),
      seq: text(seq),
      n: text(n),
      funder: text(funder),
      accrued_at: time(accruedAt),
      available_from: time(availableFrom),
      expires_at: time(expiresAt),
      amount: text(amount),
      remaining: String(sum(entries, 'points') + held),
      held: String(held),
      origin_seq: text(origin[0]),
      origin_n: text(origin[1]),
    };
  });
  return { table: 'lots', key, rows };
}

export function rebuiltCounters(facts: Facts): Expectation {
  const key = ['bucket', 'member_id', 'counter', 'period_start'];
  const rows = latest(facts, 'counters', 2).map(
    ({ values: [counter, periodStart, used] }): TextRow => ({
      ...own(facts),
      counter: text(counter),
      period_start: time(periodStart),
      used: text(used),
    }),
  );
  return { table: 'counters', key, rows };
}

export function rebuiltRedemptions(facts: Facts): Expectation {
  const key = ['bucket', 'member_id', 'seq'];
  const rows = latest(facts, 'redemptions', 1).map(({ seq: changedSeq, values }): TextRow => {
    const [seq, retailer, reward, points, state, expiresAt, ...more] = values;
    const [purchaseSeq, shared, amount, back, delivery, usableUntil = null, ...terms] = more;
    const [usedBy, termsNo, backAt = null] = terms;
    return {
      ...own(facts),
      seq: text(seq),
      retailer: text(retailer),
      reward: text(reward),
      points: text(points),
      state: text(state),
      expires_at: time(expiresAt),
      changed_seq: String(changedSeq),
      purchase_seq: text(purchaseSeq),
      shared: text(shared),
      amount: text(amount),
      back: text(back),
      delivery: text(delivery),
      usable_until: time(usableUntil),
      used_by: text(usedBy),
      terms_no: text(termsNo),
      back_at: time(backAt),
    };
  });
  return { table: 'redemptions', key, rows };
}

export function rebuiltStandings(facts: Facts): Expectation {
  const rows = facts.postings.flatMap((posting): TextRow[] => {
    const standing = partOf(posting, 'standing');
    if (!Array.isArray(standing)) return [];
    const [tier, code, qualifying, threshold, , ...more] = standing as unknown[];
    const why = whyText([code, qualifying, threshold], more);
    return [{ ...own(facts), from_seq: String(posting.seq), tier: text(tier), why }];
  });
  return { table: 'standings', key: ['bucket', 'member_id', 'from_seq'], rows };
}

/**
 * The account but for what time alone does to it. `stored` and `now` say how far a settling that
 * posts nothing may have brought `changes_at`, and `pending` follows from where it is.
 */
export function rebuiltAccount(
  facts: Facts,
  { lots, redemptions }: { lots: Expectation; redemptions: Expectation },
  stored: TextRow,
  now: number,
): Expectation {
  const { memberId, postings, entries } = facts;
  const last = postings.at(-1);
  const changesAt = changesAtOf(last?.recordedAt ?? 0, { lots, redemptions }, stored, now);
  const waiting = lots.rows.filter(
    (lot) => changesAt !== null && instantOf(lot['available_from']) >= changesAt,
  );
  const row: TextRow = {
    ...own(facts),
    version: String(last?.seq ?? 0),
    head: last?.hash ?? firstHead(memberId),
    points: String(sum(entries, 'points')),
    held: String(sum(entries, 'held')),
    owed: String(0 - sum(entries, 'owed')),
    pending: String(waiting.reduce((total, lot) => total + free(lot), 0)),
    qualifying: String(last?.after.qualifying ?? 0n),
    remainder: String(last?.after.remainder ?? 0n),
    tier: last?.after.tier ?? '',
    changes_at: timeText(changesAt),
    newest_at: newestOf(postings, (kind) => kind === 'review' || heardKinds.has(kind)),
    heard_at: newestOf(postings, (kind) => heardKinds.has(kind)),
    ...rebuiltReview(postings),
  };
  return { table: 'accounts', key: ['bucket', 'member_id'], rows: [row] };
}

/** How long the tier is kept, as the last posting that changed it says. */
function rebuiltReview(postings: readonly Posting[]): TextRow {
  const last = postings.findLast((posting) => Array.isArray(partOf(posting, 'review')));
  const review: unknown[] = last === undefined ? [] : (partOf(last, 'review') as unknown[]);
  if (review.length === 0) return { review: null, review_at: null };
  const [, at, , grant] = review;
  const instants = [at, Array.isArray(grant) ? (grant as unknown[])[1] : null].filter(
    (instant) => instant !== null,
  );
  const due = instants.length === 0 ? null : Math.min(...instants.map(numberIn));
  return { review: JSON.stringify(review), review_at: timeText(due) };
}

/** The place of the newest event of some kinds. */
function newestOf(postings: readonly Posting[], isOf: (kind: string) => boolean): string | null {
  const places = postings.filter(({ kind }) => isOf(kind)).map(placeOf);
  return places.length === 0 ? null : timeText(places.reduce((a, b) => Math.max(a, b)));
}

/** Where in time an event counts: one that was too old counted as of its arrival. */
function placeOf({ explanation, occurredAt, recordedAt }: Posting): number {
  const isOfArrival =
    Array.isArray(explanation) &&
    explanation.some((item) => Array.isArray(item) && item[2] === 'decided_as_of_today');
  return isOfArrival ? recordedAt : occurredAt;
}

const free = (lot: TextRow): number => Number(lot['remaining']) - Number(lot['held']);

/**
 * The next instant at which time alone changes the member. A window that has closed may have been
 * settled without a posting, so any of the instants up to the first that is still to come is
 * right; a hold that has run out is never passed over, as its release is a posting.
 */
function changesAtOf(
  since: number,
  { lots, redemptions }: { lots: Expectation; redemptions: Expectation },
  stored: TextRow,
  now: number,
): number | null {
  const windows = lots.rows
    .filter((lot) => free(lot) > 0)
    .map((lot) => instantOf(lot['available_from']))
    .filter((instant) => instant > since);
  const holds = redemptions.rows
    .filter(({ state }) => state === 'held')
    .map((redemption) => instantOf(redemption['expires_at']));
  const instants = [...windows, ...holds];
  const first = Math.min(...instants);
  const storedAt = stored['changes_at'] ?? null;
  const at = storedAt === null ? Infinity : instantOf(storedAt);
  const isThere = storedAt === null || instants.includes(at);
  const isPassed =
    windows.every((instant) => instant >= at || instant <= now) &&
    holds.every((instant) => instant >= at);
  if (isThere && isPassed) return storedAt === null ? null : at;
  return Number.isFinite(first) ? first : null;
}
