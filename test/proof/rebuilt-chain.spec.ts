import { firstHead, hashOf, type CompactEffects, type Posting } from '../../src/ledger/posting.js';
import { checkChain } from '../../src/ledger/rebuild/chain.js';
import { postingText, type StoredEntry, type TextRow } from '../../src/ledger/rebuild/text-row.js';
import { NOON } from '../support/state.js';
import { entry, memberId, name, nobody, own, posting } from './rebuilt-parts.js';

describe('a chain', () => {
  function chained(entries: StoredEntry[] = [], effects: CompactEffects[] = [{}, {}, {}]) {
    let head = firstHead(memberId);
    const after = { ...nobody };
    const postings = effects.map((each, index) => {
      const ownEntries = entries.filter(({ seq }) => seq === index + 1);
      for (const { debit, credit, amount } of ownEntries) {
        after.points += credit === 'points' ? amount : debit === 'points' ? -amount : 0;
      }
      const made = posting(index + 1, { effects: each, prevHash: head, after: { ...after } });
      head = hashOf(made, ownEntries);
      return { ...made, hash: head };
    });
    return { postings, head };
  }
  const entryRow = ({ seq, n }: StoredEntry, more: TextRow = {}): TextRow => ({
    ...own,
    ...{ seq: String(seq), n: String(n), ...more },
  });
  const check = (
    postings: Posting[],
    head: string,
    entries: StoredEntry[] = [],
    entryRows = entries.map((each) => entryRow(each)),
    version = '3',
  ) =>
    checkChain({
      ...{ memberId, account: { version, head }, postings },
      ...{ postingRows: postings.map(postingText), entries, entryRows },
    });
  const missing = (seq: number) => ({
    ...{ table: 'postings', row: name(seq), column: '*', stored: 'missing', recomputed: 'present' },
  });

  it('L9: names what is missing between, before and behind', () => {
    const { postings, head } = chained();
    expect(check(postings, head)).toEqual([]);
    const [first, second, third] = postings;
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('None.');
    const gap = check([first, third], head);
    expect(gap).toContainEqual(missing(2));
    expect(check([second, third], head)).toContainEqual(missing(1));
    expect(check([first, second], head)).toEqual([missing(3)]);
    expect(check([], head)).toEqual([missing(1), missing(2), missing(3)]);
    expect(check([first, second], second.hash)).toEqual([]);
    expect(check([first], head, [], [], '2000')).toHaveLength(1_000);
    expect(check([first, second], 'ab', [], [], '1')).toEqual([]);
  });

  it('L9: names each posting’s own fault, and not what follows from it', () => {
    const { postings, head } = chained();
    const [first, second, third] = postings;
    if (first === undefined || second === undefined || third === undefined)
      throw new Error('None.');
    const forged = { ...second, after: { ...second.after, points: 9, owed: 4 } };
    const found = check([first, forged, third], head);
    expect(found.map(({ row, column }) => [row, column])).toEqual([
      [name(2), 'points_after'],
      [name(2), 'owed_after'],
      [name(2), 'hash'],
      [name(3), 'points_after'],
      [name(3), 'owed_after'],
    ]);
    expect(check([first, { ...second, prevHash: 'ab' }, third], head)).toMatchObject([
      { row: name(2), column: 'prev_hash', stored: 'ab', recomputed: first.hash },
      { row: name(2), column: 'hash' },
    ]);
  });

  const issued = [
    entry(1, 'issued', 'points', 50),
    entry(2, 'points', 'redeemed', 20),
    entry(2, 'points', 'redeemed', 10, { n: 1, lotSeq: 2 }),
  ];
  const said = (first: number, second: number): CompactEffects => ({
    lots: [
      [1, 0, 'own', NOON, NOON, null, 50, first, 0],
      [2, 0, 'own', NOON, NOON, null, 90, second, 0],
    ],
  });

  it('L3: holds what entries move of a lot against what effects say', () => {
    const before = { lots: [[1, 0, 'own', NOON, NOON, null, 50, 50, 0]] };
    const { postings, head } = chained(issued, [before, said(30, -10)]);
    expect(check(postings, head, issued, undefined, '2')).toEqual([]);
    const wrong = chained(issued, [before, said(30, -11)]);
    const fault = { table: 'entries', column: 'amount (lot 2/0)' };
    expect(check(wrong.postings, wrong.head, issued, undefined, '2')).toEqual([
      {
        ...fault,
        ...{ row: name(2, 1), stored: '-10 and 0 held', recomputed: '-11 and 0 held' },
      },
    ]);
    // Where there is no entry about it, the first number that is free is the one that is lost.
    const silent = issued.slice(0, 2);
    const lost = chained(silent, [before, said(30, -10)]);
    expect(check(lost.postings, lost.head, silent, undefined, '2')).toEqual([
      {
        ...fault,
        ...{ row: name(2, 1), stored: '0 and 0 held', recomputed: '-10 and 0 held' },
      },
    ]);
  });

  it('L9: names entries of no posting, and those not numbered from 0', () => {
    const { postings, head } = chained(issued.slice(0, 1));
    const rows = [
      entryRow(entry(1, 'issued', 'points', 50)),
      entryRow(entry(8, 'issued', 'points', 1)),
    ];
    const before = { lots: [[1, 0, 'own', NOON, NOON, null, 50, 50, 0]] };
    const sound = chained(issued.slice(0, 1), [before]);
    expect(check(sound.postings, sound.head, issued.slice(0, 1), rows, '1')).toEqual([
      {
        ...{ table: 'entries', row: name(8, 0), column: '*' },
        ...{ stored: 'present', recomputed: 'missing' },
      },
    ]);
    const odd = { ...entry(1, 'issued', 'points', 50), n: 4 };
    const found = check(postings, head, [odd], [entryRow(odd)]);
    expect(found.filter(({ column }) => column === '*').map(({ row }) => row)).toEqual([
      ...[name(1, 4), name(1, 0)],
    ]);
  });

  it('L9: names the entry whose account was changed, by the hash that then fits', () => {
    const before = { lots: [[1, 0, 'own', NOON, NOON, null, 50, 50, 0]] };
    const { postings, head } = chained(issued.slice(0, 1), [before]);
    const forged = [entry(1, 'adjusted', 'points', 50)];
    expect(check(postings, head, forged, undefined, '1')).toMatchObject([
      { table: 'postings', row: name(1), column: 'hash' },
      {
        ...{ table: 'entries', row: name(1, 0), column: 'debit' },
        ...{ stored: 'adjusted', recomputed: 'issued' },
      },
    ]);
    // Another amount is no code that was changed.
    const other = check(postings, head, [entry(1, 'issued', 'points', 51)], undefined, '1');
    expect(other.map(({ column }) => column)).toEqual(
      expect.not.arrayContaining(['debit', 'credit']),
    );
  });
});
