import type { ExplanationItem } from '../../src/rules/explanation.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import type { Purchase } from '../../src/rules/purchase.js';
import { act } from '../../src/rules/act.js';
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
  });
});
