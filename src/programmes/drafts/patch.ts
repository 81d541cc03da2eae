/** The two standard ways of changing a JSON document in parts. */
import { applyPatch, type Operation } from 'rfc6902';
import { canonical } from '../../platform/http/canonical.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { isObject } from '../diff/schema-map.js';
import { boundedDraft } from './bounds.js';

/** Operations in one patch at most. */
const OPERATIONS_MAX = 500;

/** RFC 7396: fields of the patch replace the document's, null takes one away, lists are whole. */
export function mergePatched(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    const before = Object.hasOwn(merged, name) ? merged[name] : undefined;
    if (value === null) Reflect.deleteProperty(merged, name);
    else merged[name] = mergePatched(before, value);
  }
  return merged;
}

/**
 * RFC 6902: operations one after the other, all or none. Rejects with `invalid_request` for what is
 * no list of operations, and with `patch_not_applicable` for one that does not fit the document.
 */
export function operationsPatched(target: object, patch: unknown): object {
  const operations = parsedOperations(patch);
  const document = structuredClone(target);
  operations.forEach((operation, n) => {
    perform(document, operation, n);
    // Copying a document into itself doubles it each time, so it is measured on the way.
    boundedDraft(document);
  });
  return document;
}

function perform(document: object, operation: Operation, n: number): void {
  const { op, path } = operation;
  const blamed = 'from' in operation && !isThere(document, operation.from) ? 'from' : 'path';
  const isNew = op === 'add' || op === 'copy' || op === 'move';
  if (blamed === 'from' || !(isNew ? canBeAdded(document, path) : isThere(document, path))) {
    throw inapplicable(`/${n}/${blamed}`, 'leads nowhere in the draft');
  }
  if (op === 'test') {
    // The library compares by a diff, whose time grows with the square of a list's length.
    if (canonical(valueAt(document, path)) === canonical(operation.value)) return;
    throw inapplicable(`/${n}/value`, 'is not what the draft holds there');
  }
  const [error] = applyPatch(document, [operation]);
  if (error !== null && error !== undefined) {
    throw inapplicable(`/${n}/${blamed}`, 'cannot be the place of this operation');
  }
}

const words = ['add', 'remove', 'replace', 'move', 'copy', 'test'];
const withValue = new Set(['add', 'replace', 'test']);
const withFrom = new Set(['move', 'copy']);

function parsedOperations(patch: unknown): Operation[] {
  if (!Array.isArray(patch)) throw malformed('', 'must be a list of operations');
  if (patch.length > OPERATIONS_MAX) {
    throw malformed('', `must have at most ${OPERATIONS_MAX} operations`);
  }
  return patch.map((each: unknown, n) => {
    if (!isObject(each)) throw malformed(`/${n}`, 'must be an object');
    const { op, path, from } = each;
    if (typeof op !== 'string' || !words.includes(op)) {
      throw malformed(`/${n}/op`, `must be one of ${words.join(', ')}`);
    }
    if (!isPointer(path)) throw malformed(`/${n}/path`, 'must be a JSON pointer');
    if (withFrom.has(op) && !isPointer(from)) {
      throw malformed(`/${n}/from`, 'must be a JSON pointer');
    }
    if (withValue.has(op) && each['value'] === undefined) {
      throw malformed(`/${n}/value`, 'is missing');
    }
    // What an operation does not need is left out, as the standard asks.
    return {
      op,
      path,
      ...(withFrom.has(op) && { from }),
      ...(withValue.has(op) && { value: each['value'] }),
    } as Operation;
  });
}

const isPointer = (text: unknown): text is string =>
  typeof text === 'string' && /^(?:\/(?:[^~/]|~[01])*)*$/.test(text);

const tokensOf = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

const isIndex = (token: string, below: number): boolean =>
  /^(?:0|[1-9]\d*)$/.test(token) && Number(token) < below;

/** Undefined = it leads nowhere; stricter than the library, which reads "1x" as 1. */
function valueAt(document: unknown, pointer: string): unknown {
  let value = document;
  for (const token of tokensOf(pointer)) {
    if (Array.isArray(value))
      value = isIndex(token, value.length) ? value[Number(token)] : undefined;
    else value = isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
  }
  return value;
}

const isThere = (document: unknown, pointer: string): boolean =>
  valueAt(document, pointer) !== undefined;

/** Names that would reach behind an object. */
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

function canBeAdded(document: unknown, pointer: string): boolean {
  const last = tokensOf(pointer).at(-1);
  if (last === undefined || forbidden.has(last)) return false;
  const parent = valueAt(document, pointer.slice(0, pointer.lastIndexOf('/')));
  if (Array.isArray(parent)) return last === '-' || isIndex(last, parent.length + 1);
  return isObject(parent);
}

const malformed = (pointer: string, detail: string): DomainError =>
  new DomainError('invalid_request', 'The body is no JSON patch.', {}, [
    { pointer, code: 'malformed_operation', detail },
  ]);

const inapplicable = (pointer: string, detail: string): DomainError =>
  new DomainError('patch_not_applicable', 'An operation does not fit the draft.', {}, [
    { pointer, code: 'not_applicable', detail },
  ]);
