/** The values that matter to a programme: those its conditions ask for, and one that none does. */
import type { Condition, ProgrammeDocument } from '../../programmes/document.js';
import { withOffersAsRules } from '../../programmes/offers/as-rules.js';
import type { Circumstances } from '../world/step.js';
import { instantsOf } from './times.js';

/** One way in which circumstances may differ. */
export type Turn = Partial<Circumstances>;

/** Each dimension by itself: lists of turns, the first of which asks for nothing. */
export interface Domain {
  dimensions: readonly (readonly Turn[])[];
  /** When things are tried. */
  instants: readonly number[];
  /** Circumstances in which nothing is special. */
  plain: Circumstances;
}

/** `at`: the first day that is looked at. */
export function domainOf(document: ProgrammeDocument, at: number): Domain {
  const rules = withOffersAsRules(document).earningRules;
  const conditions = rules.flatMap(({ when = [] }) => when);
  const instants = instantsOf(document, conditions, at);
  const units = rules.flatMap((rule) => (rule.kind === 'per_unit' ? [rule.minimumUnitAmount] : []));
  const dimensions = [
    instants.map((instant) => ({ at: instant })),
    ...placesOf(conditions),
    values('pieceMinor', units),
    values(
      'pieces',
      each(conditions, 'quantity', ({ minimum }) => [minimum]),
    ),
    ...peopleOf(conditions),
  ];
  return {
    dimensions: dimensions.filter(({ length }) => length > 1),
    instants,
    plain: { at: instants[0] ?? at },
  };
}

/** Where, from whom, and how what is bought. */
const placesOf = (conditions: readonly Condition[]): Turn[][] => [
  values(
    'location',
    each(conditions, 'location', ({ locations }) => locations),
  ),
  values(
    'channel',
    each(conditions, 'channel', ({ channels }) => channels),
  ),
  values(
    'retailer',
    each(conditions, 'retailer', ({ retailers }) => retailers),
  ),
  values(
    'tender',
    each(conditions, 'tender', ({ tenders }) => tenders),
  ),
  values(
    'sku',
    each(conditions, 'sku', ({ skus }) => skus),
  ),
  values(
    'brand',
    each(conditions, 'brand', ({ brands }) => brands),
  ),
];

/** Who buys, and what they did before. */
const peopleOf = (conditions: readonly Condition[]): Turn[][] => [
  values(
    'persona',
    each(conditions, 'persona', ({ personas }) => personas),
  ),
  values(
    'birthday',
    each(conditions, 'birthday_month', () => [true]),
  ),
  values(
    'segments',
    each(conditions, 'segment', () => [true]),
  ),
  values('ordinal', ordinalsOf(each(conditions, 'nth_purchase', ({ numbers }) => [numbers]))),
  values(
    'silentDays',
    each(conditions, 'lapsed', ({ days }) => [days]),
  ),
];

/** Of numbers for which the same conditions hold the least. */
function ordinalsOf(lists: readonly (readonly number[])[]): number[] {
  const found = new Map<string, number>();
  for (const number of [...new Set(lists.flat())].sort((a, b) => b - a)) {
    found.set(lists.map((list) => list.includes(number)).join(), number);
  }
  return [...found.values()].sort((a, b) => a - b);
}

function values<K extends keyof Circumstances>(key: K, found: readonly Circumstances[K][]): Turn[] {
  return [...new Set([undefined, ...found])].map((value) => ({ [key]: value }));
}

function each<K extends Condition['kind'], V>(
  conditions: readonly Condition[],
  kind: K,
  values: (condition: Extract<Condition, { kind: K }>) => readonly V[],
): V[] {
  return conditions.flatMap((condition) => (is(condition, kind) ? values(condition) : []));
}

const is = <K extends Condition['kind']>(
  condition: Condition,
  kind: K,
): condition is Extract<Condition, { kind: K }> => condition.kind === kind;
