import { createHash } from 'node:crypto';
import { firstHead, type Posting } from '../../src/ledger/posting.js';
import { compareRows } from '../../src/ledger/rebuild/compare.js';
import { forgedContents, rebuiltPurchases } from '../../src/ledger/rebuild/purchases.js';
import * as rebuilt from '../../src/ledger/rebuild/rebuilt.js';
import {
  instantOf,
  numberIn,
  partOf,
  readEntry,
  readPosting,
  timeText,
  type TextRow,
} from '../../src/ledger/rebuild/text-row.js';
import { DAY, HOUR, NOON } from '../support/state.js';
import {
  at,
  entry,
  facts,
  forgedEffects,
  memberId,
  name,
  nobody,
  own,
  posting,
} from './rebuilt-parts.js';

describe('rows that follow from effects and entries', () => {
  it('L10: lots, by the last word on their terms and by what was moved', () => {
    const lots = [1, 0, 'own', NOON, NOON + HOUR, null, 100, 70, 20];
    const postings = [
      posting(1, { effects: { lots: [[1, 0, 'other', 0, 0, 0, 1, 1, 0]] } }),
      posting(2, {
        effects: { lots: [lots, [2, 1, 'own', NOON, NOON, NOON + HOUR, 5, 5, 0, 1, 0]] },
      }),
    ];
    const entries = [
      entry(1, 'issued', 'points', 100),
      entry(2, 'points', 'held', 20),
      entry(2, 'points', 'redeemed', 30),
      entry(2, 'issued', 'points', 5, { lotSeq: 2, lotN: 1 }),
      entry(2, 'owed', 'issued', 7, { lotSeq: null, lotN: null }),
    ];
    expect(rebuilt.rebuiltLots(facts(postings, entries))).toEqual({
      table: 'lots',
      key: ['bucket', 'member_id', 'seq', 'n'],
      rows: [
        {
          ...own,
          ...{ seq: '1', n: '0', funder: 'own', accrued_at: at(0), available_from: at(1) },
          ...{ expires_at: null, amount: '100', remaining: '70', held: '20' },
          ...{ origin_seq: null, origin_n: null },
        },
        {
          ...own,
          ...{ seq: '2', n: '1', funder: 'own', accrued_at: at(0), available_from: at(0) },
          ...{ expires_at: at(1), amount: '5', remaining: '5', held: '0' },
          ...{ origin_seq: '1', origin_n: '0' },
        },
      ],
    });
  });

  it('L10: counters, redemptions and standings, by the last word on each', () => {
    const redemption = [4, 'shop', 'tea', 40, 'held', NOON + HOUR];
    const why = ['silver', 'threshold_reached', '500', 500, 'blue'];
    const postings = [
      posting(4, { effects: { counters: [['visit/day', NOON, 20]], redemptions: [redemption] } }),
      posting(5, {
        effects: {
          counters: [
            ['visit/last', 0, 7],
            ['visit/day', NOON, 30],
          ],
        },
      }),
      posting(6, {
        effects: { redemptions: [[4, 'shop', 'tea', 40, 'captured', NOON, 3]], standing: why },
      }),
      posting(7, { effects: { standing: ['blue', 'purchase_returned', '0', 0, 'silver'] } }),
    ];
    expect(rebuilt.rebuiltCounters(facts(postings))).toEqual({
      table: 'counters',
      key: ['bucket', 'member_id', 'counter', 'period_start'],
      rows: [
        { ...own, counter: 'visit/day', period_start: at(0), used: '30' },
        { ...own, counter: 'visit/last', period_start: '1970-01-01T00:00:00.000000Z', used: '7' },
      ],
    });
    expect(rebuilt.rebuiltRedemptions(facts(postings))).toEqual({
      table: 'redemptions',
      key: ['bucket', 'member_id', 'seq'],
      rows: [
        {
          ...own,
          ...{ seq: '4', retailer: 'shop', reward: 'tea', points: '40', state: 'captured' },
          ...{ expires_at: at(0), changed_seq: '6', purchase_seq: '3' },
          ...{ amount: null, back: null, delivery: null, shared: null, usable_until: null },
          ...{ used_by: null, terms_no: null, back_at: null },
        },
      ],
    });
    const text = (code: string, qualifying: string, threshold: number): string =>
      JSON.stringify({ code, qualifying, threshold });
    expect(rebuilt.rebuiltStandings(facts(postings))).toEqual({
      table: 'standings',
      key: ['bucket', 'member_id', 'from_seq'],
      rows: [
        { ...own, from_seq: '6', tier: 'silver', why: text('threshold_reached', '500', 500) },
        { ...own, from_seq: '7', tier: 'blue', why: text('purchase_returned', '0', 0) },
      ],
    });
  });

  it.each([
    [null],
    [5],
    [{ lots: 5, counters: 'x', redemptions: {}, standing: 7 }],
    [{ lots: [5, null], counters: ['x'], redemptions: [{}] }],
  ])('L10: nothing from effects without their shape: %j', (effects) => {
    const of = facts([forgedEffects(effects)]);
    const { rebuiltLots, rebuiltCounters, rebuiltRedemptions, rebuiltStandings } = rebuilt;
    for (const rows of [rebuiltLots, rebuiltCounters, rebuiltRedemptions, rebuiltStandings]) {
      expect(rows(of).rows).toEqual([]);
    }
  });

  it('L10: what is no text or number as JSON says it, and no instant as none', () => {
    const counters = [[{ a: 1 }, 'soon', null]];
    const [row] = rebuilt.rebuiltCounters(facts([forgedEffects({ counters })])).rows;
    expect(row).toMatchObject({ counter: '{"a":1}', period_start: 'no instant', used: null });
  });
});

describe('the account that follows', () => {
  const none = (table: string) => ({ table, key: [], rows: [] as TextRow[] });
  const account = (
    of: ReturnType<typeof facts>,
    more: { lots?: TextRow[]; redemptions?: TextRow[]; stored?: string | null; now?: number } = {},
  ): TextRow | undefined => {
    const lots = { ...none('lots'), rows: more.lots ?? [] };
    const redemptions = { ...none('redemptions'), rows: more.redemptions ?? [] };
    const stored = { changes_at: more.stored ?? null };
    return rebuilt.rebuiltAccount(of, { lots, redemptions }, stored, more.now ?? NOON).rows[0];
  };

  it('L10: has the figures of entries, and of the last posting', () => {
    const after = { ...nobody, qualifying: 7n, remainder: 3n, tier: 'blue' };
    const postings = [
      posting(1, { kind: 'accrue', occurredAt: NOON + HOUR }),
      posting(2, { kind: 'return', occurredAt: NOON }),
      posting(3, { occurredAt: NOON + 2 * HOUR, after }),
    ];
    const entries = [
      entry(1, 'issued', 'points', 100),
      entry(2, 'points', 'held', 20),
      entry(3, 'owed', 'issued', 5, { lotSeq: null, lotN: null }),
    ];
    expect(account(facts(postings, entries))).toEqual({
      ...own,
      ...{ version: '3', head: 'hash 3', points: '80', held: '20', owed: '5', pending: '0' },
      ...{ qualifying: '7', remainder: '3', tier: 'blue', changes_at: null, newest_at: at(1) },
      ...{ heard_at: at(1), review: null, review_at: null },
    });
    expect(account(facts([]))).toEqual({
      ...own,
      ...{ version: '0', head: firstHead(memberId), points: '0', held: '0', owed: '0' },
      ...{ pending: '0', qualifying: '0', remainder: '0', tier: '', changes_at: null },
      ...{ newest_at: null, heard_at: null, review: null, review_at: null },
    });
  });

  it('L10: was last reached by an event that was too old when it arrived', () => {
    const arrival: Posting['explanation'] = [[-2, -1, 'decided_as_of_today', '0']];
    const late = { kind: 'accrue', occurredAt: NOON, recordedAt: NOON + HOUR } as const;
    const newest = (more: Partial<Posting>) => account(facts([posting(1, { ...late, ...more })]));
    expect(newest({ explanation: arrival })).toMatchObject({ newest_at: at(1) });
    expect(newest({})).toMatchObject({ newest_at: at(0), heard_at: at(0) });
    expect(newest({ kind: 'review' })).toMatchObject({ newest_at: at(0), heard_at: null });
    const odd: unknown = 'decided_as_of_today';
    expect(newest({ explanation: odd as Posting['explanation'] })).toMatchObject({
      newest_at: at(0),
    });
  });

  it('L15: changes at the next window or hold’s end, or at a later one once that has passed', () => {
    const lot = (opens: number, remaining = '10', held = '0'): TextRow => ({
      ...{ available_from: at(opens), remaining, held },
    });
    const hold = (ends: number, state = 'held'): TextRow => ({ state, expires_at: at(ends) });
    const of = facts([posting(1)]);
    const next = (more: Parameters<typeof account>[1]): (string | null | undefined)[] => {
      const row = account(of, more);
      return [row?.['changes_at'], row?.['pending']];
    };
    const lots = [lot(1), lot(2), lot(3, '10', '10')];
    expect(next({ lots, stored: at(1) })).toEqual([at(1), '20']);
    expect(next({ lots, stored: at(9) })).toEqual([at(1), '20']);
    expect(next({ lots, stored: null })).toEqual([at(1), '20']);
    // The first window has closed by now, so it may have been settled; the second has not.
    expect(next({ lots, stored: at(2), now: NOON + HOUR })).toEqual([at(2), '10']);
    expect(next({ lots, stored: at(2), now: NOON + HOUR - 1 })).toEqual([at(1), '20']);
    expect(next({ lots, stored: null, now: NOON + DAY })).toEqual([null, '0']);
    // A hold that has run out is never passed over, and one that is done is none.
    const redemptions = [hold(1), hold(4, 'captured')];
    expect(next({ redemptions, stored: at(1) })).toEqual([at(1), '0']);
    expect(next({ redemptions, stored: null, now: NOON + DAY })).toEqual([at(1), '0']);
    expect(next({ lots: [lot(2)], redemptions, stored: at(2), now: NOON + DAY })).toEqual([
      ...[at(1), '10'],
    ]);
    expect(next({ lots: [lot(0)] })).toEqual([null, '0']);
    expect(next({ lots: [lot(5, '10', '10')], stored: at(5) })).toEqual([null, '0']);
  });
});

describe('rows held against each other', () => {
  const key = ['bucket', 'seq'];
  const row = (seq: string, more: TextRow = {}): TextRow => ({ bucket: '3', seq, ...more });
  const compare = (rows: TextRow[], stored: TextRow[], free?: string[]) =>
    compareRows({ table: 'things', key, rows, ...(free && { free }) }, stored);

  it('L10: name the column, or the row that is missing or should not be there', () => {
    const rows = [row('1', { a: 'x', b: null }), row('2')];
    expect(compare(rows, [row('1', { a: 'x', b: null }), row('2')])).toEqual([]);
    expect(compare(rows, [row('1', { a: 'y', b: '5', c: 'z', d: null }), row('4')])).toEqual([
      { table: 'things', row: '3/1', column: 'a', stored: 'y', recomputed: 'x' },
      { table: 'things', row: '3/1', column: 'b', stored: '5', recomputed: 'null' },
      { table: 'things', row: '3/1', column: 'c', stored: 'z', recomputed: 'null' },
      { table: 'things', row: '3/4', column: '*', stored: 'present', recomputed: 'missing' },
      { table: 'things', row: '3/2', column: '*', stored: 'missing', recomputed: 'present' },
    ]);
    expect(compare([row('1', { a: 'x' })], [row('1', { a: null })])).toMatchObject([
      { column: 'a', stored: 'null', recomputed: 'x' },
    ]);
    expect(compare([row('1', { a: 'x' })], [row('1', { a: 'y' })], ['a'])).toEqual([]);
    expect(compare([], [{ seq: '1' }])).toMatchObject([{ row: '/1' }]);
  });
});

describe('purchases', () => {
  const digest = createHash('sha256').update('salt').update('bread').digest('hex');
  const bought = (more: Partial<Posting> = {}): Posting =>
    posting(1, { kind: 'accrue', contentDigest: digest, ...more });

  it('L10: follow from postings of retailers that vouch for their content', () => {
    const row = { seq: '1', occurred_at: '2026-06-16T11:00:00.000123Z', returned: null };
    const rows = (of: Posting, stored: TextRow[] = []) => rebuiltPurchases(facts([of]), stored);
    const fresh = { ...own, seq: '1', retailer: 'shop', occurred_at: at(0), returned: null };
    expect(rows(bought())).toEqual({
      ...{ table: 'purchases', key: ['bucket', 'member_id', 'seq'], rows: [fresh] },
      free: ['content', 'salt', 'reference', 'reference_hmac'],
    });
    // The retailer's time is exact to the microsecond, the posting's to the millisecond.
    expect(rows(bought(), [row]).rows).toEqual([{ ...fresh, occurred_at: row.occurred_at }]);
    const other = { ...row, occurred_at: at(1) };
    expect(rows(bought(), [other]).rows).toEqual([fresh]);
    for (const none of [{ contentDigest: null }, { caller: 'm/1' }, { kind: 'return' }]) {
      expect(rows(bought(none)).rows).toEqual([]);
    }
    expect(rows(bought({ kind: 'refused' }), [row]).rows).toHaveLength(1);
  });

  it('L10: have no line that came back by effects without their shape', () => {
    for (const returned of [5, [1], [1, 5], [1, [5]]]) {
      const of = facts([bought(), forgedEffects({ returned })]);
      expect(rebuiltPurchases(of, []).rows[0]?.['returned'] ?? '[]').toBe('[]');
    }
  });

  it('L10: have the content that was vouched for, as long as it is there', () => {
    const row = { ...own, seq: '1', content: 'bread', salt: 'salt' };
    const forged = (change: TextRow) => forgedContents(facts([bought()]), [{ ...row, ...change }]);
    expect(forged({})).toEqual([]);
    expect(forged({ content: null, salt: null })).toEqual([]);
    const fault = { table: 'purchases', row: name(1), column: 'content' };
    const sha = (text: string): string => createHash('sha256').update(text).digest('hex');
    expect(forged({ content: 'cake' })).toEqual([
      { ...fault, stored: `digest ${sha('saltcake')}`, recomputed: `digest ${digest}` },
    ]);
    expect(forged({ content: null })).toMatchObject([{ stored: `digest ${sha('salt')}` }]);
    expect(forged({ salt: null })).toMatchObject([{ stored: `digest ${sha('bread')}` }]);
    expect(forged({ seq: '7' })).toMatchObject([{ row: name(7), recomputed: 'digest none' }]);
    expect(forged({ seq: null })).toMatchObject([{ recomputed: 'digest none' }]);
  });
});

describe('spelling', () => {
  it('L10: a row without columns is a posting that says nothing', () => {
    const after = { points: NaN, held: NaN, owed: NaN, pending: NaN };
    expect(readPosting({})).toEqual({
      ...{ memberId: '', seq: NaN, kind: '', caller: '', operation: '', idempotencyKey: null },
      ...{ bodyHash: null, versionNo: NaN, subjectSeq: null, occurredAt: NaN, recordedAt: NaN },
      ...{ actor: '', requestId: '', billionths: 0n, explanation: [], effects: {} },
      after: { ...after, qualifying: 0n, remainder: 0n, tier: '' },
      ...{ contentDigest: null, prevHash: '', hash: '' },
    });
    const numbers = ['12', '-3', '1.5', '1 ', 'x', '+1'].map(
      (billionths) => readPosting({ billionths }).billionths,
    );
    expect(numbers).toEqual([12n, -3n, 0n, 0n, 0n, 0n]);
  });

  it('L10: an entry is read as it was written', () => {
    const row = { seq: '4', n: '2', debit: 'owed', credit: 'issued', amount: '7' };
    expect(readEntry({ ...row, lot_seq: '1', lot_n: '0' })).toEqual(
      entry(4, 'owed', 'issued', 7, { n: 2 }),
    );
    expect(readEntry({ ...row, lot_seq: null })).toEqual(
      entry(4, 'owed', 'issued', 7, { n: 2, lotSeq: null, lotN: null }),
    );
  });

  it('L10: an instant is spelt to the microsecond, and read to the millisecond', () => {
    expect([timeText(NOON), timeText(null)]).toEqual([at(0), null]);
    expect([timeText(NOON + 0.5), timeText(8.64e15 + 1)]).toEqual(['no instant', 'no instant']);
    expect(timeText(8.64e15)).toBe('+275760-09-13T00:00:00.000000Z');
    expect([instantOf('2026-06-16T11:00:00.001999Z'), instantOf(null)]).toEqual([NOON + 1, NaN]);
    expect(instantOf(undefined)).toBeNaN();
  });

  it('L10: a number is a number or its text, and parts of no effects are none', () => {
    expect([numberIn(5), numberIn('6'), numberIn(null), numberIn([7])]).toEqual([5, 6, NaN, NaN]);
    expect(partOf(forgedEffects(null), 'lots')).toBeUndefined();
    expect(partOf(forgedEffects({ lots: 5 }), 'lots')).toBe(5);
  });
});
