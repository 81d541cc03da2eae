import { rewardOf } from '../../src/rules/conversions/terms.js';
import { barred } from '../../src/rules/spending/barred.js';
import { lapse, use, type UseAction } from '../../src/rules/spending/use.js';
import { notUsable, useRedemptions } from '../../src/rules/spending/used.js';
import { isUsableOn, voucherOf, voucherStateAt } from '../../src/rules/spending/voucher.js';
import type { MemberState, Redemption } from '../../src/rules/state.js';
import { aPast } from '../support/history.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, aPurchase, DAY, NOON, versionsOf } from '../support/state.js';

const aRedemption = (overrides: Partial<Redemption> = {}): Redemption => ({
  ...{ seq: 5, retailer: 'shop', reward: 'slip', points: 40, state: 'captured' },
  ...{ expiresAt: NOON, changedSeq: 6, lots: [{ seq: 1, n: 0, amount: 40 }] },
  ...overrides,
});

describe('redemptions that a purchase names', () => {
  const using = (redemptions: number[] | undefined, ...tenders: [string, number][]) => ({
    purchase: aPurchase(
      [100],
      tenders.map(([kind, amount]) => ({ kind, amount })),
    ),
    ...{ redemptions, retailer: 'shop' },
  });
  const member = aMember({
    version: 8,
    redemptions: [
      aRedemption(),
      aRedemption({ seq: 6, amount: 30 }),
      aRedemption({ seq: 7, amount: 12 }),
      aRedemption({ seq: 8, retailer: 'other' }),
    ],
  });

  it('R18: are marked with its number, so that its return finds them', () => {
    const done = useRedemptions(member, using([5, 7]), 2);
    const marked = [5, 7].map((seq) => ({ seq, purchaseSeq: 10, changedSeq: 10 }));
    expect(done.redemptions).toMatchObject(marked);
    expect(done.member.redemptions?.map(({ purchaseSeq }) => purchaseSeq)).toEqual([
      ...[10, undefined, 10, undefined],
    ]);
    expect(useRedemptions(member, using([]), 2)).toEqual({ member, redemptions: [] });
    expect(useRedemptions(member, using(undefined), 2)).toEqual({ member, redemptions: [] });
    const unread = aMember({ redemptions: undefined });
    expect(useRedemptions(unread, using([5]), 1).redemptions).toEqual([]);
  });

  it('R32: pay what its tenders say that points pay, no more and no less', () => {
    const why = (...given: Parameters<typeof using>): unknown => {
      const { code, details } = notUsable(member, using(...given)) ?? {};
      return code && [code, details];
    };
    const differs = (redeemed: number, tendered: number): unknown => [
      ...['points_tender_differs', { redeemed, tendered }],
    ];
    expect(why([6, 7], ['points', 40], ['card', 9], ['points', 2])).toBeUndefined();
    expect(why([6, 7], ['points', 41], ['card', 1])).toEqual(differs(42, 41));
    expect(why([6], ['card', 30])).toEqual(differs(30, 0));
    expect(why([5], ['points', 3])).toBeUndefined();
    expect(why(undefined, ['points', 3])).toBeUndefined();
    expect(notUsable(member, using([6]))?.pointer).toBe('/tenders');
    expect(notUsable(aMember({ redemptions: undefined }), using(undefined))).toBeUndefined();
  });

  it('R18: are refused by their place where they are not known, or not of use there', () => {
    const refusal = (place: number): unknown => ({
      ...{ code: 'redemption_not_usable', pointer: `/redemptions/${String(place)}`, details: {} },
    });
    expect(notUsable(member, using([5, 9]))).toEqual(refusal(1));
    expect(notUsable(member, using([8]))).toEqual(refusal(0));
    expect(notUsable(aMember({ redemptions: undefined }), using([5]))).toEqual(refusal(0));
  });

  it('R60: are of use where they were taken: a voucher once it is used, all else captured', () => {
    const usable = (overrides: Partial<Redemption>, by: string | undefined = 'shop'): boolean =>
      isUsableOn(aRedemption(overrides), by);
    expect([usable({}), usable({}, 'other'), usable({ state: 'held' })]).toEqual([
      ...[true, false, false],
    ]);
    expect([usable({ purchaseSeq: 3 }), usable({ reward: rewardOf('miles') })]).toEqual([
      ...[false, false],
    ]);
    const voucher = { usableUntil: NOON, state: 'used', usedBy: 'café' } as const;
    expect([
      usable(voucher, 'café'),
      usable(voucher),
      usable({ ...voucher, state: 'captured' }, 'café'),
    ]).toEqual([...[true, false, false]]);
  });
});

describe('a voucher', () => {
  const value = { amount: 20, currency: 'GBP' };
  const slip = { code: 'slip', name: 'Slip', points: 40, value, kind: 'discount_voucher' };
  const cup = { code: 'cup', name: 'Cup', points: 40, value };
  const programme = aProgramme({ rewards: [slip, cup] as never[] });
  const versions = versionsOf(programme);
  const voucher = aRedemption({ termsNo: 1, usableUntil: NOON + DAY });
  const having = (redemption: Redemption, more: Partial<MemberState> = {}) => ({
    member: aMember({ version: 8, redemptions: [aRedemption({ seq: 4 }), redemption], ...more }),
    postings: [],
  });

  it('R60: is one by the version whose terms it has', () => {
    expect(voucherOf(voucher, versions)?.programme).toBe(programme);
    expect(voucherOf({ reward: 'cup', termsNo: 1 }, versions)).toBeUndefined();
    expect(voucherOf({ reward: 'gone', termsNo: 1 }, versions)).toBeUndefined();
    const never = {
      version: (): never => {
        throw new Error('a version was asked for');
      },
    };
    expect(voucherOf({ reward: 'slip' }, never)).toBeUndefined();
  });

  it('R61: can be used until it lapses, whatever was posted of that', () => {
    const stands = (state: Redemption['state'], at = NOON): string =>
      voucherStateAt({ state, usableUntil: NOON + 1 }, at);
    expect([stands('captured'), stands('captured', NOON + 1)]).toEqual(['usable', 'lapsed']);
    expect([stands('used', NOON + 1), stands('expired')]).toEqual(['used', 'lapsed']);
    expect([stands('returned'), stands('released'), stands('held')]).toEqual([
      ...['given_back', 'given_back', 'given_back'],
    ]);
    expect(voucherStateAt({ state: 'captured' }, NOON)).toBe('usable');
  });

  it('R60: is not used twice, late, or after its points came back, and only one is', () => {
    const why = (redemption: Redemption, more: Partial<MemberState> = {}, asked = {}): unknown => {
      const action: UseAction = {
        kind: 'use',
        at: NOON,
        redemption: 5,
        retailer: 'shop',
        versions,
      };
      return use(programme, having(redemption, more), { ...action, ...asked }).refusal;
    };
    expect(why(voucher)).toBeUndefined();
    expect(why({ ...voucher, state: 'used' })).toEqual({
      ...{ code: 'voucher_already_used', details: {} },
    });
    expect(why({ ...voucher, state: 'returned' })).toEqual({
      ...{ code: 'redemption_returned', details: {} },
    });
    expect(why({ ...voucher, usableUntil: NOON })).toEqual({
      ...{ code: 'voucher_lapsed', details: { until: new Date(NOON).toISOString() } },
    });
    const none = 'invariant: what has a code is a voucher';
    expect(() => why(aRedemption())).toThrow(none);
    expect(() => why({ ...voucher, usableUntil: undefined })).toThrow(none);
    const purchases = new Map([[2, aPurchase([100])]]);
    const back = [{ line: 0, quantity: 1, amount: 100 }];
    const on = (purchase: number, of: number, returned = back): unknown => {
      const history = [
        aPast({ seq: 2 }),
        aPast({ seq: 3, kind: 'return', purchase: of, returned }),
      ];
      return why(voucher, { history, purchases }, { purchase });
    };
    expect(on(2, 2)).toEqual({ code: 'purchase_came_back', pointer: '/purchase', details: {} });
    expect(on(2, 1)).toBeUndefined();
    expect(on(2, 2, [{ line: 0, quantity: 1, amount: 99 }])).toBeUndefined();
    expect(on(4, 4)).toBeUndefined();
    expect(why(voucher, {}, { purchase: 2 })).toBeUndefined();
    // One of nothing came back from the start, but nothing was brought.
    const nothing = { purchases: new Map([[2, aPurchase([])]]) };
    expect(why(voucher, nothing, { purchase: 2 })).toBeUndefined();
    const unread = 'invariant: the redemption an action names is read before it is decided';
    expect(() => why({ ...voucher, seq: 6 })).toThrow(unread);
  });

  it('R61: gives its points back once, from its instant on, and changes nothing else', () => {
    const due = { ...voucher, backAt: NOON, shared: [{ limit: 'stock', amount: 1 }] };
    const lots = [aLot({ remaining: 60 })];
    const lapsing = (redemption: Redemption, at = NOON) =>
      lapse(programme, having(redemption, { lots }), { kind: 'lapse', at, redemption: 5 });
    const { state, postings } = lapsing(due);
    const done = { ...due, state: 'expired', changedSeq: 9, lots: [], shared: undefined };
    expect(postings).toMatchObject([
      {
        ...{ kind: 'release', subjectSeq: 5, seq: 9, shared: [{ limit: 'stock', amount: -1 }] },
        explanation: [[-2, -1, 'voucher_lapsed', '0', 40]],
        redemptions: [{ ...done, backAt: undefined }],
      },
    ]);
    expect(state.members[0]?.redemptions?.map(({ seq, state: now }) => [seq, now])).toEqual([
      [4, 'captured'],
      [5, 'expired'],
    ]);
    expect(lapsing({ ...due, shared: undefined }).postings[0]?.shared).toEqual([]);
    for (const none of [
      lapsing(due, NOON - 1),
      lapsing({ ...due, state: 'used' }),
      lapsing(voucher),
    ]) {
      expect(none.postings).toEqual([]);
      expect(none.state.members[0]?.version).toBe(8);
    }
  });

  it('R8: is for nobody who may not spend', () => {
    expect(barred({ status: 'active' })).toBeUndefined();
    expect(barred({ status: 'frozen' })).toEqual({ code: 'member_not_active', details: {} });
    expect(barred({ status: 'active', isFrozen: true })).toEqual({
      ...{ code: 'spending_frozen', details: {} },
    });
  });
});
