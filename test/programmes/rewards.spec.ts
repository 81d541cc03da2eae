import { lintDocument } from '../../src/programmes/lint.js';
import { checkDocument } from '../../src/programmes/check.js';
import type { ProgrammeDocument, Reward } from '../../src/programmes/document.js';
import { aProgrammeDocument } from '../support/programme.js';

const value = { amount: 100, currency: 'GBP' };
const aReward = (more: Partial<Reward>): Reward => ({
  ...{ code: 'x', name: 'X', points: 500, value },
  ...more,
});
const found = (document: Partial<ProgrammeDocument>): string[] =>
  lintDocument(aProgrammeDocument(document)).map(({ code, pointer }) => `${code} ${pointer}`);
const ofReward = (more: Partial<Reward>): string[] => found({ rewards: [aReward(more)] });

describe('rewards', () => {
  it('P30: have what their kind needs', () => {
    expect(ofReward({ kind: 'experience' })).toEqual(['missing_for_kind /rewards/0/stock']);
    expect(ofReward({ kind: 'experience', stock: 12 })).toEqual([]);
    expect(ofReward({ kind: 'status_perk' })).toEqual(['missing_for_kind /rewards/0/minimumTier']);
    expect(ofReward({ kind: 'status_perk', minimumTier: 'silver' })).toEqual([]);
    for (const kind of ['donation', 'discount_voucher'] as const) {
      expect(ofReward({ kind })).toEqual([]);
      const worthless = { kind, value: { ...value, amount: 0 } };
      expect(ofReward(worthless)).toEqual(['worth_nothing /rewards/0/value/amount']);
    }
    expect(ofReward({ kind: 'product' })).toEqual([]);
    expect(ofReward({})).toEqual([]);
  });

  it('P60: only a discount voucher has the terms of one, and is not delivered', () => {
    const voucher = { usableDays: 30 };
    expect(ofReward({ kind: 'discount_voucher', voucher })).toEqual([]);
    expect(ofReward({ voucher })).toEqual(['not_for_kind /rewards/0/voucher']);
    expect(ofReward({ kind: 'discount_voucher', delivered: true })).toEqual([
      'not_for_kind /rewards/0/delivered',
    ]);
    const bad = { ...aReward({ kind: 'discount_voucher' }), voucher: { usableDays: 0 } };
    const checked = checkDocument({ ...aProgrammeDocument(), rewards: [bad] });
    expect(checked).toMatchObject({ faults: [{ pointer: '/rewards/0/voucher/usableDays' }] });
  });

  it('P31: are had on days of the calendar, in their order', () => {
    expect(ofReward({ from: '2026-06-30', until: '2026-06-30' })).toEqual([]);
    expect(ofReward({ from: '2026-06-31' })).toEqual(['no_such_day /rewards/0/from']);
    expect(ofReward({ until: '2027-02-29' })).toEqual(['no_such_day /rewards/0/until']);
    expect(ofReward({ from: '2026-07-01', until: '2026-06-30' })).toEqual([
      'ends_before_it_begins /rewards/0/until',
    ]);
  });

  it('P1: bound a stock, and know no other kind', () => {
    const faults = (more: object): string[] => {
      const rewards = [{ ...aReward({}), ...more }];
      const checked = checkDocument({ ...aProgrammeDocument(), rewards });
      return 'faults' in checked ? checked.faults.map(({ pointer }) => pointer) : [];
    };
    expect(faults({ stock: -1 })).toEqual(['/rewards/0/stock']);
    expect(faults({ stock: 1.5 })).toEqual(['/rewards/0/stock']);
    expect(faults({ kind: 'cash' })).toEqual(['/rewards/0/kind']);
    expect(faults({ from: '1/6/2026' })).toEqual(['/rewards/0/from']);
    expect(faults({ stock: 0 })).toEqual([]);
  });

  it('P32: points that pay, pay something, in whole steps', () => {
    const terms = { rate: '0.5', minimumPoints: 20, step: 10, maximumShare: '0.5' };
    const ofTender = (more: object): string[] => found({ tender: { ...terms, ...more } });
    expect(ofTender({})).toEqual([]);
    expect(ofTender({ minimumPoints: 25 })).toEqual(['not_in_steps /tender/minimumPoints']);
    expect(ofTender({ rate: '0.04' })).toEqual(['worth_nothing /tender/rate']);
    expect(ofTender({ rate: '0.05' })).toEqual([]);
    expect(ofTender({ maximumShare: '0.0' })).toEqual(['worth_nothing /tender/maximumShare']);
  });

  it('P11: hold for points that pay as for every kind of reward', () => {
    const terms = { minimumPoints: 20, step: 10, maximumShare: '0.5' };
    const ofRate = (rate: string): string[] => found({ rewards: [], tender: { ...terms, rate } });
    // At best 2 points a pound at 1.25 times, and 20 for 20 pounds: 3.5 points for 100 pence.
    expect(ofRate('28.571428')).toEqual([]);
    expect(ofRate('28.571429')).toEqual(['pays_out_more_than_spent /tender/rate']);
    for (const kind of ['discount_voucher', 'donation', 'product'] as const) {
      const dear = { kind, points: 1, value: { ...value, amount: 29 } };
      expect(ofReward(dear)).toEqual(['pays_out_more_than_spent /rewards/0']);
    }
  });

  it('P33: honour former prices that were lower, in the order of their days', () => {
    const former = { points: 400, until: '2026-06-09', honouredUntil: '2026-12-31' };
    const ofPrices = (...formerPrices: object[]): string[] =>
      ofReward({ formerPrices: formerPrices as NonNullable<Reward['formerPrices']> });
    const at = '/rewards/0/formerPrices';
    expect(ofPrices(former)).toEqual([]);
    expect(ofPrices({ ...former, points: 500 })).toEqual([`not_cheaper ${at}/0/points`]);
    expect(ofPrices({ ...former, until: '2026-12-31' })).toEqual([
      `days_out_of_order ${at}/0/until`,
    ]);
    expect(ofPrices({ ...former, honouredUntil: '2026-11-31' })).toEqual([
      `no_such_day ${at}/0/honouredUntil`,
    ]);
    const later = { ...former, points: 450, until: '2026-07-09' };
    expect(ofPrices(former, later)).toEqual([]);
    expect(ofPrices(later, former)).toEqual([
      `not_cheaper ${at}/0/points`,
      `days_out_of_order ${at}/0/until`,
    ]);
    expect(ofPrices({ ...former, points: 3 })).toEqual([`pays_out_more_than_spent ${at}/0`]);
  });
});
