import { hash } from 'node:crypto';

/**
 * Hex SHA-256 of a JSON value, the same for every spelling of it: fields are sorted at every
 * depth, and a field that is undefined counts as missing.
 */
export function bodyHash(value: unknown): string {
  return hash('sha256', canonical(value), 'hex');
}

/** The one spelling of a JSON value that its hash is taken of. */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return quoted(value);
  if (Number.isFinite(value)) return String(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  return Array.isArray(value) ? list(value) : object(value as Record<string, unknown>);
}

function list(items: readonly unknown[]): string {
  let text = '[';
  for (const item of items) text += (text.length > 1 ? ',' : '') + canonical(item);
  return text + ']';
}

function object(record: Record<string, unknown>): string {
  let text = '{';
  for (const name of sorted(Object.keys(record))) {
    const field = record[name];
    if (field === undefined) continue;
    text += (text.length > 1 ? ',' : '') + label(name) + canonical(field);
  }
  return text + '}';
}

/** By insertion while they are few, which for the usual body takes a third of the time. */
function sorted(names: string[]): string[] {
  if (names.length > 16) return names.sort();
  for (let i = 1; i < names.length; i += 1) {
    const name = names[i] ?? '';
    let at = i;
    for (; at > 0 && (names[at - 1] ?? '') > name; at -= 1) names[at] = names[at - 1] ?? '';
    names[at] = name;
  }
  return names;
}

/** The same few names come with every request; invented ones must not fill the memory. */
const LABELS_MAX = 1_000;
const labels = new Map<string, string>();

function label(name: string): string {
  const known = labels.get(name);
  if (known !== undefined) return known;
  const made = `${quoted(name)}:`;
  if (labels.size < LABELS_MAX) labels.set(name, made);
  return made;
}

/** Nearly every text is written as it is, and finding that out is quicker than escaping. */
const plain = /^[ !#-[\]-~]*$/;

const quoted = (text: string): string => (plain.test(text) ? `"${text}"` : JSON.stringify(text));
