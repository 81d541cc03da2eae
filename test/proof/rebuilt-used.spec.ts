import type { Posting } from '../../src/ledger/posting.js';
import { rebuiltPurchases } from '../../src/ledger/rebuild/purchases.js';
import { rebuiltAccount } from '../../src/ledger/rebuild/rebuilt.js';
import {
  numberIn,
  postingText,
  readPosting,
  type TextRow,
} from '../../src/ledger/rebuild/text-row.js';
import { rebuiltUses } from '../../src/ledger/rebuild/uses.js';
import { DAY, HOUR, NOON } from '../support/state.js';
import { at, facts, forgedEffects, memberId, nobody, own, posting } from './rebuilt-parts.js';

describe('what was used of rolling limits', () => {
  const uses = [
    ['adjust/user/ada', 30],
    ['adjust/member/eve', 12],
  ];
  const used = facts([posting(1), posting(2, { recordedAt: NOON, effects: { uses } })]);
  const key = ['bucket', 'member_id', 'seq', 'limit_id', 'used_at'];
  const row = { ...own, seq: '2', used_at: at(0) };
  const ada = { ...row, limit_id: 'adjust/user/ada', amount: '30' };
  const eve = { ...row, limit_id: 'adjust/member/eve', amount: '12' };

  it('L12: is all there while a window of a day reaches it', () => {
    const expected = { table: 'rolling_uses', key, rows: [ada, eve] };
    expect(rebuiltUses(used, [], NOON)).toEqual(expected);
    expect(rebuiltUses(used, [], NOON + DAY - 1)).toEqual(expected);
  });

  it('L12: may be there or not when none reaches it any more', () => {
    const rows = (...stored: TextRow[]) => rebuiltUses(used, stored, NOON + DAY).rows;
    expect(rows()).toEqual([]);
    expect(rows({ ...eve, amount: '1' })).toEqual([eve]);
    // A row of another posting, limit or time is not this one.
    const others = [{ seq: '1' }, { limit_id: 'adjust/user/eve' }, { used_at: at(1) }];
    expect(rows(...others.map((other) => ({ ...eve, ...other })))).toEqual([]);
  });

  it('L12: is nothing where effects have not its shape', () => {
    expect(rebuiltUses(facts([forgedEffects({ uses: 5 })]), [], NOON).rows).toEqual([]);
    expect(rebuiltUses(facts([forgedEffects({ uses: [5, 'x'] })]), [], NOON).rows).toEqual([]);
  });
});

describe('what came back of a purchase', () => {
  const bought = posting(1, { kind: 'accrue', contentDigest: 'ab' });
  const back = (seq: number, ...lines: [number, number, number][]): Posting =>
    posting(seq, { kind: 'return', effects: { returned: [1, lines] } });
  const returns = [back(2, [0, 1, 500]), back(3, [2, 1, 250], [0, 2, 1_000])];
  const right = '[[0,3,1500],[2,1,250]]';
  const recomputed = (returned: string | null): unknown =>
    rebuiltPurchases(facts([bought, ...returns]), [{ seq: '1', occurred_at: at(0), returned }])
      .rows[0]?.['returned'];

  it('L10: adds up over all returns of it, line by line', () => {
    expect(recomputed(null)).toBe(right);
    expect(recomputed(right)).toBe(right);
  });

  it('L10: may be stored in any order of lines, and in no other spelling', () => {
    const turned = '[[2,1,250],[0,3,1500]]';
    expect(recomputed(turned)).toBe(turned);
    for (const other of [
      ...['[[2,1,250],[0,3,1501]]', '[[2,1,250]]', '[[0,3,1500], [2,1,250]]', '5', 'null', '{}'],
      ...['[[2,1,250],[0,3,1500],[0,3,1500]]', '[[1,2,250],[0,3,1500]]'],
    ]) {
      expect(recomputed(other)).toBe(right);
    }
  });

  it('L10: is of a purchase that a retailer sent, under the retailer’s code', () => {
    const { retailer } = rebuiltPurchases(facts([bought]), []).rows[0] ?? {};
    expect(retailer).toBe('shop');
    const odd = posting(1, { ...bought, caller: 'm/r/shop' });
    expect(rebuiltPurchases(facts([odd]), []).rows).toEqual([]);
  });
});

describe('the next change of an account', () => {
  it('L15: is not the end of what is no hold any more', () => {
    const lots = { table: 'lots', key: [], rows: [] };
    const done = ['captured', 'released', 'expired', 'returned', 'used'];
    const rows = done.map((state) => ({ state, expires_at: at(1) }));
    const redemptions = { table: 'redemptions', key: [], rows };
    const changes = (stored: string | null): unknown =>
      rebuiltAccount(facts([posting(1)]), { lots, redemptions }, { changes_at: stored }, NOON)
        .rows[0]?.['changes_at'];
    expect(changes(null)).toBeNull();
    expect(changes(at(1))).toBeNull();
  });
});

describe('the spelling of a posting', () => {
  it('L10: keeps every column, each under its name', () => {
    const whole: Posting = {
      ...{ memberId, seq: 7, kind: 'accrue', caller: 'r/shop', operation: 'purchase' },
      ...{ idempotencyKey: 'key-7', bodyHash: '0a', versionNo: 3, subjectSeq: 4 },
      ...{ occurredAt: NOON, recordedAt: NOON + HOUR, actor: 'key/test', requestId: 'request' },
      ...{ billionths: 11n, explanation: [[0, 1, 'rate_applied', '11']], contentDigest: '0b' },
      after: {
        ...{ points: 21, held: 22, owed: 23, pending: 24 },
        ...{ qualifying: 25n, remainder: 26n, tier: 'silver' },
      },
      ...{ effects: { points: 5 }, prevHash: '0c', hash: '0d' },
    };
    const row = {
      ...{ ...own, seq: '7', kind: 'accrue', caller: 'r/shop', operation: 'purchase' },
      ...{ idem_key: 'key-7', body_hash: '0a', version_no: '3', subject_seq: '4' },
      ...{ occurred_at: at(0), recorded_at: at(1), actor: 'key/test', request_id: 'request' },
      ...{ billionths: '11', remainder_after: '26', points_after: '21', held_after: '22' },
      ...{ owed_after: '23', pending_after: '24', qualifying_after: '25', tier_after: 'silver' },
      ...{ explanation: '[[0,1,"rate_applied","11"]]', effects: '{"points":5}' },
      ...{ content_digest: '0b', prev_hash: '0c', hash: '0d' },
    };
    expect(postingText(whole)).toEqual(row);
    expect(readPosting(row)).toEqual(whole);
    const least = posting(1, { after: nobody });
    expect(readPosting(postingText(least))).toEqual(least);
  });

  it('L10: of what effects say, numbers are numbers and texts of them, and nothing else is', () => {
    expect([numberIn(5), numberIn('5'), numberIn('x')]).toEqual([5, 5, NaN]);
    expect([numberIn(null), numberIn([5]), numberIn(true), numberIn(5n)]).toEqual([
      ...[NaN, NaN, NaN, NaN],
    ]);
  });
});
