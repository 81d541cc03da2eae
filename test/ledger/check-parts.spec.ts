import { checkMember, type StoredEntry, type StoredMember } from '../../src/ledger/check.js';
import { firstHead, hashOf, type CompactEffects, type Posting } from '../../src/ledger/posting.js';
import type { Entry } from '../../src/rules/outcome.js';
import { BILLION } from '../../src/rules/points.js';
import type { Lot } from '../../src/rules/state.js';
import { aLot, aMember, DAY, NOON } from '../support/state.js';

const { memberId } = aMember();

interface Step {
  entries?: Entry[];
  effects?: CompactEffects;
  /** Whole points that it is worth. */
  worth?: number;
}

/** A member of whom each posting says what it moved, and of whom these lots are left. */
function stored(steps: readonly Step[], lots: readonly Lot[], changesAt?: number): StoredMember {
  const figures = { points: 0, held: 0, owed: 0, pending: 0, qualifying: 0n, remainder: 0n };
  const after = { ...figures, tier: '' };
  const postings: Posting[] = [];
  const entries: StoredEntry[] = [];
  let head = firstHead(memberId);
  for (const [index, { entries: own = [], effects = {}, worth = 0 }] of steps.entries()) {
    for (const { debit, credit, amount } of own) {
      if (credit === 'points') after.points += amount;
      if (debit === 'points') after.points -= amount;
      if (credit === 'held') after.held += amount;
      if (debit === 'held') after.held -= amount;
    }
    const billionths = BigInt(worth) * BILLION;
    const posting: Omit<Posting, 'hash'> = {
      ...{ memberId, seq: index + 1, kind: 'adjust', caller: 'r/shop', operation: 'adjust' },
      ...{ idempotencyKey: null, bodyHash: null, versionNo: 1, subjectSeq: null },
      ...{ occurredAt: NOON, recordedAt: NOON, actor: 'key/test', requestId: 'request' },
      ...{ billionths, after: { ...after }, effects, contentDigest: null, prevHash: head },
      explanation: [[-1, 0, 'rate_applied', String(billionths)]],
    };
    head = hashOf(posting, own);
    postings.push({ ...posting, hash: head });
    entries.push(...own.map((entry) => ({ ...entry, seq: index + 1 })));
  }
  const account = { ...after, version: steps.length, head, changesAt: changesAt ?? null };
  return { memberId, account, postings, entries, lots };
}

const move = (debit: Entry['debit'], credit: Entry['credit'], amount: number): Entry => ({
  ...{ debit, credit, amount, lotSeq: 1, lotN: 0 },
});
/** What nobody's lot has anything of. */
const apart = (debit: Entry['debit'], credit: Entry['credit'], amount: number): Entry => ({
  ...{ debit, credit, amount, lotSeq: null, lotN: null },
});
const opening = (lot: Lot, code = lot.funder): CompactEffects => ({
  lots: [[lot.seq, lot.n, code, lot.accruedAt, lot.availableFrom, lot.expiresAt, lot.amount, 0, 0]],
});
/** Has issued this lot. */
const opened = (lot: Lot): Step => ({
  ...{ entries: [move('issued', 'points', lot.amount)], effects: opening(lot), worth: lot.amount },
});
const namesOf = (member: StoredMember, now?: number): string[] =>
  checkMember(member, now).map(({ what }) => what);

describe('what partners pay for', () => {
  it('L23: is issued all the same, when they pay for it and when they get it back', () => {
    const lot = aLot({ amount: 10, remaining: 6 });
    const first = opened(lot);
    const paid = {
      ...first,
      entries: [...(first.entries ?? []), apart('partner:corner', 'issued', 10)],
    };
    const back = {
      entries: [move('points', 'issued', 4), apart('issued', 'partner:corner', 4)],
      worth: -4,
    };
    expect(namesOf(stored([paid, back], [lot]))).toEqual([]);
    expect(namesOf(stored([{ ...paid, worth: 9 }, back], [lot]))).toEqual([
      ...['posting 1 remainder', 'posting 2 remainder'],
    ]);
  });

  it.each(['issued', 'adjusted', 'transferred', 'fee', 'bought'] as const)(
    'L2: nor are points worth anything else than what comes from %s',
    (code) => {
      const lot = aLot({ amount: 10 });
      const step = { ...opened(lot), entries: [move(code, 'points', 10)] };
      expect(namesOf(stored([step], [lot]))).toEqual([]);
      expect(namesOf(stored([{ ...step, worth: 11 }], [lot]))).toEqual(['posting 1 remainder']);
    },
  );
});

describe('the terms of a lot', () => {
  it('L3: are what the posting that opened it says, whatever a later one says', () => {
    const lot = aLot();
    const later = { effects: opening(lot, 'corner') };
    expect(namesOf(stored([opened(lot), later], [lot]))).toEqual([]);
    expect(namesOf(stored([opened({ ...lot, funder: 'corner' }), later], [lot]))).toEqual([
      'lot 1/0 terms',
    ]);
  });

  it('L3: have a window that ends one day', () => {
    const endless = aLot({ availableFrom: Infinity });
    expect(namesOf(stored([opened(aLot())], [endless]))).toEqual(['lot 1/0 terms']);
  });
});

describe('the next change of an account', () => {
  const waiting = aLot({ availableFrom: NOON + DAY });

  it('L15: is no window of a lot that is spent, and none of one that is all held', () => {
    const spent = { ...waiting, remaining: 0 };
    const gone = { entries: [move('points', 'issued', 100)], worth: -100 };
    expect(namesOf(stored([opened(waiting), gone], [spent]), NOON)).toEqual([]);
    const held = { ...waiting, held: 100 };
    const hold = { entries: [move('points', 'held', 100)] };
    expect(namesOf(stored([opened(waiting), hold], [held]), NOON)).toEqual([]);
    expect(namesOf(stored([opened(waiting)], [waiting]), NOON)).toEqual(['account changes at']);
  });

  it('L15: until then that is pending of a lot which is not held', () => {
    const lot = { ...waiting, held: 30 };
    const hold = { entries: [move('points', 'held', 30)] };
    const member = stored([opened(waiting), hold], [lot], NOON + DAY);
    const pending = (points: number): string[] =>
      namesOf({ ...member, account: { ...member.account, pending: points } }, NOON);
    expect(pending(70)).toEqual([]);
    expect(pending(100)).toEqual(['account pending']);
    expect(pending(40)).toEqual(['account pending']);
  });

  it('L15: is the end of a hold as long as it is one, by the last word on it', () => {
    const redemption = (state: string): Step => ({
      effects: { redemptions: [[1, 'shop', 'tea', 40, state, NOON + DAY]] },
    });
    expect(namesOf(stored([redemption('held')], []), NOON)).toEqual(['account changes at']);
    expect(namesOf(stored([redemption('held'), redemption('captured')], []), NOON)).toEqual([]);
  });
});
