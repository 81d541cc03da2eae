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
});
