/** Draws documents and unfinished drafts, and applies differences: the proof of a diff. */
import fc from 'fast-check';
import type { Difference } from '../../src/programmes/diff/diff.js';
import { aProgrammeDocument } from '../support/programme.js';

type Json = unknown;
type Fields = Record<string, Json>;

const isFields = (value: Json): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

/** The later document, made of the earlier one and the differences alone. */
export function applied(from: Json, differences: readonly Difference[]): Json {
  return appliedAt(from, differences, '', '');
}

/** `was` and `is` point to the same place in the earlier and the later document. */
function appliedAt(value: Json, all: readonly Difference[], was: string, is: string): Json {
  const own = all.find(({ kind, pointer }) => kind === 'changed' && pointer === is);
  if (own !== undefined) return own.after;
  if (Array.isArray(value)) return appliedToList(value, all, was, is);
  if (!isFields(value)) return value;
  const fields: Fields = {};
  for (const [name, each] of Object.entries(value)) {
    const [before, after] = [`${was}/${escaped(name)}`, `${is}/${escaped(name)}`];
    if (all.some(({ kind, pointer }) => kind === 'removed' && pointer === before)) continue;
    fields[name] = appliedAt(each, all, before, after);
  }
  for (const { kind, pointer, after } of all) {
    const name = childOf(is, pointer);
    if (kind === 'added' && name !== undefined) fields[name] = after;
  }
  return fields;
}

function appliedToList(list: Json[], all: readonly Difference[], was: string, is: string): Json[] {
  const removed = new Set<number>();
  const placed = new Map<number, { value: Json } | { old: number }>();
  const movedFrom = new Set<number>();
  for (const { kind, pointer, from = '', after } of all) {
    const [gone, place] = [childOf(was, pointer), childOf(is, pointer)];
    if (kind === 'removed' && gone !== undefined) removed.add(Number(gone));
    if (kind === 'added' && place !== undefined) placed.set(Number(place), { value: after });
    if (kind === 'moved' && place !== undefined) {
      const old = Number(childOf(was, from));
      placed.set(Number(place), { old });
      movedFrom.add(old);
    }
  }
  const stays = list.flatMap((_, n) => (removed.has(n) || movedFrom.has(n) ? [] : [n]));
  const result: Json[] = [];
  const item = (old: number, place: number): Json =>
    appliedAt(list[old], all, `${was}/${String(old)}`, `${is}/${String(place)}`);
  while (stays.length > 0 || placed.has(result.length)) {
    const place = result.length;
    const here = placed.get(place);
    if (here === undefined) result.push(item(stays.shift() ?? NaN, place));
    else result.push('value' in here ? here.value : item(here.old, place));
  }
  return result;
}

/** The last step of a pointer when it leads just one step below another. */
function childOf(parent: string, pointer: string): string | undefined {
  if (!pointer.startsWith(`${parent}/`)) return undefined;
  const rest = pointer.slice(parent.length + 1);
  return rest.includes('/') ? undefined : rest.replaceAll('~1', '/').replaceAll('~0', '~');
}

const name = fc.constantFrom(
  'code',
  'id',
  'kind',
  'name',
  'tiers',
  'a/b',
  'c~d',
  'points',
  'toString',
);
const scalar = fc.oneof(
  fc.constantFrom('x', 'y', '5', '', 'per_amount'),
  fc.integer({ min: 0, max: 3 }),
  fc.boolean(),
  fc.constant(null),
);

/** Any JSON, of few names and values, so that things meet again. */
export const anyJson = fc.letrec<{ value: Json; fields: Fields }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 5 }),
    tie('fields'),
  ),
  fields: fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
}));

const code = fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g');
const points = fc.integer({ min: 0, max: 9_999_999 });
const text = fc.constantFrom('Garden', 'Home', 'Café');

/** Documents with lists of coded things in any order, mostly sound in shape. */
export const anyDocument = fc
  .record({
    tiers: fc.uniqueArray(
      fc.record({ code, name: text, threshold: points, multiplier: fc.constantFrom('1', '1.5') }),
      { selector: (tier) => tier.code, maxLength: 7 },
    ),
    rewards: fc.uniqueArray(
      fc.record(
        {
          code,
          name: text,
          points,
          value: fc.record({ amount: points, currency: fc.constantFrom('GBP', 'JPY') }),
          minimumTier: code,
        },
        { requiredKeys: ['code', 'name', 'points', 'value'] },
      ),
      { selector: (reward) => reward.code, maxLength: 7 },
    ),
    excludedTenders: fc.uniqueArray(code, { maxLength: 7 }),
    expiry: fc.oneof(
      fc.constant({ kind: 'none' }),
      fc.record({ kind: fc.constant('rolling'), months: fc.integer({ min: 1, max: 9 }) }),
    ),
    returnWindowDays: fc.integer({ min: 0, max: 365 }),
    more: tieMore(),
  })
  .map(({ tiers, rewards, excludedTenders, expiry, returnWindowDays, more }): Fields => {
    const { identity, categories, earningRules } = aProgrammeDocument();
    const earningBasis = { tax: 'included', excludedTenders };
    return {
      identity,
      categories,
      earningRules,
      tiers,
      rewards,
      earningBasis,
      expiry,
      returnWindowDays,
      ...more,
    };
  });

function tieMore(): fc.Arbitrary<Fields> {
  return fc.oneof(fc.constant({}), anyJson.fields);
}
