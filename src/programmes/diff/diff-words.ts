/** Differences as sentences that a marketer reads. */
import type { Difference, Step } from './diff.js';
import { labelOf, singularOf, subjectOf } from './labels.js';
import { isObject } from './schema-map.js';
import { firstText, isFigure, sayFields, sayFromTo, sayValue, type Said } from './values.js';

/** The currencies in which the two documents count. */
export interface Currencies {
  from: string;
  to: string;
}

/** The currency a document names; empty when it names none. */
export function currencyOf(document: unknown): string {
  const identity = isObject(document) ? document['identity'] : undefined;
  const currency = isObject(identity) ? identity['currency'] : undefined;
  return typeof currency === 'string' ? currency : '';
}

/** One sentence: "Tier Gold: threshold goes from 5,000 to 6,000 points." */
export function sentence(difference: Difference, currencies: Currencies): string {
  const { steps } = difference;
  const at = steps.findLastIndex(({ item }) => isObject(item));
  if (at < 0) return ofPart(difference, currencies);
  const list = steps[at - 1]?.token ?? '';
  const rest = steps.slice(at + 1);
  const subject = capital(itemNames(steps.slice(0, at + 1)));
  if (rest.length === 0) return `${subject} ${itemChange(difference, list, currencies)}.`;
  return `${subject}: ${fieldChange(difference, [list, ...tokens(rest)], currencies)}.`;
}

/** What changes outside of any list of things. */
function ofPart(difference: Difference, currencies: Currencies): string {
  const [part, ...inside] = difference.steps;
  if (part === undefined) return 'The whole document changes.';
  if (inside.length === 0 || part.node.items !== undefined) {
    return `${capital(fieldChange(difference, ['', ...tokens(difference.steps)], currencies))}.`;
  }
  const change = fieldChange(difference, [part.token, ...tokens(inside)], currencies);
  return `${capital(subjectOf(part.token))}: ${change}.`;
}

/** The names on a way; undefined = a place in a list. */
type Path = readonly (string | undefined)[];

const tokens = (steps: readonly Step[]): Path =>
  steps.map(({ token, siblings }) => (siblings === undefined ? token : undefined));

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** "tier Gold"; of things inside of things, the outer ones first. */
const itemNames = (steps: readonly Step[]): string =>
  steps
    .flatMap((step, n) => (isObject(step.item) ? itemName(step, steps[n - 1]?.token ?? '') : []))
    .join(', ');

/** By its name, with its code when another item has the same; by its place when it has neither. */
function itemName({ item, siblings = [], node, token }: Step, list: string): string {
  const kind = singularOf(list, node.title);
  if (!isObject(item)) return kind;
  const name = firstText(item['name']);
  const code =
    firstText(item['code'], item['id'], item['kind'], item['period']) ?? String(Number(token) + 1);
  if (name === undefined) return `${kind} ${code}`;
  const isShared = siblings.filter((each) => isObject(each) && each['name'] === name).length > 1;
  return isShared ? `${kind} ${name} (${code})` : `${kind} ${name}`;
}

function itemChange(difference: Difference, list: string, { from, to }: Currencies): string {
  const { kind, before, after, steps } = difference;
  const node = steps.at(-1)?.node ?? {};
  const said = (item: unknown, currency: string): string =>
    isObject(item)
      ? sayFields(item, list, node, currency)
      : sayValue({ value: item, field: list, node, currency });
  if (kind === 'added') return `is new: ${said(after, to)}`;
  if (kind === 'removed') return `is removed (${said(before, from)})`;
  if (kind === 'moved') return places(difference);
  return `changes from ${said(before, from)} to ${said(after, to)}`;
}

/** Places are counted from 1, as people do. */
function places({ pointer, from = '' }: Difference): string {
  const place = (text: string): number => Number(text.split('/').at(-1)) + 1;
  const [was, is] = [place(from), place(pointer)];
  if (was === is) return `stays at place ${is} while others move past it`;
  return `moves from place ${was} to place ${is}`;
}

/** `path` begins with the part or list that the field is in. */
function fieldChange(difference: Difference, path: Path, currencies: Currencies): string {
  const { kind, before, after, steps } = difference;
  const node = steps.at(-1)?.node ?? {};
  const field = path.at(-1);
  if (field === undefined) {
    return valueChange(difference, path.findLast((each) => each !== undefined) ?? '', currencies);
  }
  const label = labelOf(path.at(-2) ?? '', field);
  const saying = (value: unknown, currency: string): Said => ({ value, field, node, currency });
  const [was, is] = [saying(before, currencies.from), saying(after, currencies.to)];
  const isWhole = isObject(after ?? before) || Array.isArray(after ?? before);
  if (kind === 'added') return `${label} ${isWhole ? 'added:' : 'is set to'} ${sayValue(is)}`;
  if (kind === 'removed') {
    return `${label} ${isWhole ? 'removed:' : 'is no longer set; it was'} ${sayValue(was)}`;
  }
  const verb = isFigure(before) && isFigure(after) ? 'goes' : 'changes';
  return `${label} ${verb} ${sayFromTo(was, is)}`;
}

/** What happens to a plain value of a list. */
function valueChange(difference: Difference, list: string, { from, to }: Currencies): string {
  const { kind, before, after, steps } = difference;
  const node = steps.at(-1)?.node ?? {};
  const said = (value: unknown, currency: string): string =>
    sayValue({ value, field: list, node, currency });
  const name = singularOf(list, undefined);
  if (kind === 'added') return `${name} ${said(after, to)} is added`;
  if (kind === 'removed') return `${name} ${said(before, from)} is removed`;
  if (kind === 'moved') return `${name} ${said(after, to)} ${places(difference)}`;
  return `${name} changes from ${said(before, from)} to ${said(after, to)}`;
}
