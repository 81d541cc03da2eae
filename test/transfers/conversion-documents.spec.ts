import { lintDocument } from '../../src/programmes/lint.js';
import type { Conversion, ProgrammeDocument } from '../../src/programmes/document.js';
import { aProgrammeDocument } from '../support/programme.js';
import { into, miles, out, partners } from './converting.js';

const found = (over: Partial<ProgrammeDocument>): string[] =>
  lintDocument(aProgrammeDocument({ partners, conversions: [miles], ...over })).map(
    ({ code, pointer }) => `${code} ${pointer.replace('/conversions/0', '')}`,
  );

const changed = (over: Partial<Conversion>): string[] =>
  found({ conversions: [{ ...miles, ...over }] });

const terms = (over: object): NonNullable<ProgrammeDocument['partners']> => [
  {
    ...{ code: 'wheels', kind: 'partner' },
    terms: { kind: 'postpaid', price: '2', redemptionPrice: '0.5', ...over },
  },
];

const slow = [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '0.1' }] as const;

describe('a document that converts points', () => {
  it('P96: has whole steps, a partner with terms that pays for all, and each currency once', () => {
    expect(found({})).toEqual([]);
    expect(found({ conversions: [miles, miles] })).toEqual(['duplicate_code /conversions/1/code']);
    const { out: _, in: __, ...neither } = miles;
    expect(found({ conversions: [neither] })).toEqual(['converts_nothing ']);
    expect(changed({ partner: 'stranger' })).toEqual(['unknown_partner /partner']);
    const agent = { code: 'wheels', kind: 'agent' as const, channels: ['agency'] };
    expect(found({ partners: [agent] })).toEqual(['unknown_partner /partner']);
    expect(changed({ out: { ...out, minimumPoints: 250 } })).toEqual([
      'not_in_steps /out/minimumPoints',
    ]);
    expect(changed({ out: { ...out, step: 4, minimumPoints: 200 } })).toEqual([
      'step_not_whole /out/step',
    ]);
    expect(changed({ out: { ...out, step: 5 } })).toEqual([]);
    expect(changed({ in: { ...into, step: 100 } })).toEqual(['step_not_whole /in/step']);
    expect(changed({ in: { ...into, minimumUnits: 400 } })).toEqual([
      'not_in_steps /in/minimumUnits',
    ]);
    expect(found({ partners: terms({ share: '0.5' }) })).toEqual(['partner_pays_too_little /in']);
  });

  it('P97: has limits that leave room for one another, and for the fee', () => {
    const ofOut = (limits: typeof out.limits): string[] => changed({ out: { ...out, limits } });
    expect(ofOut({ day: 214, year: 214, lifetime: 214 })).toEqual([]);
    expect(ofOut({ day: 213, year: 214, lifetime: 214 })).toEqual([
      'limit_leaves_no_room /out/limits/day',
    ]);
    expect(ofOut({ day: 214, year: 213, lifetime: 212 })).toEqual([
      'limit_leaves_no_room /out/limits/year',
      'limit_leaves_no_room /out/limits/lifetime',
    ]);
    const ofIn = (limits: typeof into.limits): string[] => changed({ in: { ...into, limits } });
    expect(ofIn({ day: 100, year: 100, lifetime: 100 })).toEqual([]);
    expect(ofIn({ day: 99, year: 99, lifetime: 99 })).toEqual([
      'limit_leaves_no_room /in/limits/day',
    ]);
  });

  it('P98: gives no more for units than they are worth, in any reward or another currency', () => {
    // A point is worth a penny in the garden visit: 3 miles of 0.9 for one is too much to give.
    const giving = (give: number): string[] =>
      changed({ in: { ...into, give, minimumUnits: 900, step: 900, limits } });
    expect(giving(120)).toEqual([]);
    expect(giving(100)).toEqual(['comes_in_worth_more /in']);
    const stars: Conversion = {
      ...{ ...miles, code: 'stars', unitWorth: '2.7' },
      out: { ...out, give: 1, get: 1 },
    };
    const { in: _, ...outOnly } = stars;
    // With stars of 2.7 a point is worth 2.7, and so are 3 miles.
    expect(found({ ...only, conversions: [miles, outOnly] })).toEqual([]);
    const dearer = { ...outOnly, unitWorth: '2.700001' };
    expect(found({ ...only, conversions: [miles, dearer] })).toEqual(['comes_in_worth_more /in']);
  });

  const only = { earningRules: [...slow], rewards: [] };

  it('P98: lets nobody out and back in with more, not by a millionth', () => {
    const back = (get: number): string[] =>
      found({
        ...only,
        conversions: [
          {
            ...miles,
            out: { ...out, give: 10_000, get: 9_999, minimumPoints: 10_000, step: 10_000, limits },
            in: { ...into, give: 9_999, get, minimumUnits: 9_999, step: 9_999, limits },
          },
        ],
      });
    expect(back(10_000)).toEqual([]);
    expect(back(10_001)).toEqual(['comes_in_worth_more /in']);
  });

  const limits = { day: 100_000, year: 100_000, lifetime: 100_000 };

  it('P99: is paid no less for a point that comes in than it pays for one', () => {
    const paid = (price: string, redemptionPrice: string): string[] =>
      found({ partners: terms({ price, redemptionPrice }) });
    expect(paid('1', '0.5')).toEqual([]);
    expect(paid('0.999999', '0.5')).toEqual(['comes_in_below_worth /in']);
    expect(found({ ...only, partners: terms({ price: '0.8', redemptionPrice: '0.8' }) })).toEqual(
      [],
    );
    expect(
      found({ ...only, partners: terms({ price: '0.8', redemptionPrice: '0.800001' }) }),
    ).toEqual(['comes_in_below_worth /in']);
  });

  it('P11, P73, P75: a conversion is what points are worth, for earning, referring and buying', () => {
    // 60 miles for 100 points: at 2 points a pound and 1.66 a mile everything would be given back.
    const earning = { earningRules: [{ ...slow[0], rate: '100' }], rewards: [] };
    const { in: _, ...outOnly } = miles;
    const worth = (unitWorth: string, more: Partial<ProgrammeDocument>): string[] =>
      found({ conversions: [{ ...outOnly, unitWorth }], ...more });
    expect(worth('1.333333', earning)).toEqual([]);
    expect(worth('1.333334', earning)).toEqual(['pays_out_more_than_spent /out']);
    const sale = { price: '1', minimumPoints: 100, step: 100, perYear: 1_000, refundDays: 0 };
    expect(worth('1.666666', { ...only, pointSales: sale })).toEqual([]);
    expect(worth('1.666667', { ...only, pointSales: sale })).toEqual([
      'sold_below_worth /pointSales/price',
    ]);
    const dear = terms({ redemptionPrice: '1' });
    expect(worth('0.1', { ...only, pointSales: sale, partners: dear })).toEqual([
      'sold_below_worth /pointSales/price',
    ]);
  });

  it('P71: keeps points that cost nothing where they are, unless nothing gives any', () => {
    const bonus = { conversions: [{ ...miles, out: { ...out, bonusPoints: true } }] };
    expect(found(bonus)).toEqual([]);
    const coupons: ProgrammeDocument['coupons'] = [
      {
        ...{ code: 'fair', name: 'Fair', points: 20, until: '2090-12-31' },
        ...{ budget: 100, perMember: 1 },
      },
    ];
    const giftCaps: ProgrammeDocument['giftCaps'] = [{ period: 'lifetime', points: 100 }];
    expect(found({ ...bonus, coupons, giftCaps })).toEqual(['free_points_pooled /out/bonusPoints']);
  });
});
