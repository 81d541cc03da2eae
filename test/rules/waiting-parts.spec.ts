import { WAITS, type ExplanationItem } from '../../src/rules/explanation.js';
import {
  coveredBy,
  queued,
  stillWaits,
  waitingAfter,
  waitingIn,
  withItems,
} from '../../src/rules/partners/waiting.js';
import type { PastDecision } from '../../src/rules/state.js';
import { BILLION, item, partners, waits } from '../support/partners.js';

describe('what waits of a purchase', () => {
  const cover = (
    points: number,
    due = 0,
  ): { counters: Map<string, number>; left: Map<string, number> } => ({
    counters: new Map([['*/due/block/café@0', due]]),
    left: new Map([['block/café', points]]),
  });

  it('R101: is covered by what the block has beyond what is due, to the billionth', () => {
    const covered = (asked: bigint, points: number, due = 0, others?: bigint): unknown =>
      Object.values(coveredBy('block/café', asked, cover(points, due), others));
    const asked = (amount: number): object => ({ limit: 'block/café', amount });
    expect(covered(5n * BILLION, 8)).toEqual([5n * BILLION, asked(5)]);
    expect(covered(8n * BILLION, 8)).toEqual([8n * BILLION, asked(8)]);
    expect(covered(8n * BILLION + 1n, 8)).toEqual([8n * BILLION, asked(9)]);
    expect(covered(5n * BILLION, 8, 6)).toEqual([2n * BILLION, asked(11)]);
    expect(covered(5n * BILLION, 8, 9)).toEqual([0n, asked(14)]);
    expect(covered(5n * BILLION, 8, 8)).toEqual([0n, asked(13)]);
    expect(covered(5n * BILLION, 8, 0, 4n * BILLION)).toEqual([4n * BILLION, asked(9)]);
  });

  it('R100: is told in an item of its own, for what the block does not cover', () => {
    const of = (points: number, retailer: string | undefined, others = 0n): unknown =>
      queued({ partners }, retailer, [item(1, 10n * BILLION)], {
        ...{ ...cover(points), others: () => others },
      });
    expect(of(10, 'café')).toBeUndefined();
    expect(of(9, 'café')).toEqual({
      item: [WAITS, -1, 'waits_for_partner', '-1000000000', 'café'],
      short: { limit: 'block/café', amount: 10 },
    });
    expect(of(10, 'café', 3n * BILLION)).toMatchObject({
      item: [WAITS, -1, expect.anything(), '-3000000000', 'café'],
    });
    for (const other of ['corner', 'later', 'agent', undefined]) {
      expect(of(0, other)).toBeUndefined();
    }
  });

  it('R104: is less once the purchase is worth less, and does not begin with a purchase that was paid', () => {
    const still = (
      now: bigint,
      before: ExplanationItem[],
      retailer: string | undefined = 'café',
    ): unknown => stillWaits({ partners }, retailer, before, [item(1, now)]);
    const before = [item(1, 10n), waits(4n)];
    expect(still(10n, before)).toEqual([waits(4n)]);
    expect(still(7n, before)).toEqual([waits(1n)]);
    expect(still(6n, before)).toEqual([]);
    expect(still(2n, before)).toEqual([]);
    expect(still(20n, [item(1, 10n)])).toEqual([]);
    expect(stillWaits({ partners }, undefined, before, [item(1, 10n)])).toEqual([]);
  });

  it('R100: is the sum of what its items say', () => {
    expect(waitingIn([item(1, 10n), waits(4n), waits(-1n)])).toBe(3n);
    const decided = { items: [item(1, 10n)], billionths: 10n, more: 'kept' };
    expect(withItems(decided, [])).toBe(decided);
    expect(withItems(decided, [waits(4n), item(2, 1n)])).toEqual({
      items: [item(1, 10n), waits(4n), item(2, 1n)],
      ...{ billionths: 7n, more: 'kept' },
    });
  });

  it('R102: is kept by purchase, partner and since when, from the first posting that names it', () => {
    const past = (seq: number, explanation: ExplanationItem[]): PastDecision => ({
      ...{ seq, purchase: seq, event: seq, versionNo: 1, occurredAt: seq * 100, recordedAt: 0 },
      ...{ kind: 'accrue', explanation, held: '', tier: '', returned: [] },
    });
    const posting = {
      kind: 'correct',
      subjectSeq: 3,
      occurredAt: 900,
      items: [waits(-1n)],
    } as const;
    const history = [past(2, [waits(9n, 'corner')]), past(3, [item(1, 5n), waits(4n)])];
    expect(waitingAfter(history, posting, 7)).toEqual({
      ...{ purchase: 3, partner: 'café', since: 300, billionths: 3n },
    });
    const accrued = { ...posting, kind: 'accrue', items: [item(1, 5n), waits(2n)] } as const;
    expect(waitingAfter(history, accrued, 7)).toEqual({
      ...{ purchase: 7, partner: 'café', since: 900, billionths: 2n },
    });
    expect(waitingAfter(undefined, { ...accrued, subjectSeq: null }, 7)).toMatchObject({
      purchase: 7,
    });
    expect(waitingAfter(history, { ...posting, items: [item(1, 5n)] }, 7)).toBeUndefined();
    expect(() => waitingAfter([], { ...posting, items: [item(WAITS, 5n)] }, 7)).toThrow(
      'what waits has been told to',
    );
  });
});
