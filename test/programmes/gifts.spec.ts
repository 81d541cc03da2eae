import { lintDocument } from '../../src/programmes/lint.js';
import type { Coupon, ProgrammeDocument } from '../../src/programmes/document.js';
import { aProgrammeDocument } from '../support/programme.js';

const found = (document: Partial<ProgrammeDocument>): string[] =>
  lintDocument(aProgrammeDocument(document)).map(({ code, pointer }) => `${code} ${pointer}`);
const giftCaps: ProgrammeDocument['giftCaps'] = [{ period: 'lifetime', points: 100 }];
const coupon = (more: Partial<Coupon> = {}): Coupon => ({
  ...{ code: 'fair', name: 'Fair', points: 50, until: '2026-12-31', budget: 5_000, perMember: 1 },
  ...more,
});
const ofCoupon = (more: Partial<Coupon>): string[] => found({ coupons: [coupon(more)], giftCaps });

describe('gifts', () => {
  it('P61: have a lifetime cap, and none is larger than a cap', () => {
    expect(ofCoupon({})).toEqual([]);
    expect(found({ coupons: [coupon()] })).toEqual(['no_lifetime_cap /giftCaps']);
    const year: ProgrammeDocument['giftCaps'] = [{ period: 'year', points: 100 }];
    expect(found({ coupons: [coupon()], giftCaps: year })).toEqual(['no_lifetime_cap /giftCaps']);
    expect(found({ giftCaps: year })).toEqual([]);
    expect(ofCoupon({ points: 100 })).toEqual([]);
    expect(ofCoupon({ points: 101 })).toEqual(['above_gift_cap /coupons/0/points']);
  });

  it('P61: have days of the calendar, and a budget that pays one of them', () => {
    expect(ofCoupon({ from: '2026-12-31' })).toEqual([]);
    expect(ofCoupon({ from: '2027-01-01' })).toEqual(['ends_before_it_begins /coupons/0/until']);
    expect(ofCoupon({ until: '2026-06-31' })).toEqual(['no_such_day /coupons/0/until']);
    expect(ofCoupon({ budget: 49 })).toEqual(['budget_too_small /coupons/0/budget']);
    expect(ofCoupon({ budget: 50 })).toEqual([]);
  });

  it('P2: are named once', () => {
    expect(found({ coupons: [coupon(), coupon()], giftCaps })).toEqual([
      'duplicate_code /coupons/1/code',
    ]);
    const twice: ProgrammeDocument['giftCaps'] = [...giftCaps, { period: 'lifetime', points: 90 }];
    expect(found({ coupons: [coupon()], giftCaps: twice })).toEqual([
      'duplicate_code /giftCaps/1/period',
    ]);
  });

  it('P71: are not pooled by transfers', () => {
    const transfers = {
      ...{ minimumPoints: 10, perDay: 100, perYear: 1_000, receivedPerYear: 1_000 },
      ...{ coolDownHours: 24, lotAgeDays: 30, bonusPoints: true },
    };
    expect(found({ coupons: [coupon()], giftCaps, transfers })).toEqual([
      'free_points_pooled /transfers/bonusPoints',
    ]);
    expect(
      found({ coupons: [coupon()], giftCaps, transfers: { ...transfers, bonusPoints: false } }),
    ).toEqual([]);
  });
});
