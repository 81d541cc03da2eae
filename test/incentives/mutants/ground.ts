/** What of a document an adversary picks from: read off it word by word, without knowing what it means. */
import type { ProgrammeDocument } from '../../../src/programmes/document.js';
import { compileProgramme } from '../../../src/programmes/compile.js';
import type { Programme } from '../../../src/rules/programme.js';
import { Household } from './household.js';

const DAY_MS = 86_400_000;
/** Calendar 2026 in every time zone, which is what a proof is about. */
export const FROM = Date.parse('2026-01-01T12:00:00Z');
export const UNTIL = Date.parse('2026-12-31T00:00:00Z');
/** When a year of meters begins, and the last reading of it. */
const METERS_FROM = Date.parse('2024-11-15T12:00:00Z');
const METERS_READ = Date.parse('2025-11-29T12:00:00Z');

export interface Ground {
  document: ProgrammeDocument;
  programme: Programme;
  /** Minor units of a point to whoever spends it best. */
  point: number;
  earning: readonly string[];
  others: readonly string[];
  sizes: readonly number[];
  largest: number;
  accounts: number;
  resale: ReadonlyMap<string, number>;
  /** Words under a key, at whatever depth. */
  words: (key: string) => readonly string[];
  meters: readonly { category: string; used: number }[];
  /** Instants at which something begins or ends. */
  days: readonly number[];
}

export function groundOf(document: ProgrammeDocument): Ground {
  const { bounds, categories, conversions = [], rewards, tender } = document;
  if (bounds === undefined) throw new Error('Sane programmes have bounds.');
  const largest = bounds.largestBasket;
  const numbers = ['minimumAmount', 'minimumUnitAmount', 'minimum', 'threshold'].flatMap((key) =>
    found(document, key).map(Number),
  );
  const edges = numbers.flatMap((size) => [size - 1, size, size * 2, size * 100]);
  const sizes = [1, 99, largest, ...edges].filter((size) => size >= 1 && size <= largest);
  const worths = [
    ...rewards.map(({ value, points }) => value.amount / points),
    ...conversions.map(({ out, unitWorth }) =>
      out === undefined ? 0 : (out.get * Number(unitWorth)) / out.give,
    ),
    Number(tender?.rate ?? 0),
  ];
  const earning = categories.filter(({ treatment }) => treatment === 'earns');
  const meters = document.earningRules.flatMap((rule) =>
    rule.kind === 'metered_reduction'
      ? [{ category: rule.category, used: rule.maximumPerDay * 300 }]
      : [],
  );
  return {
    document,
    programme: compileProgramme(document, { no: 1, effectiveAt: 0 }),
    point: Math.max(...worths),
    earning: earning.map(({ code }) => code),
    others: categories.filter((each) => !earning.includes(each)).map(({ code }) => code),
    sizes: [...new Set(sizes)],
    largest,
    accounts: bounds.accounts,
    resale: new Map(
      (bounds.categories ?? []).map(({ code, resale = '0' }) => [code, Number(resale)]),
    ),
    words: (key) => [...new Set(found(document, key).map(String))],
    meters,
    days: [...found(document, 'from'), ...found(document, 'until')]
      .map((day) => Date.parse(`${String(day)}T12:00:00Z`))
      .filter((day) => day > FROM && day < UNTIL),
  };
}

/** Numbers and texts under a key, and in lists under it, at whatever depth. */
function found(value: unknown, key: string): (number | string)[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
    const here = name === key ? (Array.isArray(inner) ? inner : [inner]) : [];
    const plain = here.filter((each) => typeof each === 'number' || typeof each === 'string');
    return [...plain, ...found(inner, key)];
  });
}

/** A household at the beginning of the year: one member, or those whose meters were read for one. */
export function begun(ground: Ground, chance: () => number): Household {
  const { programme, point, meters, accounts } = ground;
  const start = meters.length > 0 ? METERS_FROM : FROM - 3 * DAY_MS;
  const house = new Household(programme, start, point);
  const early = meters.length > 0 ? Math.max(1, accounts - 1) : 1;
  for (let n = 0; n < early; n += 1) join(ground, house, chance);
  for (const who of house.names) {
    for (const { category } of meters) read(house, who, category, 0);
  }
  if (meters.length > 0) house.wait(METERS_READ);
  for (const who of house.names) {
    for (const { category, used } of meters) read(house, who, category, used);
  }
  house.wait(FROM - DAY_MS);
  const { tiers } = ground.document;
  const tier = tiers[Math.floor(chance() * tiers.length)];
  // Somebody who climbed last year is what a tier given by hand is.
  if (tier !== undefined && tier !== tiers[0]) house.grant('m0', tier.code, 600);
  house.wait(FROM);
  return house;
}

/** One more of the household joins, as a friend of one of the others or by themselves. */
export function join(ground: Ground, house: Household, chance: () => number): void {
  const { names } = house;
  if (names.length >= ground.accounts) return;
  const friendOf = chance() < 0.8 ? names[Math.floor(chance() * names.length)] : undefined;
  const personas = ground.document.personas ?? [];
  const profile = {
    persona: personas[Math.floor(chance() * personas.length)]?.code,
    birthMonth: 1 + Math.floor(chance() * 12),
    preferences: [],
  };
  house.join(`m${String(names.length)}`, friendOf, profile);
}

export function read(house: Household, who: string, category: string, reading: number): void {
  house.wait(house.now + 3_600_000);
  const activity = { kind: 'meter_reading', category, reading };
  house.accrue(who, { lines: [], tenders: [], activity });
}
