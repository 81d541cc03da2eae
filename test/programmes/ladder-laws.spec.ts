import { checkDocument } from '../../src/programmes/check.js';
import { compileProgramme } from '../../src/programmes/compile.js';
import type { ProgrammeDocument, Tier } from '../../src/programmes/document.js';
import { rungOf } from '../../src/rules/earning/tier.js';
import { aProgrammeDocument } from '../support/programme.js';

const blue: Tier = { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' };
const silver: Tier = { code: 'silver', name: 'Silver', threshold: 500, multiplier: '1' };
const gold: Tier = { code: 'gold', name: 'Gold', threshold: 1_000, multiplier: '1' };
const year = { kind: 'calendar', period: 'year' } as const;
const rolling = { kind: 'rolling', months: 3 } as const;
const pounds = (amount: number, currency = 'GBP') => ({ amount, currency });
const tea = { code: 'tea', name: 'Tea', value: pounds(1_000) };

/** What is wrong with a ladder: code and pointer. */
function faults(parts: Partial<ProgrammeDocument>): [string, string][] {
  const checked = checkDocument(
    aProgrammeDocument({ rewards: [], tiers: [blue, silver, gold], ...parts }),
  );
  return 'faults' in checked ? checked.faults.map(({ code, pointer }) => [code, pointer]) : [];
}

const days = (threshold: number, keep?: number) =>
  ({ metric: 'purchases', threshold, ...(keep !== undefined && { keep }) }) as const;
const countedPurchases = { minimumAmount: 500 };

describe('laws of a ladder', () => {
  it('P8: each way goes up, and keeping does not go down', () => {
    const ways = (first: Partial<Tier>, second: Partial<Tier>): Partial<ProgrammeDocument> => ({
      tiers: [blue, { ...silver, ...first }, { ...gold, ...second }],
      ...{ countedPurchases, ladder: { window: year } },
    });
    expect(faults(ways({ otherWays: [days(5)] }, { otherWays: [days(9)] }))).toEqual([]);
    expect(faults(ways({ otherWays: [days(9)] }, { otherWays: [days(9)] }))).toEqual([
      ['tiers_not_ascending', '/tiers/2/otherWays/0/threshold'],
    ]);
    expect(faults(ways({ otherWays: [days(5, 4)] }, { otherWays: [days(9, 3)] }))).toEqual([
      ['keep_not_ascending', '/tiers/2/otherWays/0/keep'],
    ]);
    expect(faults(ways({}, { otherWays: [days(9)] }))).toEqual([
      ['way_misses_a_tier', '/tiers/2/otherWays/0/metric'],
    ]);
    expect(faults(ways({ otherWays: [days(5)] }, {}))).toEqual([]);
    const tiers = [blue, { ...silver, keep: 400 }, { ...gold, keep: 399 }];
    expect(faults({ tiers, ladder: { window: year } })).toEqual([
      ['keep_not_ascending', '/tiers/2/keep'],
    ]);
  });

  it('P40: whoever reaches a tier keeps it, and each way counts something else', () => {
    const ladder = { window: year };
    expect(faults({ ladder, tiers: [blue, { ...silver, keep: 500 }] })).toEqual([]);
    expect(faults({ ladder, tiers: [blue, { ...silver, keep: 501 }] })).toEqual([
      ['keep_above_threshold', '/tiers/1/keep'],
    ]);
    const same = { metric: 'qualifying_points', threshold: 900 } as const;
    expect(faults({ ladder, tiers: [blue, { ...silver, otherWays: [same] }] })).toEqual([
      ['duplicate', '/tiers/1/otherWays/0/metric'],
    ]);
    expect(faults({ ladder, tiers: [{ ...blue, keep: 1 }, silver] })).toContainEqual([
      'first_tier_is_everybodys',
      '/tiers/0/keep',
    ]);
  });

  it('P40: purchases that count are large enough to be worth it', () => {
    const tiers = [blue, { ...silver, threshold: 5 }];
    const ladder = { metric: 'purchases' } as const;
    expect(faults({ tiers, ladder })).toEqual([['purchases_not_counted', '/ladder/metric']]);
    expect(faults({ tiers, ladder, countedPurchases: { minimumAmount: 0 } })).toEqual([
      ['purchases_not_counted', '/ladder/metric'],
    ]);
    expect(faults({ tiers, ladder, countedPurchases })).toEqual([]);
  });

  it('P41: terms of reviews need windows, and stay within them', () => {
    const nearMiss = { kind: 'share', percent: 10 } as const;
    const terms = { nearMiss, graceMonths: 2, warningDays: 30, rollOver: true };
    expect(faults({ ladder: terms }).map(([, pointer]) => pointer)).toEqual([
      '/ladder/nearMiss',
      '/ladder/graceMonths',
      '/ladder/warningDays',
      '/ladder/rollOver',
    ]);
    expect(faults({ tiers: [blue, { ...silver, keep: 400 }] })).toEqual([
      ['never_reviewed', '/tiers/1/keep'],
    ]);
    expect(faults({ ladder: { ...terms, window: year } })).toEqual([]);
    expect(faults({ ladder: { window: rolling, graceMonths: 3 } })).toEqual([
      ['grace_too_long', '/ladder/graceMonths'],
    ]);
    expect(faults({ ladder: { window: rolling, rollOver: true } })).toEqual([
      ['nothing_to_roll_over', '/ladder/rollOver'],
    ]);
    const bySpend = { metric: 'spend', window: year, rollOver: true } as const;
    expect(faults({ ladder: bySpend })).toEqual([['nothing_to_roll_over', '/ladder/rollOver']]);
  });

  it('P41: a near miss is at most half of what keeps a tier', () => {
    const by = (amount: number) => ({
      window: year,
      nearMiss: { kind: 'amount', amount } as const,
    });
    expect(faults({ ladder: by(250) })).toEqual([]);
    expect(faults({ ladder: by(251) })).toEqual([['near_miss_too_far', '/ladder/nearMiss/amount']]);
  });

  it('P42: benefits are worth less than the least spend that keeps the tier for as long', () => {
    const earningRules = [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '2' } as const];
    const having = (amount: number, ladder = {}, keep = {}): [string, string][] => {
      const benefits = [{ ...tea, value: pounds(amount) }];
      return faults({ earningRules, ladder, tiers: [blue, { ...silver, ...keep, benefits }] });
    };
    // 500 points at 2 a pound are 250 pounds.
    expect(having(24_999)).toEqual([]);
    expect(having(25_000)).toEqual([['benefits_worth_what_they_cost', '/tiers/1/benefits']]);
    expect(having(20_000, { window: year }, { keep: 400 })).toEqual([
      ['benefits_worth_what_they_cost', '/tiers/1/benefits'],
    ]);
    // A quarter's spend for a quarter of the year's worth.
    expect(having(99_999, { window: { kind: 'calendar', period: 'quarter' } })).toEqual([]);
    expect(having(100_000, { window: { kind: 'calendar', period: 'quarter' } })).toEqual([
      ['benefits_worth_what_they_cost', '/tiers/1/benefits'],
    ]);
  });

  it('P42: by spend and by purchases too, in the currency of the programme, each named once', () => {
    const benefits = [tea];
    const tiers = [blue, { ...silver, threshold: 1_000, benefits }];
    expect(faults({ ladder: { metric: 'spend' }, tiers })).toEqual([
      ['benefits_worth_what_they_cost', '/tiers/1/benefits'],
    ]);
    const visits = [blue, { ...silver, threshold: 2, benefits }];
    expect(faults({ ladder: { metric: 'purchases' }, tiers: visits, countedPurchases })).toEqual([
      ['benefits_worth_what_they_cost', '/tiers/1/benefits'],
    ]);
    const euros = { ...tea, value: pounds(1, 'EUR'), cost: pounds(1, 'USD') };
    expect(faults({ tiers: [blue, { ...silver, benefits: [euros, tea] }] })).toEqual([
      ['currency_differs', '/tiers/1/benefits/0/value/currency'],
      ['currency_differs', '/tiers/1/benefits/0/cost/currency'],
      ['duplicate_code', '/tiers/1/benefits/1/code'],
    ]);
  });

  it('P43: a tier replaces what is no tier any more, and is the only one to', () => {
    expect(faults({ tiers: [blue, { ...silver, replaces: ['bronze'] }] })).toEqual([]);
    expect(
      faults({
        tiers: [blue, { ...silver, replaces: ['gold', 'old'] }, { ...gold, replaces: ['old'] }],
      }),
    ).toEqual([
      ['tier_not_replaced', '/tiers/1/replaces/0'],
      ['tier_not_replaced', '/tiers/2/replaces/0'],
    ]);
  });
});

describe('versions of a ladder', () => {
  const document = (parts: Partial<ProgrammeDocument>): ProgrammeDocument =>
    aProgrammeDocument({ rewards: [], ladder: { window: year }, ...parts });

  it('R48: a tier that goes is the one that replaces it, else the next lower one there is', () => {
    const first = compileProgramme(document({ tiers: [blue, silver, gold] }), {
      ...{ no: 1, effectiveAt: 0 },
    });
    const next = (tiers: Tier[]) =>
      compileProgramme(document({ tiers }), { no: 2, effectiveAt: 1, earlier: first });
    expect(rungOf(next([blue, { ...gold, replaces: ['silver'] }]), 'silver')).toBe(1);
    expect(rungOf(next([blue, silver]), 'gold')).toBe(1);
    expect(rungOf(next([blue, { ...silver, code: 'plus' }]), 'gold')).toBe(0);
    const third = compileProgramme(document({ tiers: [blue, silver] }), {
      ...{ no: 3, effectiveAt: 2, earlier: next([blue, { ...silver, code: 'plus' }]) },
    });
    expect(rungOf(third, 'gold')).toBe(1);
  });

  it('R48: windows count since the first of the versions that count alike', () => {
    const compiled = (parts: Partial<ProgrammeDocument>, no: number, earlier?: object) =>
      compileProgramme(document(parts), {
        ...{ no, effectiveAt: no * 10 },
        earlier: earlier as ReturnType<typeof compileProgramme> | undefined,
      });
    const one = compiled({}, 1);
    const two = compiled({ tiers: [blue, gold] }, 2, one);
    expect([one.ladder.since, two.ladder.since]).toEqual([10, 10]);
    expect(compiled({ ladder: { window: rolling } }, 3, two).ladder.since).toBe(30);
    expect(compiled({ ladder: { window: year, metric: 'spend' } }, 3, two).ladder.since).toBe(30);
  });
});
