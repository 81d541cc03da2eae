import { checkDocument } from '../../src/programmes/check.js';
import type { ProgrammeDocument, Surprise } from '../../src/programmes/document.js';
import { aProgrammeDocument } from '../support/programme.js';

const surprise = (more: Partial<Surprise> = {}): Surprise => ({
  ...{ code: 'thanks', name: 'Thanks', audience: { kind: 'all' }, chance: '0.05' },
  ...{ points: 10, minimumAmount: 1_000, caps: [{ period: 'year', points: 100 }] },
  budget: { points: 1_000 },
  ...more,
});

function found(own: Partial<Surprise>, more: Partial<ProgrammeDocument> = {}): string[] {
  const document = aProgrammeDocument({ surprises: [surprise(own)], ...more });
  const checked = checkDocument(document);
  return 'faults' in checked ? checked.faults.map(({ code, pointer }) => `${code} ${pointer}`) : [];
}

const offer = { code: 'spring', name: 'Spring', audience: { kind: 'all' as const } };

describe('surprises', () => {
  it('P90: keep the laws of offers, and findings point into them', () => {
    expect(found({})).toEqual([]);
    expect(found({ minimumAmount: 0 })).toEqual(['splitting_pays /surprises/0/minimumAmount']);
    expect(found({ points: 101 })).toContain('cap_below_points /surprises/0/caps/0/points');
    expect(found({ from: '2026-12-31', until: '2026-01-01' })).toEqual([
      'ends_before_it_begins /surprises/0/until',
    ]);
    expect(found({ budget: {} })).toEqual(['budget_of_nothing /surprises/0/budget']);
    expect(found({ audience: { kind: 'tiers', tiers: ['gold'] } })).toEqual([
      'unknown_tier /surprises/0/audience/tiers/0',
    ]);
    expect(found({ when: [{ kind: 'quantity', minimum: 2 }] })).toEqual([
      'splitting_pays /surprises/0/when/0',
    ]);
    expect(found({ funders: [{ code: 'nobody', share: '1' }] })).toEqual([
      'unknown_funder /surprises/0/funders/0/code',
    ]);
  });

  it('P90: have a name of their own, also beside offers', () => {
    const pays = { kind: 'per_amount' as const, rate: '1' };
    const offers = [{ ...offer, pays }];
    expect(found({ code: 'spring' }, { offers })).toEqual(['duplicate_code /surprises/0/code']);
    expect(found({ code: 'base' })).toEqual(['duplicate_code /surprises/0/code']);
    expect(found({ minimumAmount: 0 }, { offers })).toEqual([
      'splitting_pays /surprises/0/minimumAmount',
    ]);
  });

  it('P90: count as if they always came: who brings back what did not win keeps what won', () => {
    const half = {
      code: 'half',
      name: 'Half',
      points: 100,
      value: { amount: 100, currency: 'GBP' },
    };
    // Beside it 10 pounds earn at most 10 x 2 x 1.25 points, and 1,000 are worth 10 pounds.
    const most = 1_000 - 25;
    const caps: Surprise['caps'] = [{ period: 'year', points: 10_000 }];
    const rewards = [half];
    expect(found({ points: most - 1, caps }, { rewards })).toEqual([]);
    expect(found({ points: most, caps, chance: '0.000001' }, { rewards })).toEqual([
      'pays_out_more_than_spent /rewards/0',
    ]);
  });

  it('P91: can come, but not more often than not', () => {
    expect(found({ chance: '0.0' })).toEqual(['no_chance /surprises/0/chance']);
    expect(found({ chance: '0.000001' })).toEqual([]);
    expect(found({ chance: '0.5' })).toEqual([]);
    for (const chance of ['0.500001', '1', '0', '.5', '0.0000001', '5e-1']) {
      expect(found({ chance })).toEqual([expect.stringContaining('/surprises/0/chance')]);
    }
  });

  it('P91: have a budget, and a cap for a year or a lifetime', () => {
    expect(found({ caps: [{ period: 'lifetime', points: 10 }] })).toEqual([]);
    expect(found({ caps: [{ period: 'month', points: 10 }] })).toEqual([
      'cap_missing /surprises/0/caps',
    ]);
    const { budget: _, ...unbounded } = surprise();
    const faults = checkDocument({ ...aProgrammeDocument(), surprises: [unbounded] });
    expect(faults).toMatchObject({
      faults: [{ pointer: expect.stringContaining('/surprises/0') }],
    });
  });

  it('P94: are paid for by nobody who pays beforehand', () => {
    const price = '1';
    const prepaid = { kind: 'prepaid', price, whenEmpty: 'refuse', alertBelow: 0 } as const;
    const postpaid = { kind: 'postpaid', price } as const;
    const funders: Surprise['funders'] = [
      { code: 'own', share: '0.5' },
      { code: 'wheels', share: '0.5' },
    ];
    const paidBy = (terms: typeof prepaid | typeof postpaid): string[] =>
      found({ funders }, { partners: [{ code: 'wheels', kind: 'partner', terms }] });
    expect(paidBy(postpaid)).toEqual([]);
    expect(paidBy(prepaid)).toEqual(['surprise_paid_beforehand /surprises/0/funders/1/code']);
  });

  it('P92: ask for no activation, hold nobody out, and stand in no lane', () => {
    for (const more of [{ activation: true }, { holdoutShare: '0.1' }, { lane: 'best' }]) {
      const own = { ...surprise(), ...more };
      const checked = checkDocument({ ...aProgrammeDocument(), surprises: [own] });
      expect(checked).toHaveProperty('faults');
    }
  });
});
