/**
 * One member's postings and entries held against each other: the chain, the running figures, and
 * for each lot what a posting's entries move and what its effects say they moved. Every posting is
 * judged from the one before it as stored, so that one changed row does not accuse all that follow.
 */
import { bucketOf } from '../address.js';
import { groupBy } from '../check.js';
import { firstHead, hashOf, type Posting } from '../posting.js';
import { compareRows, type Expectation, type RowDifference } from './compare.js';
import { partOf, postingText, type StoredEntry, type TextRow, numberIn } from './text-row.js';

/** A chain that is cut off by more than this is named by its first missing posting alone. */
const MISSING_NAMED_MAX = 1_000;

export interface ChainRows {
  memberId: string;
  account: TextRow;
  postings: readonly Posting[];
  postingRows: readonly TextRow[];
  entries: readonly StoredEntry[];
  entryRows: readonly TextRow[];
}

export const postingKey = ['bucket', 'member_id', 'seq'];
export const entryKey = ['bucket', 'member_id', 'seq', 'n'];

export function checkChain(chain: ChainRows): RowDifference[] {
  const entriesOf = groupBy(chain.entries, ({ seq }) => seq);
  const postings = compareRows(expectedPostings(chain, entriesOf), chain.postingRows);
  return [
    ...postings,
    ...compareRows(expectedEntries(chain, entriesOf), chain.entryRows),
    ...checkLotMoves(chain, entriesOf),
    ...(postings.some(({ column }) => column === 'hash') ? findForgedCodes(chain, entriesOf) : []),
  ];
}

type EntriesOf = ReadonlyMap<number, readonly StoredEntry[]>;

function expectedPostings(chain: ChainRows, entriesOf: EntriesOf): Expectation {
  const { memberId, postings } = chain;
  const rows: TextRow[] = [];
  let before: Posting | undefined;
  for (const posting of postings) {
    for (let seq = (before?.seq ?? 0) + 1; seq < posting.seq; seq += 1) {
      if (rows.length > postings.length + MISSING_NAMED_MAX) break;
      rows.push(nameOnly(memberId, seq));
    }
    const entries = entriesOf.get(posting.seq) ?? [];
    const after = { ...posting.after };
    // Only where the posting before is there can it say what this one started from.
    if (posting.seq === (before?.seq ?? 0) + 1) {
      after.points = (before?.after.points ?? 0) + sum(entries, 'points');
      after.held = (before?.after.held ?? 0) + sum(entries, 'held');
      after.owed = (before?.after.owed ?? 0) - sum(entries, 'owed');
    }
    rows.push({
      ...postingText({ ...posting, after }),
      prev_hash: before?.hash ?? firstHead(memberId),
      hash: hashOf(posting, entries),
    });
    before = posting;
  }
  rows.push(...missingTail(chain, before));
  return { table: 'postings', key: postingKey, rows };
}

/** Postings an account has counted and hashed, and that are not there any more. */
function missingTail({ memberId, account }: ChainRows, last: Posting | undefined): TextRow[] {
  const version = Number(account['version']);
  const head = last?.hash ?? firstHead(memberId);
  if (account['head'] === head) return [];
  const count = Math.min(Math.max(version - (last?.seq ?? 0), 0), MISSING_NAMED_MAX);
  return Array.from({ length: count }, (_, index) =>
    nameOnly(memberId, (last?.seq ?? 0) + 1 + index),
  );
}

const nameOnly = (memberId: string, seq: number): TextRow => ({
  bucket: String(bucketOf(memberId)),
  member_id: memberId,
  seq: String(seq),
});

/** The entries as stored, but numbered without gaps, each with its posting. */
function expectedEntries(
  { memberId, postings, entryRows }: ChainRows,
  entriesOf: EntriesOf,
): Expectation {
  const known = new Set(postings.map(({ seq }) => String(seq)));
  const rows = entryRows
    .filter(({ seq }) => known.has(seq ?? ''))
    .map((row) => {
      const own = entriesOf.get(Number(row['seq'])) ?? [];
      const n = own.findIndex((entry) => String(entry.n) === row['n']);
      return { ...row, bucket: String(bucketOf(memberId)), n: String(n) };
    });
  return { table: 'entries', key: entryKey, rows };
}

/** Law L3 posting by posting: what entries move of a lot is what its effects say. */
function checkLotMoves({ memberId, postings }: ChainRows, entriesOf: EntriesOf): RowDifference[] {
  const found: RowDifference[] = [];
  const lots = new Map<string, { remaining: number; held: number }>();
  for (const posting of postings) {
    const { seq } = posting;
    const moves = new Map<string, { remaining: number; held: number }>();
    for (const [key, now] of lotsIn(partOf(posting, 'lots'))) {
      const before = lots.get(key) ?? { remaining: 0, held: 0 };
      moves.set(key, { remaining: now.remaining - before.remaining, held: now.held - before.held });
      lots.set(key, now);
    }
    const entries = groupBy(
      (entriesOf.get(seq) ?? []).filter(({ lotSeq }) => lotSeq !== null),
      ({ lotSeq, lotN }) => `${String(lotSeq)}/${String(lotN)}`,
    );
    for (const key of new Set([...moves.keys(), ...entries.keys()])) {
      const own = entries.get(key) ?? [];
      const held = sum(own, 'held');
      const moved = `${String(sum(own, 'points') + held)} and ${String(held)} held`;
      const move = moves.get(key) ?? { remaining: 0, held: 0 };
      const said = `${String(move.remaining)} and ${String(move.held)} held`;
      if (moved === said) continue;
      const row = `${String(bucketOf(memberId))}/${memberId}/${String(seq)}`;
      const ns = own.length > 0 ? own.map(({ n }) => n) : [firstFree(entriesOf.get(seq) ?? [])];
      found.push(
        ...ns.map((n) => ({
          table: 'entries',
          row: `${row}/${String(n)}`,
          column: `amount (lot ${key})`,
          stored: moved,
          recomputed: said,
        })),
      );
    }
  }
  return found;
}

/** The number that a lost entry had: the first that none of the others has. */
function firstFree(entries: readonly StoredEntry[]): number {
  const taken = new Set(entries.map(({ n }) => n));
  let n = 0;
  while (taken.has(n)) n += 1;
  return n;
}

const codes = [
  ...['issued', 'points', 'held', 'redeemed', 'expired', 'owed', 'adjusted'],
  ...['transferred', 'fee', 'bought'],
];

/**
 * Which lot an entry moves shows in the effects, but not between which accounts beside the
 * member's own. These are few, so the entry in which another one makes the hash fit is the one
 * that was changed.
 */
function findForgedCodes({ memberId, postings }: ChainRows, entriesOf: EntriesOf): RowDifference[] {
  const all = [...entriesOf.values()].flat().flatMap(({ debit, credit }) => [debit, credit]);
  const known = new Set([...codes, ...all.filter((code) => /^(?:partner|currency):/.test(code))]);
  return postings.flatMap((posting) => {
    const entries = entriesOf.get(posting.seq) ?? [];
    if (hashOf(posting, entries) === posting.hash) return [];
    for (const [index, entry] of entries.entries()) {
      for (const column of ['debit', 'credit'] as const) {
        const code = [...known].find((each) => {
          const repaired = { ...entry, [column]: each };
          return hashOf(posting, entries.with(index, repaired)) === posting.hash;
        });
        if (code === undefined) continue;
        const row = [bucketOf(memberId), memberId, posting.seq, entry.n].join('/');
        return [{ table: 'entries', row, column, stored: entry[column], recomputed: code }];
      }
    }
    return [];
  });
}

/** Lots as the effects of a posting leave them; what has not their shape is passed over. */
function lotsIn(lots: unknown): [string, { remaining: number; held: number }][] {
  if (!Array.isArray(lots)) return [];
  return lots.filter(Array.isArray).map((lot: unknown[]) => {
    const [seq, n, , , , , , remaining, held] = lot.map(numberIn);
    return [`${String(seq)}/${String(n)}`, { remaining: remaining ?? NaN, held: held ?? NaN }];
  });
}

/** What entries move into an account code; negative when they move out. */
export function sum(entries: readonly StoredEntry[], code: StoredEntry['debit']): number {
  return entries.reduce(
    (total, { debit, credit, amount }) =>
      total + (credit === code ? amount : 0) - (debit === code ? amount : 0),
    0,
  );
}
