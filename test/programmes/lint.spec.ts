import fc from 'fast-check';
import type { PerPurchaseRule, ProgrammeDocument } from '../../src/programmes/document.js';
import { lintDocument } from '../../src/programmes/lint.js';
import { accrue } from '../../src/rules/actions/accrue.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';
import { anAccrual, aPurchase } from '../support/state.js';

type Overrides = Partial<ProgrammeDocument>;
type Category = ProgrammeDocument['categories'][number];

const { categories, earningRules, tiers, rewards, identity } = aProgrammeDocument();

function findings(overrides: Overrides): [code: string, pointer: string][] {
  return lintDocument(aProgrammeDocument(overrides)).map(({ code, pointer }) => [code, pointer]);
}

/** The categories of the sound document and one more, which is number 7. */
const andCategory = (category: Partial<Category>): Overrides => ({
  categories: [
    ...categories,
    {
      code: 'more',
      name: 'More',
      treatment: 'earns',
      desired: 'neutral',
      merchantCategoryCodes: [],
      ...category,
    },
  ],
});

const earningOn = (category: string): Overrides => ({
  earningRules: [
    ...earningRules,
    { kind: 'per_amount', id: 'more', name: 'More', rate: '1', categories: ['home', category] },
  ],
});

const bonus: PerPurchaseRule = {
  kind: 'per_purchase',
  id: 'bonus',
  name: 'Bonus',
  points: 10,
  minimumAmount: 1_000,
  caps: [{ period: 'week', points: 30 }],
  coolDownHours: 1,
};

const andBonus = (changed: Partial<PerPurchaseRule>): Overrides => ({
  earningRules: [...earningRules, { ...bonus, ...changed }],
});

const valued = (points: number, amount: number): Overrides => ({
  rewards: [{ code: 'cash', name: 'Cash', points, value: { amount, currency: 'GBP' } }],
});

describe('A programme is refused that breaks a law', () => {
  it.each<[law: string, overrides: Overrides, code: string, pointer: string]>([
    [
      'two categories share a code',
      { categories: [...categories, ...categories.slice(1, 2)] },
      'duplicate_code',
      '/categories/7/code',
    ],
    [
      'two rules share an id',
      { earningRules: [...earningRules, ...earningRules.slice(2)] },
      'duplicate_code',
      '/earningRules/3/id',
    ],
    [
      'two rewards share a code',
      { rewards: [...rewards, ...rewards.slice(0, 1)] },
      'duplicate_code',
      '/rewards/2/code',
    ],
    [
      'the currency is none',
      { identity: { ...identity, currency: 'ZZZ' }, rewards: [] },
      'unknown_currency',
      '/identity/currency',
    ],
    [
      'gold is no money',
      { identity: { ...identity, currency: 'XAU' }, rewards: [] },
      'unknown_currency',
      '/identity/currency',
    ],
    [
      'the time zone is none',
      { identity: { ...identity, timeZone: 'Europe/Larkspur' } },
      'unknown_time_zone',
      '/identity/timeZone',
    ],
    [
      'a rule names an undeclared category',
      earningOn('shoes'),
      'unknown_category',
      '/earningRules/3/categories/1',
    ],
    [
      'a rule pays for fees',
      earningOn('charges'),
      'category_cannot_earn',
      '/earningRules/3/categories/1',
    ],
    [
      'a rule pays for stored value',
      earningOn('gift_cards'),
      'category_cannot_earn',
      '/earningRules/3/categories/1',
    ],
    [
      'a rule pays for consumption',
      earningOn('power'),
      'category_cannot_earn',
      '/earningRules/3/categories/1',
    ],
    [
      'a rule pays for regulated goods',
      earningOn('medicines'),
      'category_cannot_earn',
      '/earningRules/3/categories/1',
    ],
    [
      'a rule pays for what is excluded',
      earningOn('delivery'),
      'category_cannot_earn',
      '/earningRules/3/categories/1',
    ],
    [
      'nothing is earned in proportion to spend',
      { earningRules: earningRules.slice(2) },
      'no_rule_per_amount',
      '/earningRules',
    ],
    [
      'a reward is kept for a tier that does not exist',
      {
        rewards: [
          {
            code: 'x',
            name: 'X',
            points: 500,
            value: { amount: 1, currency: 'GBP' },
            minimumTier: 'gold',
          },
        ],
      },
      'unknown_tier',
      '/rewards/0/minimumTier',
    ],
    [
      'a reward is worth foreign money',
      { rewards: [{ code: 'x', name: 'X', points: 500, value: { amount: 1, currency: 'EUR' } }] },
      'currency_differs',
      '/rewards/0/value/currency',
    ],
    [
      'a fee is called by an honest code',
      andCategory({ name: 'Overdraft fee' }),
      'label_contradicted',
      '/categories/7/name',
    ],
    [
      'a code speaks of a fee',
      andCategory({ code: 'late_fee' }),
      'label_contradicted',
      '/categories/7/code',
    ],
    [
      'a description speaks of a fee',
      andCategory({ description: 'Includes every overdraft fee.' }),
      'label_contradicted',
      '/categories/7/description',
    ],
    [
      'a merchant category code is that of quasi cash',
      andCategory({ merchantCategoryCodes: ['5261', '6051'] }),
      'label_contradicted',
      '/categories/7/merchantCategoryCodes/1',
    ],
    [
      'a fee is declared stored value',
      andCategory({ name: 'Overdraft fee', treatment: 'cash_like' }),
      'label_contradicted',
      '/categories/7/name',
    ],
    [
      'stored value is declared metered',
      andCategory({ name: 'Gift cards', treatment: 'metered' }),
      'label_contradicted',
      '/categories/7/name',
    ],
    [
      'stored value is declared regulated',
      andCategory({ name: 'Gift cards', treatment: 'regulated' }),
      'label_contradicted',
      '/categories/7/name',
    ],
    [
      'members should want less of what earns',
      andCategory({ desired: 'less' }),
      'undesired_earns',
      '/categories/7/treatment',
    ],
    [
      'the first tier has a threshold',
      { tiers: tiers.map((tier) => ({ ...tier, threshold: tier.threshold + 1 })) },
      'first_tier_not_at_zero',
      '/tiers/0/threshold',
    ],
    [
      'two tiers have one threshold',
      { tiers: [...tiers, { code: 'gold', name: 'Gold', threshold: 500, multiplier: '2' }] },
      'tiers_not_ascending',
      '/tiers/2/threshold',
    ],
    [
      'a higher tier earns less',
      { tiers: [...tiers, { code: 'gold', name: 'Gold', threshold: 900, multiplier: '1.249999' }] },
      'higher_tier_earns_less',
      '/tiers/2/multiplier',
    ],
    [
      'a bonus has no minimum amount',
      andBonus({ minimumAmount: 0 }),
      'splitting_pays',
      '/earningRules/3/minimumAmount',
    ],
    [
      'a bonus has no cool-down',
      andBonus({ coolDownHours: 0 }),
      'splitting_pays',
      '/earningRules/3/coolDownHours',
    ],
    [
      'a bonus can never be paid in full',
      andBonus({ caps: [{ period: 'day', points: 9 }] }),
      'cap_below_points',
      '/earningRules/3/caps/0/points',
    ],
    [
      'points earn points',
      { earningBasis: { tax: 'included', excludedTenders: ['voucher'] } },
      'points_earn_points',
      '/earningBasis/excludedTenders',
    ],
    [
      'vouchers bought with points earn points',
      { earningBasis: { tax: 'included', excludedTenders: ['points'] } },
      'points_earn_points',
      '/earningBasis/excludedTenders',
    ],
  ])('%s', (_law, overrides, code, pointer) => {
    expect(findings(overrides)).toEqual([[code, pointer]]);
  });

  it('two tiers share a code', () => {
    const doubled = [...tiers, { code: 'silver', name: 'Again', threshold: 900, multiplier: '2' }];
    expect(findings({ tiers: doubled })).toEqual([['duplicate_code', '/tiers/2/code']]);
  });
});

describe('A label is believed when it claims no more than it is', () => {
  it.each<[name: string, treatment: Category['treatment']]>([
    ['Overdraft fee', 'harmful'],
    ['Overdraft fee', 'excluded'],
    ['Gift cards', 'cash_like'],
    ['Gift cards', 'excluded'],
    ['Gift cards', 'harmful'],
  ])('%s may be %s', (name, treatment) => {
    expect(findings(andCategory({ name, treatment }))).toEqual([]);
  });
});

describe('No reward gives back as much as was spent to earn it', () => {
  // The best: 2 points per pound on plants, times 1.25, and 20 points at 20 pounds: 3.5 per pound.
  it('at the best category, the top tier and the best bonus together', () => {
    expect(findings(valued(350, 10_000))).toEqual([['pays_out_more_than_spent', '/rewards/0']]);
    expect(findings(valued(350, 9_999))).toEqual([]);
  });

  it('and says how much it would give back', () => {
    const [finding] = lintDocument(aProgrammeDocument(valued(350, 20_000)));
    expect(finding?.detail).toContain('200 %');
  });

  it('and rules that stack on one category count together', () => {
    const stacked = earningOn('garden').earningRules ?? [];
    const overrides = { ...valued(475, 10_000), earningRules: stacked };
    expect(findings(overrides)).toEqual([['pays_out_more_than_spent', '/rewards/0']]);
    expect(findings(valued(475, 10_000))).toEqual([]);
  });

  it('and bonuses that one basket gets together count together', () => {
    // 20 points at 20 pounds, or 20 + 80 at 40: 2.5 per pound beside the 2.5 of the rates.
    const overrides = andBonus({
      minimumAmount: 4_000,
      points: 80,
      caps: [{ period: 'day', points: 80 }],
    });
    expect(findings({ ...overrides, ...valued(500, 10_000) })).toHaveLength(1);
    expect(findings({ ...overrides, ...valued(500, 9_999) })).toEqual([]);
  });

  it('and a rate on what cannot earn does not count', () => {
    const rates = earningRules.filter(({ kind }) => kind === 'per_amount');
    const general = rates.map((rule) => ({ ...rule, rate: '1' }));
    const onlyGeneral = { ...valued(125, 10_000), earningRules: general };
    expect(findings(onlyGeneral)).toHaveLength(1);
    expect(findings({ ...onlyGeneral, ...valued(126, 10_000) })).toEqual([]);
  });

  it('in a currency without minor units too', () => {
    const yen = (amount: number): Overrides => ({
      identity: { ...identity, currency: 'JPY' },
      earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '0.01' }],
      rewards: [{ code: 'x', name: 'X', points: 125, value: { amount, currency: 'JPY' } }],
    });
    expect(findings(yen(10_000))).toEqual([['pays_out_more_than_spent', '/rewards/0']]);
    expect(findings(yen(9_999))).toEqual([]);
  });
});

describe('Splitting a purchase within the cool-down is worth nothing', () => {
  const member: MemberState = {
    memberId: 'm',
    status: 'active',
    enrolledAt: 0,
    version: 0,
    changesAt: null,
    newestAt: null,
    heardAt: null,
    lots: [],
    redemptions: [],
    counters: new Map(),
    points: 0,
    held: 0,
    owed: 0,
    pending: 0,
    qualifying: 0n,
    remainder: 0n,
    tier: 'blue',
  };
  const HOUR_MS = 3_600_000;
  const noon = Date.UTC(2026, 2, 1, 12);

  /** Points of a basket in minor units, sent in parts at the given minutes after noon. */
  function pointsOf(
    document: Overrides,
    parts: readonly { minor: number; minute: number }[],
  ): number {
    const programme = aProgramme(document);
    let state = member;
    for (const { minor, minute } of parts) {
      const action = anAccrual(aPurchase([minor]), { at: noon + minute * 60_000 });
      const settled = { member: state, postings: [] };
      const outcome = accrue(programme, { members: [state] }, settled, action);
      state = outcome.state.members[0] ?? state;
    }
    return state.points;
  }

  it('for every bonus the laws let through, in every way of splitting', () => {
    const bonuses = fc.record({
      points: fc.integer({ min: 1, max: 500 }),
      minimumAmount: fc.integer({ min: 1, max: 20_000 }),
      capTimes: fc.integer({ min: 1, max: 4 }),
      period: fc.constantFrom('day' as const, 'week' as const, 'lifetime' as const),
      coolDownHours: fc.integer({ min: 1, max: 11 }),
    });
    const baskets = fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(bonuses, baskets, ({ capTimes, period, ...rest }, amounts) => {
        const caps = [{ period, points: rest.points * capTimes }];
        const base = earningRules.slice(0, 1);
        const document: Overrides = {
          earningRules: [...base, { ...bonus, ...rest, caps }],
          tiers: tiers.slice(0, 1),
          rewards: [],
        };
        expect(findings(document)).toEqual([]);
        const whole = amounts.reduce((sum, minor) => sum + minor, 0);
        const last = (rest.coolDownHours * HOUR_MS) / 60_000 - 1;
        const parts = amounts.map((minor, n) => ({
          minor,
          minute: Math.floor((last * n) / (amounts.length - 1)),
        }));
        expect(pointsOf(document, parts)).toBeLessThanOrEqual(
          pointsOf(document, [{ minor: whole, minute: 0 }]),
        );
      }),
      { numRuns: 150 },
    );
  });
});
