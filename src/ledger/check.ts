/**
 * Recomputes one member from postings and entries, and names every figure that differs from what
 * is stored: accounts, lots, running figures, the hash chain. It trusts no cached column.
 */
import { BILLION } from '../rules/points.js';
import { sumOf } from '../rules/explanation.js';
import type { Entry } from '../rules/outcome.js';
import type { Lot } from '../rules/state.js';
import { firstHead, hashOf, type Posting } from './posting.js';

export interface StoredEntry extends Entry {
  seq: number;
}

export interface StoredMember {
  memberId: string;
  account: {
    version: number;
    head: string;
    points: number;
    held: number;
    owed: number;
    pending: number;
    changesAt: number | null;
    qualifying: bigint;
    remainder: bigint;
    tier: string;
  };
  /** In the order of their numbers. */
  postings: readonly Posting[];
  entries: readonly StoredEntry[];
  lots: readonly Lot[];
}

export interface Difference {
  memberId: string;
  /** Where: `account.points`, `posting 7 hash`, `lot 3/0 remaining`, ... */
  what: string;
  stored: string;
  recomputed: string;
}

/**
 * Every difference of one member; none = the member is sound. `now` is the database's, for what
 * time alone may have changed since the last posting.
 */
export function checkMember(member: StoredMember, now = Infinity): Difference[] {
  const differences: Difference[] = [];
  const compare = (what: string, stored: unknown, recomputed: unknown): void => {
    if (String(stored) === String(recomputed)) return;
    differences.push({
      memberId: member.memberId,
      what,
      stored: String(stored),
      recomputed: String(recomputed),
    });
  };
  checkPostings(member, compare);
  try {
    checkLots(member, compare);
    checkTerms(member, compare);
    checkChanges(member, now, compare);
  } catch (error) {
    // Effects without a shape cannot be recomputed from; their posting is named by its hash.
    if (differences.length === 0) throw error;
  }
  return differences;
}

/** Accounts with which points are exchanged for nothing: what moves there is in the billionths. */
const outside = ['issued', 'adjusted', 'transferred', 'fee', 'bought'] as const;

type Compare = (what: string, stored: unknown, recomputed: unknown) => void;

function checkPostings(member: StoredMember, compare: Compare): void {
  const { account, postings } = member;
  const entriesOf = groupBy(member.entries, ({ seq }) => seq);
  let head = firstHead(member.memberId);
  let points = 0;
  let held = 0;
  let owed = 0;
  let exact = 0n;
  let issued = 0;
  postings.forEach((posting, index) => {
    const name = `posting ${String(posting.seq)}`;
    const entries = entriesOf.get(posting.seq) ?? [];
    entriesOf.delete(posting.seq);
    for (const entry of entries) {
      points += moved(entry, 'points');
      held += moved(entry, 'held');
      owed -= moved(entry, 'owed');
      for (const code of outside) issued -= moved(entry, code);
      issued -= movedByPartners(entry);
    }
    exact += posting.billionths;
    compare(`${name} number`, posting.seq, index + 1);
    compare(`${name} previous hash`, posting.prevHash, head);
    compare(`${name} hash`, posting.hash, hashOf(posting, entries));
    compare(`${name} points`, posting.after.points, points);
    compare(`${name} held`, posting.after.held, held);
    compare(`${name} owed`, posting.after.owed, owed);
    compare(`${name} explanation`, posting.billionths, explained(posting));
    compare(`${name} remainder`, posting.after.remainder, exact - BigInt(issued) * BILLION);
    head = posting.hash;
  });
  for (const seq of entriesOf.keys())
    compare(`entries of posting ${String(seq)}`, 'present', 'none');
  const last = postings.at(-1);
  compare('account version', account.version, postings.length);
  compare('account head', account.head, head);
  compare('account points', account.points, points);
  compare('account held', account.held, held);
  compare('account owed', account.owed, owed);
  compare('account qualifying', account.qualifying, last?.after.qualifying ?? 0n);
  compare('account remainder', account.remainder, last?.after.remainder ?? 0n);
  compare('account tier', account.tier, last?.after.tier ?? '');
}

/** What the items of an explanation add up to, unless one of them is no number. */
function explained({ explanation }: Posting): bigint | string {
  try {
    return sumOf(explanation);
  } catch {
    return 'not a sum';
  }
}

function checkLots({ entries, lots, account }: StoredMember, compare: Compare): void {
  const about = entries.filter(({ lotSeq }) => lotSeq !== null);
  const byLot = groupBy(about, ({ lotSeq, lotN }) => `${String(lotSeq)}/${String(lotN)}`);
  let remaining = 0;
  for (const lot of lots) {
    const key = `${String(lot.seq)}/${String(lot.n)}`;
    const own = byLot.get(key) ?? [];
    byLot.delete(key);
    const inPoints = own.reduce((sum, entry) => sum + moved(entry, 'points'), 0);
    const inHeld = own.reduce((sum, entry) => sum + moved(entry, 'held'), 0);
    // What else the posting that opened it moves, such as a debt repaid, leaves the lot.
    const opened = own.filter(({ seq, credit }) => seq === lot.seq && credit === 'points');
    const amount = opened.reduce((sum, entry) => sum + entry.amount, 0);
    compare(`lot ${key} amount`, lot.amount, amount);
    compare(`lot ${key} remaining`, lot.remaining, inPoints + inHeld);
    compare(`lot ${key} held`, lot.held, inHeld);
    remaining += lot.remaining;
  }
  for (const key of byLot.keys()) compare(`lot ${key}`, 'missing', 'named by entries');
  compare('account points and held', account.points + account.held, remaining);
}

/** The terms of a lot are in the effects of the posting that opened it. */
function checkTerms({ postings, lots }: StoredMember, compare: Compare): void {
  const terms = new Map<string, unknown>(
    postings.flatMap(({ seq, effects }) =>
      (effects.lots ?? [])
        .filter(([lotSeq]) => lotSeq === seq)
        .map((lot) => [`${String(lot[0])}/${String(lot[1])}`, termsIn(lot)] as const),
    ),
  );
  for (const { seq, n, funder, accruedAt, availableFrom, expiresAt, origin } of lots) {
    const key = `${String(seq)}/${String(n)}`;
    const from = origin === undefined ? [] : [origin.seq, origin.n];
    const stored = JSON.stringify([funder, accruedAt, availableFrom, expiresAt, ...from]);
    compare(`lot ${key} terms`, stored, JSON.stringify(terms.get(key)));
  }
}

const termsIn = (lot: readonly (number | string | null)[]): (number | string | null)[] => [
  ...lot.slice(2, 6),
  ...lot.slice(9),
];

/**
 * `changesAt` is an instant at which a window closes or a hold runs out, and none between the last
 * posting and it has been passed over; `pending` is what is pending just before it.
 */
function checkChanges(
  { account, postings, lots }: StoredMember,
  now: number,
  compare: Compare,
): void {
  const holds = new Map<unknown, readonly unknown[]>();
  for (const { effects } of postings) {
    for (const redemption of effects.redemptions ?? []) holds.set(redemption[0], redemption);
  }
  const since = postings.at(-1)?.recordedAt ?? 0;
  const instants = [
    ...lots.filter((lot) => lot.remaining > lot.held).map((lot) => lot.availableFrom),
    ...[...holds.values()]
      .filter(([, , , , state]) => state === 'held')
      .map((each) => Number(each[5])),
  ].filter((instant) => instant > since);
  const { changesAt, pending } = account;
  const passed = instants.filter((instant) => instant < (changesAt ?? Infinity));
  const isRight =
    (changesAt === null || instants.includes(changesAt)) && passed.every((each) => each <= now);
  const first = instants.length === 0 ? null : Math.min(...instants);
  compare('account changes at', changesAt, isRight ? changesAt : first);
  const until = changesAt ?? Infinity;
  const waiting = lots.filter(({ availableFrom }) => availableFrom >= until && until !== Infinity);
  const recomputed = waiting.reduce((sum, { remaining, held }) => sum + remaining - held, 0);
  compare('account pending', pending, recomputed);
}

/** What one entry moves into an account code; negative when it moves out. */
function moved({ debit, credit, amount }: Entry, code: Entry['debit']): number {
  return (credit === code ? amount : 0) - (debit === code ? amount : 0);
}

/** What partners stand in for is issued all the same. */
function movedByPartners({ debit, credit, amount }: Entry): number {
  const of = (code: Entry['debit']): number => (code.startsWith('partner:') ? amount : 0);
  return of(credit) - of(debit);
}

/** Rows by a key of theirs, in their order. */
export function groupBy<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  return groups;
}
