import { compileProgramme } from '../../src/programmes/compile.js';
import { inWordsOfToday } from '../../src/programmes/compile/earlier.js';
import { checkDocument } from '../../src/programmes/check.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { aProgrammeDocument } from '../support/programme.js';

type Rule = ProgrammeDocument['earningRules'][number];
type When = NonNullable<Rule['when']>;

const base: Rule = { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' };
const named = { id: 'more', name: 'More' };
const weekly = { caps: [{ period: 'week' as const, points: 100 }], coolDownHours: 1 };
const visit: Rule = { kind: 'per_purchase', ...named, points: 10, minimumAmount: 500, ...weekly };
const steps: Rule = {
  ...{ kind: 'steps', ...named, ...weekly },
  steps: [
    { minimumAmount: 1_000, points: 5 },
    { minimumAmount: 2_000, points: 20 },
  ],
};
const pieces: Rule = {
  ...{ kind: 'per_unit', ...named, rate: '1', minimumUnitAmount: 100 },
  caps: weekly.caps,
};
const doing: Rule = { kind: 'per_activity', ...named, points: 5, ...weekly };
const double: Rule = { kind: 'multiplier', ...named, by: '2' };

function faults(rules: readonly Rule[], rest: Partial<ProgrammeDocument> = {}): string[] {
  const checked = checkDocument(
    aProgrammeDocument({ earningRules: [base, ...rules], rewards: [], ...rest }),
  );
  if (!('faults' in checked)) return [];
  return checked.faults.map(({ code, pointer }) => `${code} ${pointer}`);
}

const asking = (when: When, rule: Rule = double): Rule => ({ ...rule, when });

describe('rules that can be published', () => {
  it.each<[string, Rule[]]>([
    ['a visit', [visit]],
    ['steps', [steps]],
    ['pieces', [pieces]],
    ['an activity', [asking([{ kind: 'activity', activities: ['visit'] }], doing)]],
    ['double points', [double]],
    [
      'pieces of a certain value',
      [
        asking([
          { kind: 'quantity', minimum: 3 },
          { kind: 'amount', minimum: 500 },
        ]),
      ],
    ],
  ])('%s', (_, rules) => {
    expect(faults(rules)).toEqual([]);
  });
});

describe('rules that cannot', () => {
  it.each<[law: string, rules: Rule[], found: string[]]>([
    [
      'P9: a visit without cap and cool-down',
      [{ kind: 'per_purchase', ...named, points: 10, minimumAmount: 500 }],
      ['splitting_pays /earningRules/1/coolDownHours', 'cap_missing /earningRules/1/caps'],
    ],
    [
      'P9: a cap on each purchase is none for a period',
      [{ ...visit, caps: [{ period: 'purchase', points: 50 }] }],
      ['cap_missing /earningRules/1/caps'],
    ],
    [
      'P9: steps from nothing on, of which one goes down',
      [
        {
          ...steps,
          steps: [
            { minimumAmount: 0, points: 5 },
            { minimumAmount: 2_000, points: 5 },
          ],
        },
      ],
      [
        'splitting_pays /earningRules/1/steps/0/minimumAmount',
        'steps_not_ascending /earningRules/1/steps/1',
      ],
    ],
    [
      'P9: pieces that cost nothing, without a cap',
      [{ kind: 'per_unit', ...named, rate: '1', minimumUnitAmount: 0 }],
      ['cap_missing /earningRules/1/caps', 'splitting_pays /earningRules/1/minimumUnitAmount'],
    ],
    [
      'P9: an activity as often as one likes',
      [
        asking([{ kind: 'activity', activities: ['survey'] }], {
          ...{ kind: 'per_activity', ...named, points: 5, caps: weekly.caps },
        }),
      ],
      ['splitting_pays /earningRules/1/coolDownHours'],
    ],
    [
      'P9: deposits of any amount',
      [asking([{ kind: 'activity', activities: ['deposit'] }], doing)],
      ['splitting_pays /earningRules/1/minimumValue'],
    ],
    [
      'P9: a number of pieces without an amount',
      [asking([{ kind: 'quantity', minimum: 3 }])],
      ['splitting_pays /earningRules/1/when/0'],
    ],
    [
      'P9: the second purchase, where every penny counts as one',
      [asking([{ kind: 'nth_purchase', numbers: [2] }])],
      ['splitting_pays /earningRules/1/when/0'],
    ],
    [
      'P4: categories that do not exist or cannot earn',
      [asking([{ kind: 'category', categories: ['castles', 'charges'] }])],
      [
        'unknown_category /earningRules/1/when/0/categories/0',
        'category_cannot_earn /earningRules/1/when/0/categories/1',
      ],
    ],
    [
      'P4: a tier that does not exist',
      [asking([{ kind: 'tier', tiers: ['blue', 'platinum'] }])],
      ['unknown_tier /earningRules/1/when/0/tiers/1'],
    ],
    [
      'P4: a tender that never earns',
      [asking([{ kind: 'tender', tenders: ['card', 'voucher'] }])],
      ['tender_cannot_earn /earningRules/1/when/0/tenders/1'],
    ],
    [
      'P26: a condition said twice',
      [
        asking([
          { kind: 'amount', minimum: 1 },
          { kind: 'amount', minimum: 2 },
        ]),
      ],
      ['duplicate_condition /earningRules/1/when/1'],
    ],
    [
      'P26: a purchase that is an activity',
      [asking([{ kind: 'activity', activities: ['visit'] }])],
      ['condition_never_holds /earningRules/1/when/0'],
    ],
    [
      'P26: an activity of which something was bought',
      [
        asking(
          [
            { kind: 'activity', activities: ['visit'] },
            { kind: 'amount', minimum: 1 },
          ],
          doing,
        ),
      ],
      ['condition_never_holds /earningRules/1/when/1'],
    ],
    ['P26: an activity of whatever kind', [doing], ['activity_missing /earningRules/1/when']],
    [
      'P26: a time of no length',
      [asking([{ kind: 'time_of_day', from: '09:00', until: '09:00' }])],
      ['condition_never_holds /earningRules/1/when/0/until'],
    ],
    [
      'P27: a lane that does not exist',
      [{ ...double, lane: 'fast' }],
      ['unknown_lane /earningRules/1/lane'],
    ],
  ])('%s', (_, rules, found) => {
    expect(faults(rules)).toEqual(found);
  });

  it('P27: a lane of rates that cannot be compared, or with caps of their own', () => {
    const lanes = [{ code: 'fast', name: 'Fast', ...weekly }];
    const others: Rule[] = [
      { ...double, lane: 'fast' },
      { ...visit, id: 'visit', lane: 'fast' },
    ];
    expect(faults(others, { lanes })).toEqual([
      'limit_in_lane /earningRules/2/caps',
      'limit_in_lane /earningRules/2/coolDownHours',
      'lane_mixes_rates /earningRules/2/kind',
    ]);
  });

  it('P142: a visit without a cool-down goes with a basket window, an activity does not', () => {
    const guards = { basketWindow: { minutes: 60 } };
    const { coolDownHours: _, ...atOnce } = visit;
    const { coolDownHours: __, ...survey } = doing;
    const when: When = [{ kind: 'activity', activities: ['survey'] }];
    expect(faults([atOnce])).toEqual(['splitting_pays /earningRules/1/coolDownHours']);
    expect(faults([atOnce], { guards })).toEqual([]);
    expect(faults([{ ...survey, when }], { guards })).toEqual([
      'splitting_pays /earningRules/1/coolDownHours',
    ]);
    expect(faults([], { guards: { basketWindow: { minutes: 59 } } })).not.toEqual([]);
  });

  it('P143: what is watched twice, or by an hour that does less than its day', () => {
    const watch = (
      counts: 'points' | 'purchases',
      per: 'hour' | 'day',
      most: number,
      holdHours = 9,
    ) => {
      return { counts, per, most, holdHours };
    };
    const found = (...velocity: ReturnType<typeof watch>[]): string[] =>
      faults([], { guards: { velocity } });
    expect(found(watch('points', 'hour', 9), watch('points', 'day', 10))).toEqual([]);
    expect(found(watch('points', 'hour', 9), watch('purchases', 'day', 9))).toEqual([]);
    expect(found(watch('points', 'hour', 9, 10), watch('points', 'day', 9))).toEqual([]);
    expect(found(watch('points', 'hour', 9), watch('points', 'day', 9))).toEqual([
      'guard_never_acts /guards/velocity/0/most',
    ]);
    expect(found(watch('points', 'day', 9), watch('points', 'day', 10))).toEqual([
      'duplicate_guard /guards/velocity/1',
    ]);
  });

  it('P9: a lane without limits, of rules that pay a fixed number', () => {
    const { caps: _caps, coolDownHours: _hours, ...bare } = visit;
    const found = faults([{ ...bare, lane: 'fast' }], { lanes: [{ code: 'fast', name: 'Fast' }] });
    expect(found).toEqual(['splitting_pays /lanes/0/coolDownHours', 'cap_missing /lanes/0/caps']);
  });

  it('P11: counts every multiplier in, and the best one of a lane', () => {
    const worth = (amount: number): Partial<ProgrammeDocument> => ({
      rewards: [{ code: 'cash', name: 'Cash', points: 100, value: { amount, currency: 'GBP' } }],
      tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
      lanes: [{ code: 'fast', name: 'Fast' }],
    });
    const two: Rule[] = [double, { ...double, id: 'triple', by: '3' }];
    const inLane = two.map((rule): Rule => ({ ...rule, lane: 'fast' }));
    // 4 points a pound together, 3 in a lane: 100 points cost 25 pounds, or 33.33.
    expect(faults(two, worth(2_499))).toEqual([]);
    expect(faults(two, worth(2_500))).toEqual(['pays_out_more_than_spent /rewards/0']);
    expect(faults(inLane, worth(3_333))).toEqual([]);
    expect(faults(inLane, worth(3_334))).toEqual(['pays_out_more_than_spent /rewards/0']);
  });

  it('P11: counts pieces, steps and what comes on top in', () => {
    const worth = (amount: number): Partial<ProgrammeDocument> => ({
      rewards: [{ code: 'cash', name: 'Cash', points: 100, value: { amount, currency: 'GBP' } }],
      tiers: [{ code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' }],
    });
    const more: Rule[] = [
      { ...pieces, id: 'pieces' },
      { ...steps, id: 'steps' },
      { kind: 'per_amount', id: 'top', name: 'On top', rate: '0.5', qualifies: false },
    ];
    // A pound is worth 1 + 0.5 points, 1 for a piece, and 1 of 20 for 20 pounds: 3.5.
    expect(faults(more, worth(2_857))).toEqual([]);
    expect(faults(more, worth(2_858))).toEqual(['pays_out_more_than_spent /rewards/0']);
  });
});

describe('a document of an earlier release', () => {
  it('P16: means what it meant when it was published', () => {
    const { caps: _caps, ...old } = visit;
    const stored = aProgrammeDocument({
      earningRules: [base, { ...old, cap: { period: 'week', points: 100 } } as Rule],
    });
    const today = aProgrammeDocument({ earningRules: [base, visit] });
    const version = { no: 1, effectiveAt: 0 };
    const compiled = compileProgramme(inWordsOfToday(stored), version);
    expect(compiled).toEqual(compileProgramme(today, version));
    expect(inWordsOfToday(today)).toEqual(today);
  });
});
