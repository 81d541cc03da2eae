import { isPlainObject, type Rule } from './field-table.js';

/** The rules behind the field decorators. Each judges one thing and passes what is not its own. */

export const POINTS_AND_MONEY_MAX = 1_000_000_000_000;

const rule = (name: string, detail: string, test: Rule['test']): Rule => ({ name, detail, test });

export function integerRules(min: number, max: number): Rule[] {
  return [
    // -0 would be written back as 0, and so would not be what was sent.
    rule(
      'isInteger',
      'must be a whole number',
      (value) => Number.isInteger(value) && !Object.is(value, -0),
    ),
    rule(
      'isInRange',
      `must be from ${min} to ${max}`,
      (value) => !Number.isInteger(value) || ((value as number) >= min && (value as number) <= max),
    ),
  ];
}

/** Control characters and halves of surrogate pairs: no name has them, and no database takes them all. */
const unprintable = /[\p{Cc}\p{Cs}]/u;
const surrogate = /[\ud800-\udfff]/;

export function textRules(min: number, max: number, pattern?: RegExp): Rule[] {
  const rules = [
    rule('isText', 'must be a string', (value) => typeof value === 'string'),
    rule(
      'hasLength',
      `must be ${min} to ${max} characters long`,
      (value) => typeof value !== 'string' || isBetween(lengthOf(value, max), min, max),
    ),
    rule(
      'isPrintable',
      'must not hold control characters',
      (value) => typeof value !== 'string' || !unprintable.test(value),
    ),
  ];
  if (pattern === undefined) return rules;
  if (pattern.global || pattern.sticky) throw new Error(`${String(pattern)} keeps state`);
  const shape = `must match ${pattern.source}`;
  return [
    ...rules,
    rule('hasPattern', shape, (value) => typeof value !== 'string' || pattern.test(value)),
  ];
}

const isBetween = (value: number, min: number, max: number): boolean =>
  value >= min && value <= max;

/** Characters as a reader and JSON Schema count them, not halves of them. */
function lengthOf(text: string, max: number): number {
  const halves = text.length;
  return halves > max * 2 || !surrogate.test(text) ? halves : Array.from(text).length;
}

const instant =
  /^(\d{4})-(\d\d)-(\d\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)$/;
const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export const instantRules: readonly Rule[] = [
  rule(
    'isInstant',
    'must be a time of the years 1900 to 2999 with an offset, such as 2026-03-01T09:30:00+01:00',
    (value) => typeof value === 'string' && isInstant(value),
  ),
];

function isInstant(text: string): boolean {
  const match = instant.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (year < 1900 || year > 2999 || day < 1 || day > (monthDays[month - 1] ?? 0)) return false;
  return month !== 2 || day < 29 || isLeap(year);
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

export const flagRules: readonly Rule[] = [
  rule('isFlag', 'must be true or false', (value) => typeof value === 'boolean'),
];

export function oneOfRules(values: readonly string[]): Rule[] {
  const allowed = new Set<unknown>(values);
  const detail = `must be one of ${values.join(', ')}`;
  return [rule('isOneOf', detail, (value) => allowed.has(value))];
}

export const objectRules: readonly Rule[] = [rule('isObject', 'must be an object', isPlainObject)];

export function listRules(min: number, max: number): Rule[] {
  return [
    rule('isList', 'must be a list', (value) => Array.isArray(value)),
    rule(
      'hasSize',
      `must have ${min} to ${max} items`,
      (value) => !Array.isArray(value) || isBetween(value.length, min, max),
    ),
  ];
}

/** Judges every item by rules of its own; the fault names the list. */
export function everyItem(rules: readonly Rule[]): Rule[] {
  return rules.map(({ name, detail, test }) =>
    rule(
      `each${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      `every item ${detail}`,
      (value) => !Array.isArray(value) || value.every(test),
    ),
  );
}

export const distinctRule: Rule = rule(
  'isDistinct',
  'must not hold an item twice',
  (value) => !Array.isArray(value) || new Set(value).size === value.length,
);
