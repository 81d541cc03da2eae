import { checkDocument } from '../../src/programmes/check.js';
import { compileProgramme } from '../../src/programmes/compile.js';
import type { Offer, ProgrammeDocument } from '../../src/programmes/document.js';
import { aProgrammeDocument } from '../support/programme.js';

const plain: Offer = {
  ...{ code: 'spring', name: 'Spring', audience: { kind: 'all' } },
  pays: { kind: 'multiplier', by: '2' },
};
const bonus: Offer = {
  ...plain,
  pays: { kind: 'per_purchase', points: 10, minimumAmount: 500 },
  ...{ caps: [{ period: 'week', points: 10 }], coolDownHours: 12 },
};

function faults(
  offers: readonly Partial<Offer>[],
  rest: Partial<ProgrammeDocument> = {},
): string[] {
  const whole = offers.map((each) => ({ ...plain, ...each }));
  const checked = checkDocument(aProgrammeDocument({ rewards: [], ...rest, offers: whole }));
  if (!('faults' in checked)) return [];
  return checked.faults.map(({ code, pointer }) => `${code} ${pointer}`);
}

const gbp = (amount: number): { amount: number; currency: string } => ({ amount, currency: 'GBP' });

describe('offers that coupons activate', () => {
  it('P93: need to be activated', () => {
    expect(faults([{ byCoupon: true }])).toEqual([]);
    expect(faults([{ byCoupon: true, activation: true }])).toEqual([]);
    expect(faults([{ byCoupon: false, activation: false }])).toEqual([]);
    expect(faults([{ byCoupon: true, activation: false }])).toEqual([
      'coupon_activates_nothing /offers/0/activation',
    ]);
  });
});

describe('offers that can be published', () => {
  it.each<[string, Partial<Offer>]>([
    ['one for everybody', {}],
    ['one day', { from: '2026-06-01', until: '2026-06-01' }],
    ['a bonus', bonus],
    ['a budget in both', { budget: { points: 5, money: gbp(5), pricePerPoint: '0.5' } }],
    [
      'slots',
      {
        crowding: [
          { grants: 1, per: 'hour' },
          { grants: 9, per: 'day' },
        ],
      },
    ],
  ])('%s', (_, offer) => {
    expect(faults([offer])).toEqual([]);
  });
});

describe('offers that cannot', () => {
  it.each<[law: string, offers: Partial<Offer>[], found: string[]]>([
    ['P50: twice', [plain, plain], ['duplicate_code /offers/1/code']],
    ['P50: as a rule', [{ code: 'visit' }], ['duplicate_code /offers/0/code']],
    [
      'P50: for a tier that there is not',
      [{ audience: { kind: 'tiers', tiers: ['gold'] } }],
      ['unknown_tier /offers/0/audience/tiers/0'],
    ],
    [
      'P50: for a persona that there is not',
      [{ when: [], audience: { kind: 'personas', personas: ['host'] } }],
      ['unknown_persona /offers/0/audience/personas/0'],
    ],
    [
      'P50: on goods that cannot earn',
      [plain, { code: 'b', when: [{ kind: 'category', categories: ['power'] }] }],
      ['category_cannot_earn /offers/1/when/0/categories/0'],
    ],
    [
      'P50: worth splitting a purchase for',
      [
        {
          ...bonus,
          coolDownHours: 0,
          pays: { kind: 'per_purchase', points: 10, minimumAmount: 0 },
        },
      ],
      ['splitting_pays /offers/0/pays/minimumAmount', 'splitting_pays /offers/0/coolDownHours'],
    ],
    ['P50: without a cap', [{ ...bonus, caps: [] }], ['cap_missing /offers/0/caps']],
    ['P50: in no lane', [{ lane: 'best' }], ['unknown_lane /offers/0/lane']],
    ['P51: on no day', [{ from: '2026-02-30' }], ['no_such_day /offers/0/from']],
    [
      'P51: over before it begins',
      [{ from: '2026-06-02', until: '2026-06-01' }],
      ['ends_before_it_begins /offers/0/until'],
    ],
    ['P52: with a budget of nothing', [{ budget: {} }], ['budget_of_nothing /offers/0/budget']],
    [
      'P52: at no price',
      [{ budget: { money: gbp(5), pricePerPoint: '0' } }],
      ['price_missing /offers/0/budget/pricePerPoint'],
    ],
    [
      'P52: in other money',
      [{ budget: { money: { amount: 5, currency: 'EUR' }, pricePerPoint: '1' } }],
      ['currency_differs /offers/0/budget/money/currency'],
    ],
    [
      'P53: with the same slots twice',
      [
        {
          crowding: [
            { grants: 1, per: 'day' },
            { grants: 2, per: 'day', perLocation: false },
          ],
        },
      ],
      ['duplicate_code /offers/0/crowding/1'],
    ],
  ])('%s', (_, offers, found) => {
    expect(faults(offers)).toEqual(found);
  });

  it('P144: with what members who belong together get said twice, or never paid', () => {
    const household = { per: 'household', points: 10 } as const;
    expect(
      faults([{ ...bonus, sharedCaps: [household, { ...household, per: 'device' }] }]),
    ).toEqual([]);
    expect(faults([{ ...bonus, sharedCaps: [household, household] }])).toEqual([
      'duplicate_code /offers/0/sharedCaps/1',
    ]);
    expect(faults([{ ...bonus, sharedCaps: [{ ...household, points: 9 }] }])).toEqual([
      'cap_below_points /offers/0/sharedCaps/0/points',
    ]);
    const lanes = [{ code: 'twice', name: 'Twice' }];
    expect(faults([{ lane: 'twice', sharedCaps: [household] }], { lanes })).toEqual([
      'more_earns_less /offers/0/sharedCaps/0',
    ]);
  });

  it('P52: with a budget where a lane is decided line by line', () => {
    const lane = { code: 'best', name: 'Best' };
    const lanes = [lane];
    const offer: Partial<Offer> = { lane: 'best', budget: { points: 5 } };
    expect(faults([offer], { lanes })).toEqual(['more_earns_less /offers/0/budget']);
    const limits = { caps: [{ period: 'week' as const, points: 10 }], coolDownHours: 12 };
    const { caps: _, coolDownHours: _hours, ...fixed } = bonus;
    expect(faults([{ ...fixed, ...offer }], { lanes: [{ ...lane, ...limits }] })).toEqual([]);
  });
});

describe('what offers can give back', () => {
  const rewards: ProgrammeDocument['rewards'] = [
    { code: 'mug', name: 'Mug', points: 100, value: gbp(1_200) },
  ];
  const base: ProgrammeDocument['earningRules'] = [
    { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' },
  ];
  const tiers = aProgrammeDocument().tiers.slice(0, 1);
  const more = (code: string, days: Pick<Offer, 'from' | 'until'>): Partial<Offer> => ({
    ...{ code, ...days, pays: { kind: 'per_amount', rate: '5' } },
  });
  const spring = more('spring', { from: '2026-03-01', until: '2026-05-31' });
  const whole = { rewards, tiers, earningRules: base };

  it('P50: is added up of offers that run on the same day', () => {
    expect(faults([spring], whole)).toEqual([]);
    const summer = more('summer', { from: '2026-06-01' });
    expect(faults([spring, summer], whole)).toEqual([]);
    const may = more('may', { from: '2026-05-31', until: '2026-06-10' });
    expect(faults([spring, may], whole)).toEqual(['pays_out_more_than_spent /rewards/0']);
    expect(faults([spring, more('always', {})], whole)).toEqual([
      'pays_out_more_than_spent /rewards/0',
    ]);
  });
});

describe('the limits of an offer', () => {
  it('R50: count parts of points and of money', () => {
    const budget = { points: 1_000, money: gbp(250), pricePerPoint: '0.5' };
    const document = aProgrammeDocument({
      offers: [{ ...plain, budget, crowding: [{ grants: 7, per: 'hour', perLocation: true }] }],
    });
    const { limits, grains } = compileProgramme(document, { no: 1, effectiveAt: 0 });
    expect([...limits]).toEqual([
      ['offer/spring/points', 1_000_000_000],
      ['offer/spring/money', 250_000],
      ['offer/spring/hour-each', 7],
    ]);
    expect([...grains.values()]).toEqual([1_000_000, 1_000, 1]);
  });
});
