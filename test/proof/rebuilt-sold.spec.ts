import { hashOf, firstHead, type Posting } from '../../src/ledger/posting.js';
import { compareMember, type MemberRows } from '../../src/ledger/rebuild/member.js';
import { rebuiltPurchases } from '../../src/ledger/rebuild/purchases.js';
import { rebuiltAccount, rebuiltLots } from '../../src/ledger/rebuild/rebuilt.js';
import { rebuiltSales } from '../../src/ledger/rebuild/sales.js';
import { postingText, type TextRow } from '../../src/ledger/rebuild/text-row.js';
import { rebuiltWaiting } from '../../src/ledger/rebuild/waiting.js';
import { BILLION } from '../../src/rules/points.js';
import { DAY, HOUR, NOON } from '../support/state.js';
import { at, entry, facts, forgedEffects, memberId, name, own, posting } from './rebuilt-parts.js';

describe('points sold', () => {
  const sold = (seq: number, more: Partial<Posting> = {}): Posting =>
    posting(seq, {
      ...{ kind: 'sell', caller: 'r/shop', billionths: 500n * BILLION },
      explanation: [[-1, 0, 'points_bought', '0', 1_250]],
      ...more,
    });
  const refunded = (seq: number, subjectSeq: number): Posting =>
    sold(seq, { subjectSeq, explanation: [[-1, 0, 'points_refunded', '0', 1_250]] });
  const row = { ...own, seq: '2', retailer: 'shop', points: '500', paid: '1250', refund_seq: null };

  it('L26: are who sold how many for how much', () => {
    expect(rebuiltSales(facts([posting(1), sold(2)]))).toEqual({
      ...{ table: 'point_sales', key: ['bucket', 'member_id', 'seq'], rows: [row] },
      free: ['reference_hmac'],
    });
  });

  it('L26: name the posting that gave them back, and no other', () => {
    const of = facts([sold(2), sold(3), refunded(5, 2)]);
    expect(rebuiltSales(of).rows).toEqual([
      { ...row, refund_seq: '5' },
      { ...row, seq: '3' },
    ]);
    // What is about a sale, but says nothing of giving back, gave nothing back.
    const about = [sold(4, { subjectSeq: 2, caller: 'm/1' }), posting(5, { subjectSeq: 2 })];
    expect(rebuiltSales(facts([sold(2), ...about])).rows).toEqual([row]);
    const { explanation } = refunded(5, 2);
    const other = posting(5, { kind: 'return', subjectSeq: 2, explanation });
    expect(rebuiltSales(facts([sold(2), other])).rows).toEqual([row]);
  });

  it('L26: are sold by retailers, in postings of a sale that say so', () => {
    const none = [
      posting(1, { explanation: sold(1).explanation }),
      sold(2, { caller: 'm/1' }),
      sold(3, { caller: 'shop r/' }),
      sold(4, { explanation: [[-1, 0, 'capped', '0', 1_250]] }),
    ];
    expect(rebuiltSales(facts(none)).rows).toEqual([]);
  });

  it.each([[[]], [5], [null], [[5]], ['points_bought'], [['points_bought']]])(
    'L26: are none where an explanation has not its shape: %j',
    (explanation: unknown) => {
      const forged = sold(2, { explanation: explanation as Posting['explanation'] });
      expect(rebuiltSales(facts([forged])).rows).toEqual([]);
    },
  );
});

describe('what waits of purchases', () => {
  it('L25: is what the last posting about each of them says, as long as it is something', () => {
    const waiting = (seq: number, purchase: number, billionths: string): Posting =>
      posting(seq, { effects: { waiting: [[purchase, 'corner', NOON + HOUR, billionths]] } });
    const of = facts([waiting(2, 2, '70'), waiting(3, 3, '50'), waiting(4, 3, '0')]);
    const later = facts([...of.postings, waiting(5, 2, '60')]);
    const row = { ...own, seq: '2', partner: 'corner', since: at(1), billionths: '60' };
    const key = ['bucket', 'member_id', 'seq'];
    expect(rebuiltWaiting(later)).toEqual({ table: 'waiting_points', key, rows: [row] });
    expect(rebuiltWaiting(of).rows).toEqual([{ ...row, billionths: '70' }]);
  });

  it('L25: is no other part of the effects, and nothing without its shape', () => {
    const lots = [[1, 0, 'own', NOON, NOON, null, 1, 1, 0]];
    expect(rebuiltWaiting(facts([posting(1, { effects: { lots } })])).rows).toEqual([]);
    expect(rebuiltWaiting(facts([forgedEffects({ waiting: 5 })])).rows).toEqual([]);
  });
});

describe('the account', () => {
  const none = { table: '', key: [], rows: [] as TextRow[] };
  const account = (postings: Posting[]): TextRow =>
    rebuiltAccount(facts(postings), { lots: none, redemptions: none }, {}, NOON).rows[0] ?? {};

  it('L10: keeps its tier for as long as the last posting that says so says', () => {
    const reviewed = (seq: number, review: unknown): Posting =>
      ({ ...posting(seq), effects: { review } }) as Posting;
    const of = (...reviews: unknown[]): TextRow => {
      const postings = reviews.map((review, index) => reviewed(index + 1, review));
      const { review, review_at } = account([...postings, posting(9)]);
      return { review, review_at } as TextRow;
    };
    const texts = (review: unknown[], due: string | null): TextRow => ({
      ...{ review: JSON.stringify(review), review_at: due },
    });
    const plain = [null, NOON + HOUR, null, null, null];
    expect(of(plain)).toEqual(texts(plain, at(1)));
    // Whatever comes first is due: the review, or the end of what was given by hand.
    const granted = (due: number | null, until: number) => [null, due, null, ['gold', until], null];
    const ends = granted(NOON + 2 * HOUR, NOON + HOUR);
    expect(of(ends)).toEqual(texts(ends, at(1)));
    const earlier = granted(NOON + HOUR, NOON + 2 * HOUR);
    expect(of(earlier)).toEqual(texts(earlier, at(1)));
    const only = granted(null, NOON + 3 * HOUR);
    expect(of(only)).toEqual(texts(only, at(3)));
    const never = [null, null, NOON, null, null];
    expect(of(never)).toEqual(texts(never, null));
    expect(of(ends, plain)).toEqual(texts(plain, at(1)));
    expect(of(plain, [])).toEqual({ review: null, review_at: null });
    expect(of(plain, 5)).toEqual(texts(plain, at(1)));
    expect(of()).toEqual({ review: null, review_at: null });
  });

  it('L10: heard last of a member when something was bought or came back', () => {
    const bought = posting(1, { kind: 'accrue' });
    const later = { occurredAt: NOON + HOUR };
    const heard = (...postings: Posting[]): unknown => {
      const { newest_at, heard_at } = account(postings);
      return [newest_at, heard_at];
    };
    expect(heard(bought, posting(2, { ...later, kind: 'return' }))).toEqual([at(1), at(1)]);
    expect(heard(bought, posting(2, { ...later, kind: 'review' }))).toEqual([at(1), at(0)]);
    expect(heard(bought, posting(2, { ...later, kind: 'adjust' }))).toEqual([at(0), at(0)]);
  });

  it('L10: heard it when it happened, unless that was too long ago when it arrived', () => {
    const late = { kind: 'accrue', occurredAt: NOON, recordedAt: NOON + HOUR } as const;
    const newest = (...explanation: unknown[]): unknown =>
      account([posting(1, { ...late, explanation: explanation as Posting['explanation'] })])[
        'newest_at'
      ];
    expect(newest([0, 0, 'capped', '0'])).toBe(at(0));
    expect(newest([0, 0, 'capped', '0'], [-2, -1, 'decided_as_of_today', '0'])).toBe(at(1));
    expect(newest(null, 5, { 2: 'decided_as_of_today' })).toBe(at(0));
  });
});

describe('the next change of an account', () => {
  const rows = (table: string, ...all: TextRow[]) => ({ table, key: [], rows: all });
  const lot = (opens: number): TextRow => ({
    ...{ available_from: at(opens), remaining: '10', held: '0' },
  });
  const hold = (ends: number): TextRow => ({ state: 'held', expires_at: at(ends) });
  const changes = (lots: TextRow[], holds: TextRow[], stored: number, now: number) =>
    rebuiltAccount(
      facts([posting(1)]),
      { lots: rows('lots', ...lots), redemptions: rows('redemptions', ...holds) },
      { changes_at: at(stored) },
      now,
    ).rows[0]?.['changes_at'];

  it('L15: may be the end of a hold once the windows before it have closed', () => {
    expect(changes([lot(1)], [hold(2)], 2, NOON + HOUR)).toBe(at(2));
    expect(changes([lot(1)], [hold(2)], 2, NOON)).toBe(at(1));
    expect(changes([lot(3)], [hold(1), hold(2)], 2, NOON + DAY)).toBe(at(1));
  });

  it('L15: is no window that the last posting has found closed', () => {
    expect(changes([lot(0)], [], 0, NOON)).toBeNull();
  });
});

describe('rows of like numbers', () => {
  it('L10: are told apart by where one number ends', () => {
    const row = (seq: number, n: number) => [seq, n, 'own', NOON, NOON, null, 1, 1, 0];
    const lots = [row(1, 11), row(11, 1)];
    const found = rebuiltLots(facts([posting(1, { effects: { lots } })])).rows;
    expect(found.map((each) => [each['seq'], each['n']])).toEqual([
      ['1', '11'],
      ['11', '1'],
    ]);
  });

  it('L10: add up what came back of each line apart', () => {
    const bought = posting(1, { kind: 'accrue', contentDigest: 'ab' });
    const back = posting(2, {
      kind: 'return',
      effects: {
        returned: [
          1,
          [
            [1, 1, 200],
            [2, 3, 400],
          ],
        ],
      },
    });
    expect(rebuiltPurchases(facts([bought, back]), []).rows[0]?.['returned']).toBe(
      '[[1,1,200],[2,3,400]]',
    );
  });
});

describe('what is found of a whole member', () => {
  const unhashed = posting(1, { prevHash: firstHead(memberId) });
  const sound = { ...unhashed, hash: hashOf(unhashed, []) };
  const none = {
    ...{ lots: [], counters: [], standings: [], redemptions: [], purchases: [], entries: [] },
    ...{ rolling_uses: [], waiting_points: [], point_sales: [] },
  };
  const account = { ...own, version: '1', head: sound.hash, tier: '' };
  const zeros = {
    points: '0',
    held: '0',
    owed: '0',
    pending: '0',
    qualifying: '0',
    remainder: '0',
  };
  const rows = (changed: Partial<Posting>, points = '0'): MemberRows => ({
    memberId,
    rows: {
      ...none,
      postings: [postingText({ ...sound, ...changed })],
      accounts: [{ ...account, ...zeros, points }],
    },
  });
  const figure = { table: 'accounts', row: [own.bucket, memberId].join('/'), column: 'points' };

  it('L10: nothing where all of it follows', () => {
    expect(compareMember(rows({}), NOON)).toEqual([]);
  });

  it('L10: a figure is sure where its postings fit, and doubtful where they do not', () => {
    const wrong = { ...figure, stored: '7', recomputed: '0' };
    expect(compareMember(rows({}, '7'), NOON)).toEqual([wrong]);
    expect(compareMember(rows({ actor: 'key/other' }, '7'), NOON)).toEqual([
      expect.objectContaining({ table: 'postings', row: name(1), column: 'hash' }),
      { ...wrong, doubtful: true },
    ]);
  });

  it('L10: what an account counts and has not is missing, and then its figures are as sure', () => {
    const cut = rows({}, '7').rows;
    const further = { ...cut.accounts[0], version: '2', head: 'ab' };
    const counter = { ...own, counter: 'visit/day', period_start: at(0), used: '1' };
    const member = { memberId, rows: { ...cut, accounts: [further], counters: [counter] } };
    expect(compareMember(member, NOON)).toEqual([
      {
        ...{ table: 'postings', row: name(2), column: '*' },
        ...{ stored: 'missing', recomputed: 'present' },
      },
      { ...figure, column: 'version', stored: '2', recomputed: '1' },
      { ...figure, column: 'head', stored: 'ab', recomputed: sound.hash },
      { ...figure, stored: '7', recomputed: '0' },
      {
        ...{ table: 'counters', row: name('visit/day', at(0)), column: '*' },
        ...{ stored: 'present', recomputed: 'missing', doubtful: true },
      },
    ]);
    const sure = { memberId, rows: { ...rows({}).rows, counters: [counter] } };
    expect(compareMember(sure, NOON)).toEqual([
      {
        ...{ table: 'counters', row: name('visit/day', at(0)), column: '*' },
        ...{ stored: 'present', recomputed: 'missing' },
      },
    ]);
  });

  it('L10: a row of every table is recomputed', () => {
    for (const table of Object.keys(none)) {
      const stray = { ...rows({}).rows, [table]: [{ ...own, seq: '5', n: '0' }] };
      const found = compareMember({ memberId, rows: stray }, NOON);
      expect(found.map((each) => [each.table, each.column])).toContainEqual([table, '*']);
    }
  });

  it('L3: entries are held against the lots of effects', () => {
    const stray = entry(1, 'issued', 'points', 5);
    const lone = { ...rows({}).rows, entries: [{ ...own, ...texts(stray) }] };
    expect(compareMember({ memberId, rows: lone }, NOON)).toContainEqual({
      ...{ table: 'entries', row: name(1, 0), column: 'amount (lot 1/0)' },
      ...{ stored: '5 and 0 held', recomputed: '0 and 0 held' },
    });
  });
});

const texts = ({ seq, n, debit, credit, amount, lotSeq, lotN }: ReturnType<typeof entry>) => ({
  ...{ seq: String(seq), n: String(n), debit, credit, amount: String(amount) },
  ...{ lot_seq: String(lotSeq), lot_n: String(lotN) },
});
