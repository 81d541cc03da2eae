import { checkDocument } from '../../src/programmes/check.js';
import { timingOf, type TierTiming } from '../../src/incentives/tier-days.js';
import { subjectOf } from '../../src/incentives/subject.js';
import { sanes } from './corpus.js';

const at = Date.parse('2026-06-10T12:00:00Z');

type Policy = NonNullable<ReturnType<typeof sanes>[number]['document']>['ladder'];

function timing(name: string, ladder: Policy): (TierTiming | undefined)[] {
  const document = sanes().find((each) => each.name === name)?.document;
  if (document === undefined) throw new Error(`there is no ${name}`);
  const checked = checkDocument({ ...document, ladder });
  if ('faults' in checked) throw new Error(checked.faults.map(({ detail }) => detail).join(' '));
  const { whole } = subjectOf(checked.document, at);
  return whole.tiers.slice(1).map((tier) => timingOf(whole, tier));
}

const daysOf = (all: (TierTiming | undefined)[]): (readonly number[] | undefined)[] =>
  all.map((each) => each && [each.most.days, each.fewest.days]);

describe('how long a tier lasts', () => {
  it('I90: that is bought on the first day of a year is twice as long as on its last', () => {
    const all = timing('bank', { window: { kind: 'calendar', period: 'year' } });
    // To the end of 2028, a leap year, from noon of New Year's Day of 2027 and of its last day.
    expect(daysOf(all)).toEqual(all.map(() => [365 + 365, 366]));
    const [first] = all;
    expect([first?.most.from, first?.fewest.from]).toEqual(['2027-01-01', '2027-12-31']);
    expect(first?.most.minor).toBe(first?.fewest.minor);
    expect(first?.most.minor).toBeGreaterThan(0);
  });

  it('I90: is made longer for everybody by a grace, and evened out', () => {
    const grace = { window: { kind: 'calendar', period: 'year' }, graceMonths: 2 } as const;
    const [first] = timing('bank', grace);
    // January and February of 2029.
    expect([first?.most.days, first?.fewest.days]).toEqual([730 + 59, 366 + 59]);
  });

  it('I90: is counted from when somebody joined, where windows are their own', () => {
    const [first] = timing('bank', { window: { kind: 'anniversary' } });
    expect(first?.most.from).toBe('2027-06-10');
    expect([first?.most.days, first?.fewest.days]).toEqual([365 + 365, 365]);
  });

  it('I90: is the same whenever it is bought where a window rolls, and nothing where it has no end', () => {
    for (const each of timing('bank', { window: { kind: 'rolling', months: 12 } })) {
      if (each === undefined) throw new Error('it is lost again');
      expect(each.most.days - each.fewest.days).toBeLessThanOrEqual(31);
    }
    for (const each of timing('bank', { window: { kind: 'lifetime' } })) {
      expect(each).toBeUndefined();
    }
  });
});
