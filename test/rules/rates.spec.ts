import { WHOLE_EVENT, type ExplanationItem } from '../../src/rules/explanation.js';
import type { LineBasis, Matching } from '../../src/rules/earning/occasion.js';
import type { Fraction } from '../../src/rules/points.js';
import type { MultiplierRule, PerAmountRule } from '../../src/rules/programme.js';
import { meteredReductionItem } from '../../src/rules/rates/metered-reduction.js';
import { multiplierItems } from '../../src/rules/rates/multiplier.js';
import { perActivityItem } from '../../src/rules/rates/per-activity.js';
import { perAmountItems } from '../../src/rules/rates/per-amount.js';
import { perPurchaseItem } from '../../src/rules/rates/per-purchase.js';
import { perUnitItems } from '../../src/rules/rates/per-unit.js';
import { stepsItem } from '../../src/rules/rates/steps.js';
import { aProgramme } from '../support/programme.js';

const programme = aProgramme();
const MILLION = 1_000_000n;
const base = {
  ...{ id: 'rule', name: 'Rule', lineConditions: [], eventConditions: [] },
  ...{ qualifies: false, lane: undefined },
};
const whole: Fraction = { numerator: 1, denominator: 1 };
const line = (index: number, changed: Partial<LineBasis> = {}): LineBasis => ({
  ...{ index, category: 'home', quantity: 1, minor: 250 },
  ...changed,
});
const matching = (
  lines: readonly LineBasis[],
  { share = whole, minor = lines.reduce((sum, each) => sum + each.minor, 0) } = {},
): Matching => ({ lines, share, minor });

describe('points per amount', () => {
  const rule = (rate: bigint, categories?: string[]): PerAmountRule => ({
    ...{ ...base, kind: 'per_amount', rate },
    categories: categories && new Set(categories),
  });
  const items = (by: PerAmountRule, lines: Matching, named: string[] = []): ExplanationItem[] =>
    perAmountItems(programme, by, 7, lines, ({ category }) => named.includes(category));

  it('R1: are those of each line, floored to a billionth, for the part that tenders paid that earn', () => {
    const lines = [line(0), line(3, { minor: 333 })];
    expect(items(rule(MILLION), matching(lines))).toEqual([
      [7, 0, 'rate_applied', '2500000000', 250],
      [7, 3, 'rate_applied', '3330000000', 333],
    ]);
    const third = { numerator: 1, denominator: 3 };
    expect(items(rule(2n * MILLION), matching([line(1)], { share: third }))).toEqual([
      [7, 1, 'rate_applied', '1666666666', 250],
    ]);
  });

  it('R4: a rule that names a line’s category goes before one that names none', () => {
    const lines = matching([line(0), line(1, { category: 'garden' })]);
    expect(items(rule(MILLION), lines, ['garden'])).toEqual([
      [7, 0, 'rate_applied', '2500000000', 250],
    ]);
    expect(items(rule(MILLION, ['garden', 'books']), lines, ['garden'])).toEqual([
      [7, 1, 'category_rate_applied', '2500000000', 250],
    ]);
  });

  it('R2: that there are none is told with why', () => {
    const one = matching([line(0)]);
    const why = (code: string): unknown => [[7, WHOLE_EVENT, code, '0']];
    expect(items(rule(MILLION), matching([]))).toEqual(why('no_eligible_amount'));
    expect(items(rule(MILLION, ['home']), matching([]))).toEqual(why('no_eligible_amount'));
    expect(items(rule(MILLION), one, ['home'])).toEqual(why('category_rate_goes_first'));
    expect(items(rule(MILLION, ['garden']), one)).toEqual(why('no_line_in_category'));
  });
});

describe('points per piece', () => {
  const items = (lines: readonly LineBasis[], share = whole, minimumUnitMinor = 100): unknown =>
    perUnitItems(
      { ...base, kind: 'per_unit', rate: 2_500_000n, minimumUnitMinor },
      ...([7, matching(lines, { share })] as const),
    );

  it('R5: are for pieces that cost enough each', () => {
    const three = line(4, { quantity: 3, minor: 300 });
    expect(items([three])).toEqual([[7, 4, 'unit_rate_applied', '7500000000', 3]]);
    expect(items([{ ...three, minor: 299 }])).toEqual([
      [7, WHOLE_EVENT, 'below_minimum_amount', '0', 100],
    ]);
    const cheap = line(0, { minor: 99 });
    expect(items([cheap, three])).toEqual([[7, 4, 'unit_rate_applied', '7500000000', 3]]);
  });

  it('R15: are none of lines of which no piece is left', () => {
    const nothing = [[7, WHOLE_EVENT, 'below_minimum_amount', '0', 0]];
    expect(items([line(0, { quantity: 0, minor: 0 })], whole, 0)).toEqual(nothing);
    expect(items([], whole, 0)).toEqual(nothing);
    expect(items([line(0, { minor: 0 })], whole, 0)).toEqual([
      [7, 0, 'unit_rate_applied', '2500000000', 1],
    ]);
  });

  it('R1: are floored to a billionth for the part that tenders paid that earn', () => {
    expect(items([line(0, { quantity: 2, minor: 200 })], { numerator: 2, denominator: 3 })).toEqual(
      [[7, 0, 'unit_rate_applied', '3333333333', 2]],
    );
  });
});

describe('points per purchase', () => {
  const rule = { ...base, kind: 'per_purchase', points: 20, minimumMinor: 500 } as const;
  const item = (minor: number): unknown => perPurchaseItem(rule, 7, matching([], { minor }));

  it('R5: are a fixed number once its lines reach the minimum', () => {
    const given = [7, WHOLE_EVENT, 'purchase_bonus_applied', '20000000000'];
    expect([item(500), item(501)]).toEqual([given, given]);
    expect(item(499)).toEqual([7, WHOLE_EVENT, 'below_minimum_amount', '0', 500]);
  });
});

describe('points by steps', () => {
  const [first, second] = [
    { minimumMinor: 500, points: 5 },
    { minimumMinor: 900, points: 12 },
  ];
  const item = (minor: number, steps = [first, second]): unknown =>
    stepsItem({ ...base, kind: 'steps', steps }, 7, matching([], { minor }));

  it('R5: are those of the highest step that is reached', () => {
    expect(item(499)).toEqual([7, WHOLE_EVENT, 'below_first_step', '0', 500]);
    expect(item(500)).toEqual([7, WHOLE_EVENT, 'step_applied', '5000000000', 500]);
    expect(item(899)).toEqual([7, WHOLE_EVENT, 'step_applied', '5000000000', 500]);
    expect(item(900)).toEqual([7, WHOLE_EVENT, 'step_applied', '12000000000', 900]);
    expect(item(900, [])).toEqual([7, WHOLE_EVENT, 'below_first_step', '0', 0]);
  });
});

describe('points for an activity', () => {
  const item = (minimumMinor: number, value?: number): unknown =>
    perActivityItem({ ...base, kind: 'per_activity', points: 15, minimumMinor }, 7, {
      ...{ kind: 'deposit', value },
    });

  it('R5: are a fixed number for one that is worth enough', () => {
    const given = [7, WHOLE_EVENT, 'activity_applied', '15000000000'];
    expect([item(100, 100), item(100, 101), item(0)]).toEqual([given, given, given]);
    const small = [7, WHOLE_EVENT, 'below_minimum_amount', '0', 100];
    expect([item(100, 99), item(100)]).toEqual([small, small]);
    const rule = { ...base, kind: 'per_activity', points: 15, minimumMinor: 1 } as const;
    expect(perActivityItem(rule, 7, undefined)).toEqual([...small.slice(0, 4), 1]);
  });
});

describe('points for what was saved', () => {
  const usage = { category: 'power', until: 0, perDay: 60 };
  const terms = { ...usage, kind: 'metered_reduction', rate: 700_000n } as const;
  const reading = { kind: 'meter_reading', category: 'power', reading: 5 };
  const item = (
    saved: bigint | undefined,
    activity: typeof reading | undefined = reading,
  ): unknown => meteredReductionItem(terms, 7, activity, saved);

  it('R81: are per unit saved, floored to a billionth, with whole units for people', () => {
    expect(item(2_999_999n)).toEqual([7, WHOLE_EVENT, 'reduction_applied', '2099999300', 2]);
    expect(item(10n)).toEqual([7, WHOLE_EVENT, 'reduction_applied', '7000', 0]);
    expect(meteredReductionItem({ ...terms, rate: 99n }, 7, reading, 10n)).toEqual([
      ...[7, WHOLE_EVENT, 'nothing_saved', '0'],
    ]);
  });

  it('R2: that there are none is told with why', () => {
    expect(item(0n)).toEqual([7, WHOLE_EVENT, 'nothing_saved', '0']);
    expect(item(undefined)).toEqual([7, WHOLE_EVENT, 'no_baseline', '0']);
    const other = [7, WHOLE_EVENT, 'not_a_reading', '0', 'power'];
    expect(item(5n, { ...reading, kind: 'review' })).toEqual(other);
    expect(item(5n, { ...reading, category: 'gas' })).toEqual(other);
    expect(meteredReductionItem(terms, 7, undefined, 5n)).toEqual(other);
  });
});

describe('a multiplier', () => {
  const rule = (by: bigint): MultiplierRule => ({ ...base, kind: 'multiplier', by });
  const earned: ExplanationItem[] = [
    [0, 0, 'rate_applied', '3000000001', 250],
    [0, 2, 'rate_applied', '4000000000', 250],
    [1, 2, 'category_rate_applied', '0', 250],
  ];
  const items = (
    lines: number[],
    { by = 1_500_000n, share = whole, of = whole, on = earned } = {},
  ): unknown =>
    multiplierItems(
      rule(by),
      7,
      matching(
        lines.map((index) => line(index)),
        { share },
      ),
      {
        ...{ items: on, share: of },
      },
    );

  it('R21: adds to the qualifying points of each of its lines, floored to a billionth', () => {
    expect(items([0, 2])).toEqual([
      [7, 0, 'multiplier_applied', '1500000000'],
      [7, 2, 'multiplier_applied', '2000000000'],
    ]);
    expect(items([2], { by: 3n * MILLION })).toEqual([[7, 2, 'multiplier_applied', '8000000000']]);
  });

  it('R21: goes by the part that its tenders paid, of the part that earned', () => {
    const share = { numerator: 1, denominator: 6 };
    const of = { numerator: 2, denominator: 4 };
    expect(items([2], { share, of })).toEqual([[7, 2, 'multiplier_applied', '666666666']]);
  });

  it('R2: says so where its lines earned nothing', () => {
    const nothing = [[7, WHOLE_EVENT, 'nothing_to_multiply', '0']];
    expect(items([1])).toEqual(nothing);
    expect(items([])).toEqual(nothing);
    expect(items([0], { on: [] })).toEqual(nothing);
    expect(items([2], { on: [[1, 2, 'category_rate_applied', '0', 250]] })).toEqual(nothing);
  });
});
