import { firstHead, hashOf, type CompactEffects, type Posting } from '../../src/ledger/posting.js';
import { checkChain } from '../../src/ledger/rebuild/chain.js';
import { postingText, type StoredEntry, type TextRow } from '../../src/ledger/rebuild/text-row.js';
import { NOON } from '../support/state.js';
import { entry, memberId, name, nobody, own, posting } from './rebuilt-parts.js';

/** Postings of these entries, chained and hashed, with the figures that the entries come to. */
function chained(entries: readonly StoredEntry[], effects: readonly CompactEffects[]): Posting[] {
  let head = firstHead(memberId);
  const after = { ...nobody };
  return effects.map((each, index) => {
    const ownEntries = entries.filter(({ seq }) => seq === index + 1);
    for (const { debit, credit, amount } of ownEntries) {
      after.points += (credit === 'points' ? amount : 0) - (debit === 'points' ? amount : 0);
      after.held += (credit === 'held' ? amount : 0) - (debit === 'held' ? amount : 0);
      after.owed += (debit === 'owed' ? amount : 0) - (credit === 'owed' ? amount : 0);
    }
    const made = posting(index + 1, { effects: each, prevHash: head, after: { ...after } });
    head = hashOf(made, ownEntries);
    return { ...made, hash: head };
  });
}

const row = ({ seq, n }: StoredEntry): TextRow => ({ ...own, seq: String(seq), n: String(n) });
const check = (postings: readonly Posting[], entries: readonly StoredEntry[] = []) =>
  checkChain({
    ...{ memberId, account: { version: '3', head: postings.at(-1)?.hash ?? '' }, postings },
    ...{ postingRows: postings.map(postingText), entries, entryRows: entries.map(row) },
  });

/** About no lot, so that only the hash can tell. */
const apart = (seq: number, debit: StoredEntry['debit'], credit: StoredEntry['credit']) =>
  entry(seq, debit, credit, 50, { lotSeq: null, lotN: null });
const forgedIn = (postings: readonly Posting[], entries: readonly StoredEntry[]): unknown =>
  check(postings, entries).filter(({ table }) => table === 'entries');

describe('an entry whose account was changed', () => {
  it.each([
    ...(['issued', 'points', 'held', 'redeemed', 'expired'] as const),
    ...(['owed', 'adjusted', 'transferred', 'fee', 'bought'] as const),
  ])('L9: is named with the account that it had, %s', (code) => {
    const found = (column: 'debit' | 'credit', right: StoredEntry): unknown => {
      const postings = chained([right], [{}]);
      expect(check(postings, [right])).toEqual([]);
      return forgedIn(postings, [{ ...right, [column]: 'partner:x' }]);
    };
    const fault = { table: 'entries', row: name(1, 0), stored: 'partner:x', recomputed: code };
    expect(found('debit', apart(1, code, 'partner:y'))).toEqual([{ ...fault, column: 'debit' }]);
    expect(found('credit', apart(1, 'partner:y', code))).toEqual([{ ...fault, column: 'credit' }]);
  });

  it.each(['partner:corner', 'currency:corner/miles'] as const)(
    'L9: is named with %s, where that stands in another entry of the member',
    (code) => {
      const right = apart(2, code, 'issued');
      const forged = { ...right, debit: 'fee' } as const;
      const fault = { ...{ table: 'entries', row: name(2, 0) }, column: 'debit', stored: 'fee' };
      for (const other of [apart(1, code, 'issued'), apart(1, 'issued', code)]) {
        const postings = chained([other, right], [{}, {}]);
        expect(forgedIn(postings, [other, forged])).toEqual([{ ...fault, recomputed: code }]);
      }
      const alone = apart(1, 'fee', 'issued');
      expect(forgedIn(chained([alone, right], [{}, {}]), [alone, forged])).toEqual([]);
    },
  );

  it('L9: is named where a figure shows it as well as the hash', () => {
    const right = apart(1, 'points', 'redeemed');
    const found = check(chained([right], [{}]), [{ ...right, credit: 'held' }]);
    expect(found.map(({ table, column }) => `${table} ${column}`)).toEqual([
      ...['postings held_after', 'postings hash', 'entries credit'],
    ]);
  });
});

describe('postings that are missing', () => {
  const entries = [
    entry(1, 'issued', 'points', 50),
    entry(2, 'points', 'redeemed', 20),
    entry(3, 'points', 'redeemed', 10),
  ];
  const left = (remaining: number): CompactEffects => ({
    lots: [[1, 0, 'own', NOON, NOON, null, 50, remaining, 0]],
  });

  it('L9: leave the figures of the next one as they are', () => {
    const [first, second, third] = chained(entries, [left(50), left(30), left(20)]);
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('None.');
    expect(check([first, second, third], entries)).toEqual([]);
    const found = check(
      [first, third],
      [entries[0], entries[2]].flatMap((each) => each ?? []),
    );
    expect(found.filter(({ table }) => table === 'postings')).toEqual([
      {
        ...{ table: 'postings', row: name(3), column: 'prev_hash' },
        ...{ stored: second.hash, recomputed: first.hash },
      },
      {
        ...{ table: 'postings', row: name(2), column: '*' },
        ...{ stored: 'missing', recomputed: 'present' },
      },
    ]);
  });

  it('L9: are not all named where a number claims that they are more than a thousand', () => {
    const missing = check([posting(90_000)]).filter(({ stored }) => stored === 'missing');
    expect(missing.length).toBeGreaterThan(1_000);
    expect(missing.length).toBeLessThan(1_010);
  });
});

describe('what entries move of a lot', () => {
  it('L3: is nothing where effects say nothing of it', () => {
    const both = [entry(1, 'issued', 'points', 50), entry(1, 'points', 'issued', 50, { n: 1 })];
    expect(check(chained(both, [{}]), both)).toEqual([]);
    const [one] = both.slice(0, 1);
    if (one === undefined) throw new Error('None.');
    expect(check(chained([one], [{}]), [one])).toEqual([
      {
        ...{ table: 'entries', row: name(1, 0), column: 'amount (lot 1/0)' },
        ...{ stored: '50 and 0 held', recomputed: '0 and 0 held' },
      },
    ]);
  });

  it('L3: is of what it has and of what it holds, each since the posting before', () => {
    const lot = (remaining: number, held: number): CompactEffects => ({
      lots: [[1, 0, 'own', NOON, NOON, null, 50, remaining, held]],
    });
    const moves = [
      entry(1, 'issued', 'points', 50),
      entry(2, 'points', 'held', 20),
      entry(3, 'held', 'redeemed', 15),
      entry(3, 'held', 'points', 5, { n: 1 }),
    ];
    const right = chained(moves, [lot(50, 0), lot(50, 20), lot(35, 0)]);
    expect(check(right, moves)).toEqual([]);
    const wrong = chained(moves, [lot(50, 0), lot(50, 19), lot(35, 0)]);
    const fault = { table: 'entries', column: 'amount (lot 1/0)' };
    expect(check(wrong, moves)).toEqual([
      { ...fault, row: name(2, 0), stored: '0 and 20 held', recomputed: '0 and 19 held' },
      ...[0, 1].map((n) => ({
        ...{ ...fault, row: name(3, n), stored: '-15 and -20 held' },
        recomputed: '-15 and -19 held',
      })),
    ]);
  });

  it('L3: is no number where a lot of the effects has none', () => {
    const odd: unknown = { lots: [[1, 0], 5] };
    expect(check(chained([], [odd as CompactEffects]))).toEqual([
      {
        ...{ table: 'entries', row: name(1, 0), column: 'amount (lot 1/0)' },
        ...{ stored: '0 and 0 held', recomputed: 'NaN and NaN held' },
      },
    ]);
  });
});
