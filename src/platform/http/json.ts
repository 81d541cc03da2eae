import { DomainError } from './domain-error.js';

/** How a change of a JSON document may be written: RFC 7396 and RFC 6902. */
export const patchMedia = ['application/merge-patch+json', 'application/json-patch+json'] as const;

export type PatchMedia = (typeof patchMedia)[number];

/** The media type that a content type names; undefined when it has parameters but UTF-8. */
export function mediaTypeOf(contentType: string): string | undefined {
  return /^([^;\s]+)(?:; ?charset=utf-8)?$/i.exec(contentType)?.[1]?.toLowerCase();
}

/** Nobody nests deeper by hand, and recursion further on stays bounded. */
const DEPTH_MAX = 16;
const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/**
 * Parses one JSON text, strictly: `JSON.parse` keeps the last of two equal fields, takes
 * `__proto__` for a field and cannot tell 1e3 from 1000, so those are refused here.
 */
export function parseJson(text: string): unknown {
  const value = parsed(text);
  const found = isObject(value) ? countFields(value, 1) : 0;
  if (found !== countWrittenFields(text)) throw invalid('An object has the same field twice.');
  return value;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's message quotes the body, which does not belong in an answer or a log.
    throw invalid('The body is not valid JSON.');
  }
}

const invalid = (detail: string): DomainError => new DomainError('invalid_json', detail);

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

function countFields(value: object, depth: number): number {
  if (depth > DEPTH_MAX) throw invalid(`The body nests deeper than ${DEPTH_MAX} levels.`);
  let fields = 0;
  if (Array.isArray(value)) {
    for (const item of value as unknown[]) {
      if (isObject(item)) fields += countFields(item, depth + 1);
    }
    return fields;
  }
  const record = value as Record<string, unknown>;
  for (const name in record) {
    const field = record[name];
    fields += 1;
    if (name === '__proto__' || (name === 'constructor' && isObject(field))) {
      throw invalid('The body has a forbidden field.');
    }
    if (isObject(field)) fields += countFields(field, depth + 1);
  }
  return fields;
}

/** In valid JSON every colon outside a string belongs to one field. */
function countWrittenFields(text: string): number {
  let fields = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === COLON) fields += 1;
    if ((code === 0x65 || code === 0x45) && isDigit(text.charCodeAt(at - 1))) {
      throw invalid('Numbers are written without an exponent.');
    }
    at = code === QUOTE ? afterString(text, at) : at + 1;
  }
  return fields;
}

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

function afterString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1);
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end + 1;
}

function isEscaped(text: string, at: number): boolean {
  let backslashes = 0;
  while (text.charCodeAt(at - 1 - backslashes) === BACKSLASH) backslashes += 1;
  return backslashes % 2 === 1;
}
