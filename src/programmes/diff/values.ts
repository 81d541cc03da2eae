/** Values as a marketer reads them: with their unit, and money in the programme's currency. */
import { currencyDigits } from '../laws/currency.js';
import { labelOf, unitOf, type Unit } from './labels.js';
import { fieldNode, fieldOf, inOrder, isObject, nodeFor, type SchemaNode } from './schema-map.js';

/** A value, the field it stands in, and the currency of its document. */
export interface Said {
  value: unknown;
  field: string;
  node: SchemaNode;
  currency: string;
}

/** Characters of a text, and items of a list, that a sentence shows. */
const most = { text: 80, items: 8 };

export function sayValue({ value, field, node, currency }: Said): string {
  const unit = unitOf(field, node.definition);
  if (unit === 'rate' && isFigure(value)) return rate(value, node, currency);
  if (unit !== undefined && isFigure(value)) return withUnit(value, unit, currency);
  if (typeof value === 'number') return figure(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return sayText(value, field, node);
  if (Array.isArray(value)) return sayList(value, field, node, currency);
  if (isObject(value)) return sayFields(value, field, node, currency);
  return 'nothing';
}

/** Both values with one unit at the end, where it goes there: "from 5,000 to 6,000 points". */
export function sayFromTo(before: Said, after: Said): string {
  const unit = unitOf(after.field, after.node.definition);
  const trails = unit !== undefined && unit !== 'money' && unit !== 'times';
  const { value } = before;
  const isShort = trails && isFigure(value) && isFigure(after.value);
  return `from ${isShort ? figure(value) : sayValue(before)} to ${sayValue(after)}`;
}

/** Numbers, and decimal strings as they are written. */
export function isFigure(value: unknown): value is number | string {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+(\.\d+)?$/.test(value));
}

function withUnit(value: number | string, unit: Unit, currency: string): string {
  if (unit === 'money') return money(value, currency);
  if (unit === 'times') return `×${value}`;
  const number = figure(value);
  const plural = String(value) === '1' ? unit.replace(/s$/, '') : unit;
  return `${number} ${plural}`;
}

/** A rate is per unit of money, unless the schema says per what else. */
function rate(value: number | string, { description = '' }: SchemaNode, currency: string): string {
  const [, piece] = /^Points per (?!major unit)([a-z ]+)[,.]/.exec(description) ?? [];
  const points = String(value) === '1' ? 'point' : 'points';
  return `${figure(value)} ${points} per ${piece ?? (currency || 'unit')}`;
}

/** Minor units in the digits of ISO 4217: 250 of GBP is GBP 2.50. */
export function money(minor: number | string, currency: string): string {
  const digits = currencyDigits(currency);
  const isAmount = Number.isSafeInteger(minor) && Number(minor) >= 0;
  if (digits === undefined || !isAmount) return `${figure(minor)} minor units`;
  const text = String(minor).padStart(digits + 1, '0');
  const whole = figure(text.slice(0, text.length - digits));
  return `${currency} ${digits === 0 ? whole : `${whole}.${text.slice(-digits)}`}`;
}

/** With a comma at every thousand. */
export const figure = (value: number | string): string =>
  String(value).replace(/^-?\d+/, (whole) => whole.replaceAll(/\B(?=(?:\d{3})+$)/g, ','));

/** Words that people wrote are quoted; codes and choices are words of the engine. */
function sayText(text: string, field: string, node: SchemaNode): string {
  if (text.trim() === '') return '“”';
  if (node.enum !== undefined || field === 'kind') return text.replaceAll('_', ' ');
  if (node.type === 'string' && node.maxLength === undefined) return text;
  return `“${text.length > most.text ? `${text.slice(0, most.text)}…` : text}”`;
}

function sayList(
  items: readonly unknown[],
  field: string,
  node: SchemaNode,
  currency: string,
): string {
  if (items.length === 0) return 'none';
  const said = items.slice(0, most.items).map((value) => {
    const name = isObject(value) ? firstText(value['name'], value['code'], value['id']) : undefined;
    if (name !== undefined) return name;
    return sayValue({ value, field, node: nodeFor(node.items, value), currency });
  });
  const more = items.length - said.length;
  return more > 0 ? `${said.join(', ')} and ${figure(more)} more` : said.join(', ');
}

/** The first of some values that is a text and not empty. */
export const firstText = (...values: readonly unknown[]): string | undefined =>
  values.find((value): value is string => typeof value === 'string' && value.trim() !== '');

/** What tells an item from others is in the sentence already. */
const told = new Set(['code', 'id', 'name']);

/** The fields of an object in words: "threshold 5,000 points, multiplier ×1.5". */
export function sayFields(
  object: Readonly<Record<string, unknown>>,
  parent: string,
  node: SchemaNode,
  currency: string,
): string {
  const { amount, currency: own, period, points } = object;
  // Money and a cap are one thing each, although they have two fields.
  if (isFigure(amount) && typeof own === 'string') return money(amount, own);
  if (isFigure(points) && typeof period === 'string') {
    const cap = `${withUnit(points, 'points', currency)} per ${period}`;
    return object['perLocation'] === true ? `${cap} and location` : cap;
  }
  const known = nodeFor(node, object);
  const isTold = (name: string): boolean => told.has(name) || isEmptyList(object[name]);
  const names = inOrder(known, Object.keys(object)).filter((name) => !isTold(name));
  const parts = names.map((name) => {
    const value = fieldOf(object, name);
    const inside = nodeFor(fieldNode(known, name), value);
    const said = sayValue({ value, field: name, node: inside, currency });
    return name === 'kind' ? said : `${labelOf(parent, name)} ${said}`;
  });
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;
