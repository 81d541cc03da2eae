import fc from 'fast-check';
import { bucketOf } from '../../src/ledger/address.js';
import type { StoredMember } from '../../src/ledger/check.js';
import { firstHead, hashOf, type CompactEffects, type Posting } from '../../src/ledger/posting.js';
import {
  compareMember,
  type MemberRows,
  type RebuiltTable,
} from '../../src/ledger/rebuild/member.js';
import { rebuiltPurchases } from '../../src/ledger/rebuild/purchases.js';
import * as rebuilt from '../../src/ledger/rebuild/rebuilt.js';
import {
  postingText,
  readEntry,
  readPosting,
  timeText,
  type TextRow,
} from '../../src/ledger/rebuild/text-row.js';
import { rebuiltSales } from '../../src/ledger/rebuild/sales.js';
import { rebuiltUses } from '../../src/ledger/rebuild/uses.js';
import { rebuiltWaiting } from '../../src/ledger/rebuild/waiting.js';
import type { Entry } from '../../src/rules/outcome.js';
import { aStoredMember } from '../ledger/history.js';
import { aMember, NOON } from '../support/state.js';

const { memberId } = aMember();
const bucket = String(bucketOf(memberId));

const entryText = (entry: Entry & { seq: number }, n: number): TextRow => ({
  bucket,
  member_id: memberId,
  seq: String(entry.seq),
  n: String(n),
  debit: entry.debit,
  credit: entry.credit,
  amount: String(entry.amount),
  lot_seq: entry.lotSeq === null ? null : String(entry.lotSeq),
  lot_n: entry.lotN === null ? null : String(entry.lotN),
});

/** The rows that follow from postings and entries, as they would be stored. */
function rowsOf(postings: readonly Posting[], entries: readonly TextRow[]): MemberRows {
  const facts = { memberId, postings, entries: entries.map(readEntry) };
  const lots = rebuilt.rebuiltLots(facts);
  const redemptions = rebuilt.rebuiltRedemptions(facts);
  const account = rebuilt.rebuiltAccount(facts, { lots, redemptions }, { changes_at: null }, NOON);
  const [row = {}] = account.rows;
  // Nothing was settled without a posting, so the next change is the first there is.
  const again = rebuilt.rebuiltAccount(
    facts,
    { lots, redemptions },
    { changes_at: row['changes_at'] ?? null },
    0,
  );
  return {
    memberId,
    rows: {
      accounts: again.rows,
      postings: postings.map(postingText),
      entries,
      lots: lots.rows,
      counters: rebuilt.rebuiltCounters(facts).rows,
      standings: rebuilt.rebuiltStandings(facts).rows,
      redemptions: redemptions.rows,
      purchases: rebuiltPurchases(facts, []).rows,
      rolling_uses: rebuiltUses(facts, [], NOON).rows,
      waiting_points: rebuiltWaiting(facts).rows,
      point_sales: rebuiltSales(facts).rows,
    },
  };
}

/** Made anew for each test, so that what makes them is part of what the test reaches. */
let sound: StoredMember;
let stored: MemberRows;
beforeEach(() => {
  sound = aStoredMember();
  const entryRows = sound.entries.map((entry) => {
    const own = sound.entries.filter(({ seq }) => seq === entry.seq);
    return entryText(entry, own.indexOf(entry));
  });
  stored = rowsOf(sound.postings, entryRows);
});

/** A history of postings that only move what they say they move, chained and hashed. */
function history(steps: readonly { effects?: CompactEffects; entries?: Entry[] }[]): MemberRows {
  let head = firstHead(memberId);
  const postings: Posting[] = [];
  const entries: TextRow[] = [];
  const [template] = sound.postings;
  if (template === undefined) throw new Error('There is no posting.');
  const figures = { ...template.after, points: 0, held: 0, owed: 0 };
  for (const [index, step] of steps.entries()) {
    const own = step.entries ?? [];
    for (const { debit, credit, amount } of own) {
      for (const code of ['points', 'held'] as const) {
        figures[code] += (credit === code ? amount : 0) - (debit === code ? amount : 0);
      }
      figures.owed += (debit === 'owed' ? amount : 0) - (credit === 'owed' ? amount : 0);
    }
    const unhashed = {
      ...template,
      seq: index + 1,
      after: { ...figures },
      effects: step.effects ?? {},
      prevHash: head,
    };
    head = hashOf(unhashed, own);
    postings.push({ ...unhashed, hash: head });
    entries.push(...own.map((entry, n) => entryText({ ...entry, seq: index + 1 }, n)));
  }
  return rowsOf(postings, entries);
}

const lot = (n: number, remaining: number, ...origin: number[]): (number | string | null)[] => [
  ...[n, 0, 'own', NOON, NOON, null, 100, remaining, 0],
  ...origin,
];
const move = (
  debit: Entry['debit'],
  credit: Entry['credit'],
  amount: number,
  lotSeq = 1,
): Entry => ({
  ...{ debit, credit, amount, lotSeq, lotN: 0 },
});

describe('what is recomputed of a member', () => {
  it('L10: is what was stored of a member whom nobody touched', () => {
    expect(compareMember(stored, NOON)).toEqual([]);
    const counts = Object.entries(stored.rows).map(([table, rows]) => [table, rows.length]);
    expect(Object.fromEntries(counts)).toMatchObject({
      ...{ accounts: 1, postings: 10, lots: 2, redemptions: 4, counters: 2, standings: 2 },
    });
    // The core's own account and lots, which were not made by rebuilding.
    const [account] = stored.rows.accounts;
    expect(account).toMatchObject({
      points: String(sound.account.points),
      held: String(sound.account.held),
      pending: String(sound.account.pending),
      changes_at: timeText(sound.account.changesAt),
      head: sound.account.head,
    });
    expect(stored.rows.lots.map((row) => [row['remaining'], row['held']])).toEqual(
      sound.lots.map(({ remaining, held }) => [String(remaining), String(held)]),
    );
  });

  it('L10: never fails, whatever the effects of a posting hold', () => {
    fc.assert(
      fc.property(fc.nat(9), fc.jsonValue(), fc.jsonValue(), (index, effects, part) => {
        const parts = ['lots', 'counters', 'redemptions', 'standing', 'returned', 'uses'];
        const each = Object.fromEntries(parts.map((name) => [name, [part, [part]]]));
        for (const value of [effects, each]) {
          // A refusal has no effects to begin with.
          if (stored.rows.postings[index]?.['effects'] === JSON.stringify(value)) continue;
          const postings = stored.rows.postings.map((row, at) =>
            at === index ? { ...row, effects: JSON.stringify(value) } : row,
          );
          const found = compareMember({ memberId, rows: { ...stored.rows, postings } }, NOON);
          expect(found[0]).toMatchObject({ table: 'postings', column: 'hash' });
        }
      }),
      // Text that cannot be made of it.
      {
        examples: [
          [0, [], [{ toString: '' }]],
          [0, [], [{ toString: [] }]],
          [0, {}, { toString: {} }],
        ],
      },
    );
  });

  it('L10: marks what is recomputed from a posting that does not fit', () => {
    // The last word on the lot that it holds points of.
    const last = stored.rows.postings[9] ?? {};
    const effects = (last['effects'] ?? '').replace('"own"', '"new"');
    const postings = stored.rows.postings.with(9, { ...last, effects });
    const found = compareMember({ memberId, rows: { ...stored.rows, postings } }, NOON);
    const places = found.map(({ table, column, doubtful }) => [table, column, doubtful]);
    expect(places).toEqual([
      ['postings', 'hash', undefined],
      ['lots', 'funder', true],
    ]);
  });

  it('L10: names an account that was given to another member, and not only their postings', () => {
    const other = { ...stored.rows.accounts[0], version: '12', head: 'ab'.repeat(32) };
    const found = compareMember({ memberId, rows: { ...stored.rows, accounts: [other] } }, NOON);
    const sure = found.filter(({ doubtful }) => doubtful !== true);
    expect(sure.map(({ table, column }) => `${table} ${column}`)).toEqual([
      ...['postings *', 'postings *', 'accounts version', 'accounts head'],
    ]);
  });

  it('L10: names postings that were cut off the end, by what the account counted', () => {
    const cut = { ...stored.rows, postings: stored.rows.postings.slice(0, 8) };
    const missing = compareMember({ memberId, rows: cut }, NOON)
      .filter(({ stored: was, table }) => was === 'missing' && table === 'postings')
      .map(({ row }) => row.split('/').at(-1));
    expect(missing).toEqual(['9', '10']);
  });
});

describe('histories with returns and debts', () => {
  it('L10: a lot keeps where it comes from, and gets spent points back', () => {
    const rows = history([
      { effects: { lots: [lot(1, 100)] }, entries: [move('issued', 'points', 100)] },
      { effects: { lots: [lot(1, 60)] }, entries: [move('points', 'redeemed', 40)] },
      {
        effects: { lots: [lot(1, 75), lot(3, 5, 1, 0)] },
        entries: [move('redeemed', 'points', 15), move('issued', 'points', 5, 3)],
      },
    ]);
    expect(compareMember(rows, NOON)).toEqual([]);
    expect(rows.rows.lots).toMatchObject([
      { seq: '1', amount: '100', remaining: '75', origin_seq: null },
      { seq: '3', remaining: '5', origin_seq: '1', origin_n: '0' },
    ]);
  });

  it('L10: a debt is what left `owed` minus what came to it', () => {
    const debt: Entry = { debit: 'owed', credit: 'issued', amount: 30, lotSeq: null, lotN: null };
    const rows = history([
      { effects: { lots: [lot(1, 100)] }, entries: [move('issued', 'points', 100)] },
      { entries: [debt] },
      { effects: { lots: [lot(1, 90)] }, entries: [move('points', 'owed', 10)] },
    ]);
    expect(compareMember(rows, NOON)).toEqual([]);
    expect(rows.rows.accounts).toMatchObject([{ points: '90', owed: '20' }]);
  });

  it('L10: an entry that moves what its posting does not say is named', () => {
    const rows = history([
      { effects: { lots: [lot(1, 100)] }, entries: [move('issued', 'points', 100)] },
      { effects: { lots: [lot(1, 60)] }, entries: [move('points', 'redeemed', 30)] },
    ]);
    const found = compareMember(rows, NOON);
    expect(found).toContainEqual({
      table: 'entries',
      row: `${bucket}/${memberId}/2/0`,
      column: 'amount (lot 1/0)',
      stored: '-30 and 0 held',
      recomputed: '-40 and 0 held',
    });
  });

  it('L10: what came back of a purchase adds up over all its returns', () => {
    const [template] = sound.postings;
    if (template === undefined) throw new Error('There is no posting.');
    const returned = (seq: number, ...lines: unknown[][]): Posting =>
      ({ ...template, seq, kind: 'return', effects: { returned: [1, lines] } }) as Posting;
    const postings = [
      { ...template, contentDigest: 'ab' },
      returned(2, [0, 1, 500]),
      returned(3, [1, 1, 250], [0, 2, 1_000]),
    ];
    const row = (value: string | null): TextRow => ({ seq: '1', returned: value });
    const recomputed = (value: string | null): unknown =>
      rebuiltPurchases({ memberId, postings, entries: [] }, [row(value)]).rows[0]?.['returned'];
    const right = '[[0,3,1500],[1,1,250]]';
    expect(
      [null, '[[0,3,1501],[1,1,250]]', '[[0,3,1500], [1,1,250]]', right].map(recomputed),
    ).toEqual([right, right, right, right]);
    // Lines are a set: their order is the feature's.
    expect(recomputed('[[1,1,250],[0,3,1500]]')).toBe('[[1,1,250],[0,3,1500]]');
    const none = rebuiltPurchases({ memberId, postings: postings.slice(0, 1), entries: [] }, []);
    expect(none.rows[0]?.['returned']).toBeNull();
  });
});

describe('uses of rolling limits', () => {
  const DAY = 86_400_000;
  let recordedAt: number;
  let rows: MemberRows['rows'];
  beforeEach(() => {
    recordedAt = sound.postings[0]?.recordedAt ?? NaN;
    const uses: [string, number][] = [
      ['adjust/user/ada', 30],
      ['adjust/member/eve', 30],
    ];
    const steps = [{ effects: { uses } }, { effects: { uses: [['adjust/user/ada', 12]] } }];
    ({ rows } = history(steps));
  });
  const found = (uses: readonly TextRow[], now: number): string[] =>
    compareMember({ memberId, rows: { ...rows, rolling_uses: uses } }, now)
      .filter(({ table }) => table === 'rolling_uses')
      .map(({ row, column, stored: was }) => `${row} ${column} ${was}`);

  it('L10, L12: are all there while a window reaches them', () => {
    const uses = rows.rolling_uses;
    expect(uses.map((row) => [row['seq'], row['limit_id'], row['amount']])).toEqual([
      ['1', 'adjust/user/ada', '30'],
      ['1', 'adjust/member/eve', '30'],
      ['2', 'adjust/user/ada', '12'],
    ]);
    const at = timeText(recordedAt) ?? '';
    const name = `${bucket}/${memberId}/2/adjust/user/ada/${at}`;
    expect(found(uses, recordedAt + DAY - 1)).toEqual([]);
    expect(found(uses.slice(0, 2), recordedAt + DAY - 1)).toEqual([`${name} * missing`]);
    const less = uses.with(2, { ...uses[2], amount: '11' });
    const later = uses.with(2, { ...uses[2], used_at: timeText(recordedAt + 1) });
    expect(found(less, recordedAt)).toEqual([`${name} amount 11`]);
    expect(found(later, recordedAt).sort()).toEqual(
      [`${name} * missing`, `${name.replace(at, timeText(recordedAt + 1) ?? '')} * present`].sort(),
    );
  });

  it('L10, L12: may be forgotten after that, but are not changed', () => {
    const uses = rows.rolling_uses;
    expect(found(uses.slice(0, 1), recordedAt + DAY)).toEqual([]);
    const less = [{ ...uses[0], amount: '1' }];
    expect(found(less, recordedAt + DAY)).toEqual([expect.stringMatching(/ amount 1$/)]);
  });
});

describe('spelling', () => {
  it('L10: keeps every column of a posting, and shows what is spelt otherwise', () => {
    for (const row of stored.rows.postings) expect(postingText(readPosting(row))).toEqual(row);
    const [row = {}] = stored.rows.postings;
    const others = {
      occurred_at: (row['occurred_at'] ?? '').replace('000Z', '001Z'),
      recorded_at: 'infinity',
      qualifying_after: 'NaN',
      explanation: `${row['explanation'] ?? ''} `,
    };
    for (const [column, other] of Object.entries(others)) {
      expect(postingText(readPosting({ ...row, [column]: other }))[column]).not.toBe(other);
    }
    expect([timeText(null), timeText(NaN), timeText(1e300)]).toEqual([
      null,
      'no instant',
      'no instant',
    ]);
  });
});

/** Other things a column could hold. */
function otherTexts(value: string | null): (string | null)[] {
  if (value === null) return ['1'];
  if (/^-?\d+$/.test(value)) return [String(BigInt(value) + 1_000n), String(-1n - BigInt(value))];
  if (/^\d{4}-.*000Z$/.test(value)) return [value.replace('000Z', '001Z'), 'infinity', null];
  if (/^[[{]/.test(value)) return [value.replace(/[[{]/, '$& ')];
  return [value === '' ? 'x' : value.replace(/.$/, (last) => (last === '0' ? '1' : '0'))];
}

describe('what is recomputed of every column', () => {
  it('L9, L10: names the row of which any column is another', () => {
    const names: Record<RebuiltTable, string[]> = {
      accounts: [],
      ...{ postings: ['seq'], entries: ['seq', 'n'], lots: ['seq', 'n'], redemptions: ['seq'] },
      ...{ counters: ['counter', 'period_start'], standings: ['from_seq'], purchases: ['seq'] },
      rolling_uses: ['seq', 'limit_id', 'used_at'],
      waiting_points: ['seq'],
      point_sales: ['seq'],
    };
    let count = 0;
    for (const [table, rows] of Object.entries(stored.rows) as [RebuiltTable, TextRow[]][]) {
      rows.forEach((row, index) => {
        for (const [column, value] of Object.entries(row)) {
          if (column === 'bucket' || column === 'member_id') continue;
          for (const other of otherTexts(value)) {
            const changed = rows.with(index, { ...row, [column]: other });
            const found = compareMember(
              { memberId, rows: { ...stored.rows, [table]: changed } },
              NOON,
            );
            const keyOf = (of: TextRow): string =>
              [bucket, memberId, ...names[table].map((each) => of[each])].join('/');
            const keys = [keyOf(row), keyOf({ ...row, [column]: other })];
            const inPosting = `${bucket}/${memberId}/${String(row['seq'])}`;
            const isNamed = found.some(
              (each) =>
                (each.table === table && keys.includes(each.row) && each.doubtful !== true) ||
                (table === 'entries' && each.table === 'postings' && each.row === inPosting),
            );
            if (!isNamed)
              throw new Error(`${table} ${keyOf(row)} ${column}: ${String(other)} is not named`);
            count += 1;
          }
        }
      });
    }
    expect(count).toBeGreaterThan(500);
  });
});
