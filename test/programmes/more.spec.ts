import type { EarningRule, ProgrammeDocument } from '../../src/programmes/document.js';
import { lintDocument } from '../../src/programmes/lint.js';
import { act } from '../../src/rules/act.js';
import { BILLION } from '../../src/rules/points.js';
import type { PurchaseLine } from '../../src/rules/purchase.js';
import { aProgramme, aProgrammeDocument } from '../support/programme.js';
import { aLine, aMember, anAccrual, aPurchase, lastOf, memberOf } from '../support/state.js';

type Overrides = Partial<ProgrammeDocument>;

const base: EarningRule = { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' };

/** Whole points of purchases after one another, at one instant. */
function earned(overrides: Overrides, ...purchases: (PurchaseLine | number)[][]): bigint {
  const programme = aProgramme({ rewards: [], ...overrides });
  let [member, sum] = [aMember({ tier: 'silver' }), 0n];
  for (const lines of purchases) {
    const outcome = act(programme, { members: [member] }, anAccrual(aPurchase(lines)));
    member = memberOf(outcome);
    sum += lastOf(outcome).billionths / BILLION;
  }
  return sum;
}

const found = (overrides: Overrides): [code: string, pointer: string][] =>
  lintDocument(aProgrammeDocument({ rewards: [], ...overrides })).map(({ code, pointer }) => [
    code,
    pointer,
  ]);

const garden = (amount: number): PurchaseLine => aLine(amount, { category: 'garden' });

describe('P28: more of a purchase never earns less', () => {
  it('as no rule goes before the basic rate once enough is bought', () => {
    const large: EarningRule = {
      ...{ kind: 'per_amount', id: 'large', name: 'On many plants', rate: '0.5' },
      ...{ categories: ['garden'], when: [{ kind: 'amount', minimum: 5_000 }] },
    };
    const overrides: Overrides = { earningRules: [base, large] };
    // At a tier that multiplies by 1.25, here and below.
    expect([earned(overrides, [garden(4_900)]), earned(overrides, [garden(5_000)])]).toEqual([
      61n,
      31n,
    ]);
    expect(found(overrides)).toEqual([['more_earns_less', '/earningRules/1/when/0']]);
    const byTender: EarningRule = { ...large, when: [{ kind: 'tender', tenders: ['card'] }] };
    expect(found({ earningRules: [base, byTender] })).toEqual([
      ['more_earns_less', '/earningRules/1/when/0'],
    ]);
    expect(found({ earningRules: [base, { ...large, qualifies: false }] })).toEqual([]);
    expect(found({ earningRules: [{ ...base, categories: ['home'] }, large] })).toEqual([]);
  });

  it('nor once something was bought before', () => {
    const first: EarningRule = {
      ...{ kind: 'per_amount', id: 'first', name: 'On first plants', rate: '0' },
      ...{ categories: ['garden'], when: [{ kind: 'first_in_category', categories: ['garden'] }] },
    };
    const overrides: Overrides = { earningRules: [base, first] };
    // A penny of new plants would take the low rate, and leave the rest the better one.
    expect(earned(overrides, [garden(5_000)])).toBe(0n);
    expect(earned(overrides, [garden(1)], [garden(4_999)])).toBe(62n);
    expect(found(overrides)).toEqual([['more_earns_less', '/earningRules/1/when/0']]);
  });

  it('as all rates of a lane qualify or none does', () => {
    const lane = { lane: 'best' };
    const large: EarningRule = {
      ...{ kind: 'per_amount', id: 'large', name: 'On much', rate: '1.1', qualifies: false },
      ...{ ...lane, when: [{ kind: 'amount', minimum: 5_000 }] },
    };
    const overrides: Overrides = {
      earningRules: [{ ...base, ...lane }, large],
      lanes: [{ code: 'best', name: 'Best rate' }],
    };
    expect([earned(overrides, [4_900]), earned(overrides, [5_000])]).toEqual([61n, 55n]);
    expect(found(overrides)).toEqual([['more_earns_less', '/earningRules/1/lane']]);
    expect(
      found({
        ...overrides,
        earningRules: [
          { ...base, ...lane },
          { ...large, qualifies: true },
        ],
      }),
    ).toEqual([]);
  });

  it('as room of a cap does not go to lines that are multiplied by less', () => {
    const double: EarningRule = {
      ...{ kind: 'multiplier', id: 'double', name: 'Double on plants', by: '2' },
      when: [{ kind: 'category', categories: ['garden'] }],
    };
    const capped: EarningRule = { ...base, caps: [{ period: 'day', points: 100 }] };
    const overrides: Overrides = {
      earningRules: [capped, double],
      tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
    };
    const [little, much] = [
      [aLine(2_000), garden(10_000)],
      [aLine(9_000), garden(10_000)],
    ];
    expect([earned(overrides, little), earned(overrides, much)]).toEqual([180n, 110n]);
    expect(earned(overrides, [garden(10_000)], [aLine(9_000)])).toBe(200n);
    expect(found(overrides)).toEqual([['more_earns_less', '/earningRules/0/caps']]);
    const { when: _, ...always } = double;
    expect(found({ ...overrides, earningRules: [capped, always] })).toEqual([]);
    expect(
      found({ ...overrides, earningRules: [base, { ...double, caps: capped.caps ?? [] }] }),
    ).toEqual([]);
  });

  it('nor do its parts, as a cap on one purchase goes with a cool-down', () => {
    const caps = [{ period: 'purchase', points: 20 } as const];
    const overrides: Overrides = {
      earningRules: [{ ...base, caps }],
      tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
    };
    expect([earned(overrides, [4_000]), earned(overrides, [2_000], [2_000])]).toEqual([20n, 40n]);
    expect(found(overrides)).toEqual([['splitting_pays', '/earningRules/0/caps/0/period']]);
    expect(found({ earningRules: [{ ...base, caps, coolDownHours: 1 }] })).toEqual([]);
    const guarded = { ...overrides, guards: { basketWindow: { minutes: 60 } } };
    expect(found(guarded)).toEqual([]);
    expect([earned(guarded, [4_000]), earned(guarded, [2_000], [2_000])]).toEqual([20n, 20n]);
  });

  it('as no rule with an end goes before one without', () => {
    const plants: EarningRule = {
      ...{ kind: 'per_amount', id: 'plants', name: 'Plants', rate: '2', categories: ['garden'] },
      caps: [{ period: 'day', points: 50 }],
    };
    const overrides: Overrides = {
      earningRules: [base, plants],
      tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
    };
    // The second hundred pounds of plants of a day would earn nothing, and would be 100 without it.
    expect(earned(overrides, [garden(10_000)], [garden(10_000)])).toBe(50n);
    expect(found(overrides)).toEqual([['more_earns_less', '/earningRules/1/caps']]);
    const onTop = { ...plants, qualifies: false };
    expect(found({ ...overrides, earningRules: [base, onTop] })).toEqual([]);
  });

  it('nor do parts that are paid by one tender each', () => {
    const when: EarningRule['when'] = [{ kind: 'tender', tenders: ['card'] }];
    const double: EarningRule = { kind: 'multiplier', id: 'double', name: 'Double', by: '2', when };
    const tiers = [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }];
    const paidBy = (overrides: Overrides, ...kinds: string[]): bigint => {
      const tenders = kinds.map((kind) => ({ kind, amount: 5_000 }));
      const purchase = aPurchase([5_000 * kinds.length], tenders);
      const programme = aProgramme({ rewards: [], tiers, ...overrides });
      const outcome = act(programme, { members: [aMember()] }, anAccrual(purchase));
      return lastOf(outcome).billionths / BILLION;
    };
    const both = (overrides: Overrides): bigint[] => [
      paidBy(overrides, 'card', 'cash'),
      paidBy(overrides, 'card') + paidBy(overrides, 'cash'),
    ];
    const twice: Overrides = { earningRules: [{ ...base, when }, double] };
    expect(both(twice)).toEqual([75n, 100n]);
    expect(found(twice)).toEqual([['splitting_pays', '/earningRules/0/when/0']]);
    const competing: Overrides = {
      lanes: [{ code: 'best', name: 'Best rate' }],
      earningRules: [
        { ...base, lane: 'best' },
        { ...base, id: 'card', rate: '2', lane: 'best', when },
      ],
    };
    expect(both(competing)).toEqual([100n, 150n]);
    expect(found(competing)).toEqual([['splitting_pays', '/earningRules/1/when/0']]);
    expect(both({ earningRules: [base, double] })).toEqual([150n, 150n]);
    expect(found({ earningRules: [base, double] })).toEqual([]);
  });

  it('as a rule that names categories goes before on those lines only that it is about', () => {
    const acme: EarningRule = {
      ...{ kind: 'per_amount', id: 'acme', name: 'On Acme plants', rate: '2' },
      ...{ categories: ['garden'], when: [{ kind: 'brand', brands: ['acme'] }] },
    };
    const overrides: Overrides = {
      earningRules: [base, acme],
      tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
    };
    const ofAcme = { ...garden(1_000), brand: 'acme' };
    expect(earned(overrides, [garden(1_000)])).toBe(10n);
    expect(earned(overrides, [garden(1_000), ofAcme])).toBe(10n + 20n);
  });
});
