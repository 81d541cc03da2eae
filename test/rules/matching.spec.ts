import type { ExplanationItem } from '../../src/rules/explanation.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import type { Purchase } from '../../src/rules/purchase.js';
import { act } from '../../src/rules/act.js';
import { isBasic, isMatching, namedLines } from '../../src/rules/earning/matching.js';
import { aProgramme } from '../support/programme.js';
import { aLine, aMember, anAccrual, aPurchase, lastOf } from '../support/state.js';

type Rule = ProgrammeDocument['earningRules'][number];

const base: Rule = { kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' };
const more = (rule: object): Rule => ({
  ...{ kind: 'per_amount', id: 'more', name: 'More', rate: '2' },
  ...rule,
});

/** What is said of the rule under test, which is the second one. */
function saidOf(rule: Rule, purchase: Purchase): ExplanationItem[] {
  const programme = aProgramme({ earningRules: [base, rule] });
  const outcome = act(programme, { members: [aMember()] }, anAccrual(purchase));
  return lastOf(outcome).explanation.filter(([ruleNo]) => ruleNo === 1);
}
const garden = aLine(1_000, { category: 'garden' });
const home = aLine(500, { category: 'home' });

describe('what a rule is about', () => {
  it('R2: everything, where it asks nothing', () => {
    expect(saidOf(more({}), aPurchase([garden, home]))).toEqual([
      [1, 0, 'rate_applied', '20000000000', 1_000],
      [1, 1, 'rate_applied', '10000000000', 500],
    ]);
  });

  it('R2: the lines that it asks for, or the condition that no line meets', () => {
    const rule = more({ when: [{ kind: 'sku', skus: ['seed'] }] });
    expect(saidOf(rule, aPurchase([garden]))).toEqual([[1, -1, 'no_line_matches', '0', 'sku']]);
    const seeds = aLine(300, { category: 'garden', sku: 'seed' });
    expect(saidOf(rule, aPurchase([garden, seeds])).filter(([, , , sum]) => sum !== '0')).toEqual([
      [1, 1, 'rate_applied', '6000000000', 300],
    ]);
  });

  it('R2: the event, or the condition that it does not meet', () => {
    const rule = more({ when: [{ kind: 'channel', channels: ['app'] }] });
    expect(saidOf(rule, { ...aPurchase([garden]), channel: 'web' })).toEqual([
      [1, -1, 'condition_not_met', '0', 'channel'],
    ]);
    const earned = [[1, 0, 'rate_applied', '20000000000', 1_000]];
    expect(saidOf(rule, { ...aPurchase([garden]), channel: 'app' })).toEqual(earned);
  });

  it('R2: an activity, where it pays for one', () => {
    const rule = more({
      ...{ kind: 'per_activity', activity: 'visit', points: 5, rate: undefined },
      caps: [{ period: 'day', points: 5 }],
    });
    expect(saidOf(rule, aPurchase([garden]))).toEqual([[1, -1, 'not_an_activity', '0']]);
    const metered = { kind: 'metered_reduction', category: 'power', baselineUntil: '2026-01-01' };
    const saving = more({ ...metered, rate: '1', caps: [{ period: 'year', points: 50 }] });
    expect(saidOf(saving, aPurchase([garden]))).toEqual([[1, -1, 'not_an_activity', '0']]);
    const visiting = { ...aPurchase([]), activity: { kind: 'visit' } };
    expect(saidOf(rule, visiting)).toMatchObject([[1, -1, 'activity_applied', '5000000000']]);
    expect(saidOf(saving, visiting)).toEqual([[1, -1, 'not_a_reading', '0', 'power']]);
  });

  it('R2: an event without lines, where it asks for none', () => {
    const inApp = more({
      ...{ kind: 'per_activity', activity: 'visit', points: 5, rate: undefined },
      ...{ caps: [{ period: 'day', points: 5 }], when: [{ kind: 'channel', channels: ['app'] }] },
    });
    const visiting = { ...aPurchase([]), activity: { kind: 'visit' } };
    expect(saidOf(inApp, { ...visiting, channel: 'web' })).toEqual([
      [1, -1, 'condition_not_met', '0', 'channel'],
    ]);
    expect(saidOf(inApp, { ...visiting, channel: 'app' })).toMatchObject([
      [1, -1, 'activity_applied', '5000000000'],
    ]);
  });

  it('R58: nothing, where it is an offer that its member may not use', () => {
    const pays = { kind: 'per_amount', rate: '1' };
    const offer = { code: 'extra', name: 'Extra', audience: { kind: 'all' }, pays };
    const programme = aProgramme({ earningRules: [base], offers: [offer] as never[] });
    const paused = { ...aPurchase([garden]), traits: { offers: { extra: 'paused' as const } } };
    const outcome = act(programme, { members: [aMember()] }, anAccrual(paused));
    expect(lastOf(outcome).explanation.filter(([ruleNo]) => ruleNo === 1)).toEqual([
      [1, -1, 'offer_paused', '0'],
    ]);
  });
});

describe('a rule that names a category', () => {
  /** Billionths of each line by all rules together. */
  const paidFor = (rule: Rule, purchase: Purchase): string[] => {
    const lanes = [{ code: 'week', name: 'This week' }];
    const programme = aProgramme({ lanes, earningRules: [base, rule] });
    const explanation = lastOf(
      act(programme, { members: [aMember()] }, anAccrual(purchase)),
    ).explanation;
    return purchase.lines.map((_, line) =>
      explanation
        .filter(([ruleNo, index]) => ruleNo >= 0 && index === line)
        .map(([ruleNo, , , billionths]) => `${ruleNo}: ${Number(billionths) / 1e9}`)
        .filter((each) => !each.endsWith(': 0'))
        .join(', '),
    );
  };
  const named = (rule: object = {}): Rule => more({ categories: ['garden'], ...rule });
  const both = aPurchase([garden, home]);

  it('R4: goes before those that name none, on its own lines', () => {
    expect(paidFor(named(), both)).toEqual(['1: 20', '0: 5']);
    expect(paidFor(named(), aPurchase([home]))).toEqual(['0: 5']);
  });

  it('R4: does so only where its conditions are met', () => {
    const inApp = named({ when: [{ kind: 'channel', channels: ['app'] }] });
    expect(paidFor(inApp, { ...both, channel: 'app' })).toEqual(['1: 20', '0: 5']);
    expect(paidFor(inApp, { ...both, channel: 'web' })).toEqual(['0: 10', '0: 5']);
    const seeds = named({ when: [{ kind: 'sku', skus: ['seed'] }] });
    const bag = aLine(300, { category: 'garden', sku: 'seed' });
    expect(paidFor(seeds, aPurchase([garden, bag, home]))).toEqual(['0: 10', '1: 6', '0: 5']);
    expect(paidFor(seeds, aPurchase([aLine(300, { category: 'home', sku: 'seed' })]))).toEqual([
      '0: 3',
    ]);
  });

  it('R4: comes on top where it does not qualify, and competes in a lane', () => {
    expect(paidFor(named({ qualifies: false }), both)).toEqual(['0: 10, 1: 20', '0: 5']);
    expect(paidFor(named({ lane: 'week' }), both)).toEqual(['0: 10, 1: 20', '0: 5']);
  });

  it('R2: says of a category that is not there nothing but that no line matches', () => {
    const rule = named({ when: [{ kind: 'sku', skus: ['seed'] }] });
    expect(saidOf(rule, aPurchase([home]))).toEqual([[1, -1, 'no_line_matches', '0', 'sku']]);
  });

  const inGarden = { index: 0, category: 'garden', quantity: 1, minor: 1 };
  const inHome = { ...inGarden, index: 1, category: 'home' };
  const whole = { lines: [inGarden, inHome], share: { numerator: 1, denominator: 1 }, minor: 2 };
  const inApp = { when: [{ kind: 'channel', channels: ['app'] }] };
  const ofSeeds = { kind: 'sku', skus: ['seed'] };
  const namedIn = (
    rules: readonly Rule[],
    matches: Parameters<typeof namedLines>[1] = [],
  ): boolean[] =>
    [inGarden, inHome].map(namedLines(aProgramme({ earningRules: [...rules] }), matches));

  it('R4: names its lines on every occasion where no such rule asks for anything', () => {
    expect(namedIn([base])).toEqual([false, false]);
    expect(namedIn([base, named()])).toEqual([true, false]);
    expect(namedIn([base, named(), named({ id: 'home', categories: ['home'] })])).toEqual([
      true,
      true,
    ]);
    expect(namedIn([{ ...base, ...inApp } as Rule, named()])).toEqual([true, false]);
    expect(namedIn([base, named(), named({ id: 'one', lane: 'week', ...inApp })])).toEqual([
      true,
      false,
    ]);
    const programme = aProgramme({ earningRules: [base, named()] });
    expect(namedLines(programme, [])).toBe(namedLines(programme, [undefined]));
  });

  it('R4: names, where one of them asks for something, only what was found to be met', () => {
    const home = named({ id: 'home', categories: ['home'], ...inApp });
    expect(namedIn([base, named(), home])).toEqual([false, false]);
    expect(namedIn([base, named(), home], [whole, whole])).toEqual([true, false]);
    expect(namedIn([base, named(), home], [whole, undefined, whole])).toEqual([false, true]);
    expect(namedIn([base, named(), home], [whole, whole, whole])).toEqual([true, true]);
    const unmet: ExplanationItem = [2, -1, 'condition_not_met', '0', 'channel'];
    expect(namedIn([base, named(), home], [whole, whole, unmet])).toEqual([true, false]);
    const both = named({ when: [...inApp.when, ofSeeds] });
    expect(namedIn([base, both])).toEqual([false, false]);
    const some = { ...whole, lines: [inHome] };
    expect(namedIn([base, both], [whole, some])).toEqual([false, false]);
  });

  it('R4: is basic where it pays per amount, qualifies and competes with none', () => {
    const kinds = [
      named(),
      named({ qualifies: false }),
      named({ lane: 'week' }),
      { kind: 'per_unit', id: 'unit', name: 'Piece', rate: '3', minimumUnitAmount: 1 } as Rule,
    ];
    const { rules } = aProgramme({ earningRules: kinds });
    expect(
      rules.map((rule) => isBasic({ ...rule, qualifies: rule.id === 'unit' || rule.qualifies })),
    ).toEqual([true, false, false, false]);
    expect([undefined, whole].map(isMatching)).toEqual([false, true]);
    expect(isMatching([0, -1, 'no_line_matches', '0', 'sku'])).toBe(false);
  });
});
