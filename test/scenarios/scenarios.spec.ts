import { checkDocument } from '../../src/programmes/check.js';
import schema from '../../src/programmes/programme.schema.json' with { type: 'json' };
import { billionthsOf } from './expression.js';
import { documentOf, documentWithout, play, scenarios, type Told } from './scenario.js';

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

const unpublished = ['segment'];

/** Everything a marketer can configure about earning; the words after the kind are the document's. */
const features = [
  ...kindsIn(schema.$defs.earningRule).map((kind) => `rate ${kind}`),
  ...kindsIn(schema.$defs.condition)
    .filter((kind) => !unpublished.includes(kind))
    .map((kind) => `condition ${kind}`),
  ...schema.$defs.cap.properties.period.enum.map((period) => `cap ${period}`),
  'cap per location',
  'cap on all rules',
  'cool-down',
  'lane of rates',
  'lane of multipliers',
  'lane of fixed points',
  'lane cap',
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
];

function problem(scenario: Told, document = documentOf(scenario)): string | undefined {
  const answers = play(document, scenario);
  for (const [
    index,
    { points = 0, why = {}, corrects = {}, tier, standing = {} },
  ] of scenario.story.entries()) {
    const answer = answers[index];
    if (answer === undefined) return 'A step has no answer.';
    const step = `step ${String(index + 1)}`;
    for (const place of new Set([...Object.keys(corrects), ...Object.keys(answer.corrects)])) {
      const [wanted, came] = [billionthsOf(String(corrects[place] ?? 0)), answer.corrects[place]];
      if (came !== wanted) return `${step} corrects step ${place} by ${String(came)} billionths`;
    }
    if (answer.billionths !== billionthsOf(String(points))) {
      return `${step} gives ${String(answer.billionths)} billionths, not ${String(points)}`;
    }
    for (const [rule, code] of Object.entries(why)) {
      if (answer.why[rule] !== code) return `${step}: ${rule} says ${String(answer.why[rule])}`;
    }
    if (tier !== undefined && answer.tier !== tier) return `${step} leaves ${answer.tier}`;
    for (const [word, wanted] of Object.entries(standing)) {
      const said = new Map<string, unknown>(Object.entries(answer.standing)).get(word);
      if (said !== wanted) return `${step}: the standing says ${word} ${String(said)}`;
    }
  }
  return undefined;
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
      found = String(error);
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
