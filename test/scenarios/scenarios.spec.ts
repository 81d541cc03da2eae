import { checkDocument } from '../../src/programmes/check.js';
import schema from '../../src/programmes/programme.schema.json' with { type: 'json' };
import { BILLION } from '../../src/rules/points.js';
import { billionthsOf } from './expression.js';
import {
  documentOf,
  documentWithout,
  play,
  scenarios,
  type Answer,
  type Step,
  type Told,
} from './scenario.js';

const told = scenarios();
const named = told.map((scenario): [string, Told] => [
  `${scenario.file}: ${scenario.scenario}`,
  scenario,
]);

const kindsIn = (union: { oneOf: { $ref: string }[] }): string[] =>
  union.oneOf.map(({ $ref }) => {
    const name = $ref.replace('#/$defs/', '');
    const found = Object.entries(schema.$defs).find(([key]) => key === name)?.[1];
    const properties: object = found !== undefined && 'properties' in found ? found.properties : {};
    const kind: unknown = 'kind' in properties ? properties.kind : undefined;
    return typeof kind === 'object' && kind !== null && 'const' in kind ? String(kind.const) : name;
  });

/** Counted in reports only: no rule that earns may ask for it. */
const unasked = ['balance'];

/** Everything a marketer can configure about earning; the words after the kind are the document's. */
const features = [
  ...kindsIn(schema.$defs.earningRule).map((kind) => `rate ${kind}`),
  ...kindsIn(schema.$defs.condition).map((kind) => `condition ${kind}`),
  ...kindsIn(schema.$defs.criterion)
    .filter((kind) => !unasked.includes(kind))
    .map((kind) => `segment by ${kind}`),
  ...schema.$defs.cap.properties.period.enum.map((period) => `cap ${period}`),
  'cap per location',
  'cap on all rules',
  'cool-down',
  'basket window',
  'velocity of purchases',
  'velocity of points',
  'lane of rates',
  'lane of multipliers',
  'lane of fixed points',
  'lane cap',
  ...kindsIn(schema.$defs.audience).map((kind) => `offer for ${kind}`),
  ...kindsIn(schema.$defs.offerPays).map((kind) => `offer pays ${kind}`),
  'offer activation',
  'holdout',
  'offer days',
  'offer conditions',
  'offer cap',
  'offer in a lane',
  'budget in points',
  'budget in money',
  'crowding',
  'household limit',
  'device limit',
  'surprise',
  'surprise returned',
  'surprise cap',
  'surprise budget',
  'category before none',
  'does not qualify',
  'counted purchases',
  'tier multiplier',
  'tier by spend',
  'tier by purchases',
  'tier by several ways',
  'rolling window',
  'calendar window',
  'anniversary window',
  'keep threshold',
  'near miss',
  'grace',
  'warning',
  'roll-over',
  'tier given by hand',
  'provisional tier',
  'tier benefits',
  'return',
  'late event',
  'coupon',
  'coupon for an offer',
  'gift cap',
  'voucher',
  'voucher taken by some',
  'voucher minimum purchase',
  'voucher points back',
  'transfer',
  'transfer fee',
  'transfer limit',
  'transfer of what was earned',
  'sale of points',
  'refund of points',
  'package of points',
  'conversion out',
  'conversion fee',
  'conversion limit',
  'conversion in',
  'conversion of what was earned',
  'referral',
  'referral cap',
  'referral budget',
  'referral taken back',
  'partner pays',
  'funders of a rule',
  'prepaid block',
  'points that wait',
  'expiry',
  'expiry by silence',
  'reinstatement',
  'extension',
];

function problem(scenario: Told, document = documentOf(scenario)): string | undefined {
  const answers = play(document, scenario);
  for (const [index, wanted] of scenario.story.entries()) {
    const { points = 0, why = {}, corrects = {}, tier, leaves, receives = 0 } = wanted;
    const answer = answers[index];
    if (answer === undefined) return 'A step has no answer.';
    const step = `step ${String(index + 1)}`;
    if ((answer.receives ?? 0n) !== billionthsOf(String(receives))) {
      return `${step} gives another member ${String(answer.receives)} billionths`;
    }
    for (const place of new Set([...Object.keys(corrects), ...Object.keys(answer.corrects)])) {
      const [due, came] = [billionthsOf(String(corrects[place] ?? 0)), answer.corrects[place]];
      if (came !== due) return `${step} corrects step ${place} by ${String(came)} billionths`;
    }
    if (answer.billionths !== billionthsOf(String(points))) {
      return `${step} gives ${String(answer.billionths)} billionths, not ${String(points)}`;
    }
    for (const [rule, code] of Object.entries(why)) {
      if (answer.why[rule] !== code) return `${step}: ${rule} says ${String(answer.why[rule])}`;
    }
    if (leaves !== undefined && billionthsOf(String(leaves)) !== BILLION * BigInt(answer.leaves)) {
      return `${step} leaves ${String(answer.leaves)} points`;
    }
    if (tier !== undefined && answer.tier !== tier) return `${step} leaves ${answer.tier}`;
    for (const [word, right] of Object.entries(wanted.standing ?? {})) {
      const said = new Map<string, unknown>(Object.entries(answer.standing ?? {})).get(word);
      if (said !== right) return `${step}: the standing says ${word} ${String(said)}`;
    }
    const paid = paying(wanted, answer);
    if (paid !== undefined) return `${step}: ${paid}`;
  }
  return undefined;
}

/** What partners pay, and whether anything is refused. */
function paying({ funded, left = {}, refused }: Step, answer: Answer): string | undefined {
  if (answer.refused !== refused) return `refused: ${String(answer.refused)}`;
  const told = (numbers: Record<string, number>): string =>
    JSON.stringify(Object.entries(numbers).sort());
  if (funded !== undefined && told(answer.funded) !== told(funded)) {
    return `partners pay for ${told(answer.funded)}`;
  }
  const wrong = Object.keys(left).filter((code) => answer.left[code] !== left[code]);
  return wrong.length === 0 ? undefined : `there is left ${told(answer.left)}`;
}

describe('scenarios', () => {
  it.each(named)('%s', (_, scenario) => {
    expect(checkDocument(documentOf(scenario))).not.toHaveProperty('faults');
    expect(problem(scenario)).toBeUndefined();
  });

  it.each(named)('%s: needs the rule that it is about', (_, scenario) => {
    let found: string | undefined;
    try {
      found = problem(scenario, documentWithout(scenario));
    } catch (error) {
      found = String(error).replace(/^Error: /, '');
    }
    expect(found).toMatch(/^(?:Error: )?step/i);
  });

  it.each(features)('%s is shown by two of them at least', (feature) => {
    expect(told.filter(({ shows }) => shows.includes(feature)).length).toBeGreaterThanOrEqual(2);
  });

  it('show nothing that there is not', () => {
    const shown = new Set(told.flatMap(({ shows }) => shows));
    expect([...shown].filter((feature) => !features.includes(feature))).toEqual([]);
  });
});
