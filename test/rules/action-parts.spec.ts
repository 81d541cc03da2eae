import {
  adjustmentLimits,
  counting,
  limitReached,
  waitingLimit,
  waitingLimitOf,
  withWaiting,
} from '../../src/rules/actions/adjustment-limits.js';
import { pastDecision, postChain, withLast, type Step } from '../../src/rules/actions/chain.js';
import { givenBack, sharedOf, withReturned } from '../../src/rules/actions/given-back.js';
import { insufficient } from '../../src/rules/actions/hold.js';
import { paidBy } from '../../src/rules/actions/tender.js';
import { act } from '../../src/rules/act.js';
import type { PostingDraft } from '../../src/rules/outcome.js';
import { BILLION } from '../../src/rules/points.js';
import type { Redemption } from '../../src/rules/state.js';
import { aReview } from '../support/ladders.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, anAccrual, aPurchase, DAY, lastOf, NOON } from '../support/state.js';

const programme = aProgramme();

describe('limits on what staff adjust', () => {
  const terms = { ...programme, staff: { ...programme.staff, perStaffPerDay: 100 } };
  const limited = { ...terms, staff: { ...terms.staff, perMemberPerDay: 50 } };

  it('U1: are one of the user for everybody, and one of everybody for the member', () => {
    expect(adjustmentLimits('ada', 'eve')).toEqual([
      { id: 'adjust/user/ada', windowMs: DAY },
      { id: 'adjust/member/eve', windowMs: DAY },
    ]);
  });

  it('U1: count points towards both, beside what others have used', () => {
    const limits = new Map([
      ['adjust/user/ada', 30],
      ['adjust/member/eve', 20],
      ['other', 1],
    ]);
    expect(counting({ members: [], limits }, 'ada', 'eve', 5)).toEqual({
      used: [30, 20],
      uses: [
        { limit: 'adjust/user/ada', amount: 5 },
        { limit: 'adjust/member/eve', amount: 5 },
      ],
      limits: new Map([
        ['adjust/user/ada', 35],
        ['adjust/member/eve', 25],
        ['other', 1],
      ]),
    });
  });

  it('U1: may be used up and not passed, the user’s first', () => {
    expect(limitReached(limited, 20, [80, 30])).toBeUndefined();
    expect(limitReached(limited, 50, [])).toBeUndefined();
    expect(limitReached(limited, 21, [80, 30])).toEqual({
      ...{ code: 'staff_limit_reached', details: { limit: 100, used: 80, asked: 21 } },
    });
    expect(limitReached(limited, 21, [79, 30])).toEqual({
      ...{ code: 'member_limit_reached', details: { limit: 50, used: 30, asked: 21 } },
    });
  });

  it('U2: of what waits are a user’s, and tell whose they are', () => {
    expect(waitingLimit('ada')).toEqual({ id: 'approvals/user/ada', windowMs: 7 * DAY });
    expect(waitingLimitOf('approvals/user/ada')).toBe('ada');
    expect(waitingLimitOf('adjust/user/ada')).toBeUndefined();
    const limits = new Map([['approvals/user/ada', 3]]);
    const waiting = (change: 1 | -1): unknown =>
      withWaiting({ members: [], limits }, 'ada', change).get('approvals/user/ada');
    expect([waiting(1), waiting(-1)]).toEqual([4, 2]);
  });
});

describe('what a posting decided, as later events know it', () => {
  const draft = lastOf(
    act(
      programme,
      { members: [aMember({ tier: 'blue', version: 4 })] },
      anAccrual(aPurchase([1_000])),
    ),
  );
  const known = (more: Partial<PostingDraft> = {}) =>
    pastDecision({ ...draft, ...more }, NOON + DAY);

  it('R11: is of its own purchase and event, at the tier held, where it says nothing else', () => {
    expect(known()).toEqual({
      ...{ seq: 5, kind: 'accrue', purchase: 5, event: 5, versionNo: 1 },
      ...{ occurredAt: NOON, recordedAt: NOON + DAY, explanation: draft.explanation },
      ...{ held: 'blue', tier: 'blue', review: undefined, granted: undefined, returned: [] },
    });
  });

  it('R11: of an exchange is of its own purchase, and of a return or correction of that named', () => {
    const named = { subjectSeq: 2 };
    expect(known({ ...named, kind: 'accrue' })).toMatchObject({ kind: 'accrue', purchase: 5 });
    expect(known({ ...named, kind: 'review' })).toMatchObject({ kind: 'review', purchase: 5 });
    expect(known({ ...named, kind: 'return' })).toMatchObject({ kind: 'return', purchase: 2 });
    expect(known({ ...named, kind: 'correct' })).toMatchObject({ kind: 'correct', purchase: 2 });
    expect(known({ kind: 'return', subjectSeq: null })).toMatchObject({ purchase: 5 });
    expect(known({ ...named, kind: 'refused' })).toMatchObject({ kind: 'accrue', purchase: 5 });
  });

  it('R11: is at the tier before its change, or at what it says itself', () => {
    const why = { code: 'threshold_reached', qualifying: '0', threshold: 500 } as const;
    const standing = { fromSeq: 5, tier: 'silver', from: 'basic', why };
    expect(known({ standing })).toMatchObject({ held: 'basic', tier: 'basic' });
    const review = aReview({ at: NOON });
    const decision = { held: 'blue', tier: 'gold', event: 3, review };
    expect(known({ standing, decision })).toMatchObject({
      ...{ held: 'blue', tier: 'gold', event: 3, review },
    });
    const granted = { tier: 'gold', until: NOON };
    expect(known({ granted })).toMatchObject({ granted });
    const returned = [{ line: 0, quantity: 1, amount: 5 }];
    expect(known({ returned })).toMatchObject({ returned });
  });
});

describe('postings of one action', () => {
  const step: Step = {
    ...{ kind: 'accrue', subjectSeq: null, programme, occurredAt: NOON, items: [] },
    ...{ billionths: 0n, qualifying: 0n, moves: [], decision: undefined },
  };
  const used = { seq: 1, retailer: 'shop', reward: 'tea', points: 40 };
  const redemption: Redemption = {
    ...{ ...used, state: 'captured', expiresAt: NOON, changedSeq: 2, lots: [] },
  };

  it('R18: what it uses is written by the last of them', () => {
    const shared = [{ limit: 'stock/tea', amount: 1 }];
    const both = { redemptions: [redemption], shared };
    expect(withLast([step, step], both)).toEqual([step, { ...step, ...both }]);
    const none = { redemptions: [], shared: [] };
    const steps = [step];
    expect(withLast(steps, none)).toBe(steps);
    expect(withLast(steps, { ...none, shared })).toEqual([{ ...step, redemptions: [], shared }]);
    expect(withLast(steps, { ...both, shared: [] })).toEqual([
      { ...step, redemptions: [redemption], shared: [] },
    ]);
  });

  it('R41: the newest event is no older than the last review among them', () => {
    const member = aMember({ tier: 'blue' });
    const end = {
      ...{ programme, held: 'blue', review: undefined, qualifying: 0n, enrolledAt: 0 },
      ...{ counters: new Map<string, number>(), newestAt: NOON, heardAt: NOON },
    };
    const blocks = { left: new Map<string, number>(), short: [] };
    const newest = (...steps: Step[]): unknown =>
      postChain(member, steps, end, { at: NOON + 2 * DAY, blocks }).member.newestAt;
    const reviewed = { ...step, kind: 'review', occurredAt: NOON + DAY } as const;
    expect(newest(reviewed, step)).toBe(NOON + DAY);
    expect(newest({ ...step, occurredAt: NOON + DAY })).toBe(NOON);
    expect(newest({ ...reviewed, occurredAt: NOON - DAY }, step)).toBe(NOON);
  });
});

describe('what a return gives back', () => {
  const lots = [
    { seq: 8, n: 0, amount: 25 },
    { seq: 9, n: 0, amount: 15 },
  ];
  const shared = [{ limit: 'stock/tea', amount: 1 }];
  const tea: Redemption = {
    ...{ seq: 5, retailer: 'shop', reward: 'tea', points: 40, state: 'captured', changedSeq: 6 },
    ...{ expiresAt: NOON, lots, purchaseSeq: 1, shared },
  };
  const paid: Redemption = { ...tea, seq: 7, reward: ':tender', amount: 400, shared: undefined };
  const award = (purchase = aPurchase([1_000, 1_000])) => ({
    ...{ seq: 1, versionNo: 1, at: NOON, occurredAt: NOON, held: '', tier: '', purchase },
    ...{ items: new Map(), returned: [] },
  });
  const given = (
    redemptions: readonly Redemption[],
    money: number,
    asked?: readonly number[],
    of = award(),
  ) => givenBack(aMember({ redemptions }), asked, of, [{ line: 0, quantity: 0, amount: money }]);

  it('R32: is of points that paid the share of the money, rounded down, less what came back', () => {
    expect(given([paid], 549)).toEqual([{ redemption: paid, points: 10 }]);
    expect(given([paid], 550)).toEqual([{ redemption: paid, points: 11 }]);
    expect(given([paid], 49)).toEqual([]);
    const some = { ...paid, back: 10 };
    expect(given([some], 549)).toEqual([]);
    expect(given([some], 1_000)).toEqual([{ redemption: some, points: 10 }]);
    expect(given([paid], 0, undefined, award(aPurchase([0, 0])))).toEqual([]);
  });

  it('R18: is nothing of a reward where a part comes back, and all of it where it is named', () => {
    expect(given([tea], 1_000)).toEqual([]);
    expect(given([tea], 1_000, [5])).toEqual([{ redemption: tea, points: 40 }]);
    const voucher: Redemption = { ...tea, state: 'used' };
    expect(given([voucher], 1_000, [5])).toEqual([{ redemption: voucher, points: 40 }]);
    for (const other of [{ state: 'held' }, { state: 'returned' }, { purchaseSeq: 2 }] as const) {
      expect(given([{ ...tea, ...other }], 1_000, [5])).toEqual({
        ...{ code: 'redemption_not_on_purchase', pointer: '/redemptions/0', details: {} },
      });
    }
  });

  it('R18: is done with the last of its points, and keeps its lots until then', () => {
    const part = { redemption: paid, points: 20 };
    const rest = { ...paid, back: 20, changedSeq: 12, lots: [{ ...lots[0], amount: 20 }] };
    const other: Redemption = { ...tea, seq: 6 };
    const member = aMember({ redemptions: [other, paid] });
    expect(withReturned(member, [part], 12)).toEqual({
      ...{ member: { ...member, redemptions: [other, rest] }, done: [rest] },
    });
    const last = { redemption: { ...paid, back: 20, backAt: NOON }, points: 20 };
    const { done } = withReturned(member, [last], 13);
    expect(done).toEqual([{ ...paid, back: 20, state: 'returned', changedSeq: 13, lots: [] }]);
  });

  it('R30: is of limits what came back whole', () => {
    expect(sharedOf([{ redemption: tea, points: 40 }])).toEqual([
      { limit: 'stock/tea', amount: -1 },
    ]);
    expect(sharedOf([{ redemption: tea, points: 39 }])).toEqual([]);
    expect(sharedOf([{ redemption: { ...tea, back: 1 }, points: 39 }])).toHaveLength(1);
    expect(sharedOf([{ redemption: paid, points: 40 }])).toEqual([]);
  });
});

describe('points that are not there', () => {
  it('R7: are said with how many there are and how many are missing', () => {
    const member = aMember({ lots: [aLot({ amount: 30, held: 10 })] });
    expect(insufficient(member, 50, NOON)).toEqual({
      ...{ code: 'insufficient_points', details: { available: 20, required: 50, missing: 30 } },
    });
  });

  it('R31: pay by their rate, rounded down', () => {
    const rate = { rate: 500_000n, minimumPoints: 1, step: 1, maximumShare: 1n };
    expect([1, 2, 3].map((points) => paidBy(rate, points))).toEqual([0, 1, 1]);
  });
});

describe('whole points', () => {
  it('R1: of a purchase in time come with what was carried, and none where it stays below one', () => {
    const bought = (amount: number, remainder: bigint) =>
      lastOf(
        act(
          aProgramme({
            earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '0.5' }],
            rewards: [],
          }),
          { members: [aMember({ tier: 'blue', remainder })] },
          anAccrual(aPurchase([amount])),
        ),
      );
    expect(bought(100, 0n)).toMatchObject({ entries: [], after: { points: 0 } });
    expect(bought(100, BILLION / 2n).after).toMatchObject({ points: 1, remainder: 0n });
    expect(bought(300, BILLION / 2n).after).toMatchObject({ points: 2, remainder: 0n });
  });
});
