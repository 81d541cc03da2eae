import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import type { FastifyRequest } from 'fastify';
import { DomainError, type FieldFault } from './domain-error.js';
import {
  checkerOf,
  fieldsOf,
  isPlainObject,
  type Field,
  type RequestClass,
} from '../validation/field-table.js';

/** More would only repeat themselves. */
const FAULTS_MAX = 50;
const PARAMETER_MAX = 200;

/**
 * The body as its request class, or a `DomainError` that names every fault. The object returned is
 * the one given: its fields have been found to be the class's, so nothing is copied.
 */
export function validated<T extends object>(type: RequestClass<T>, body: unknown): T {
  if (checkerOf(type)(body)) return body as T;
  const faults = faultsOf(type, body);
  const [first] = faults;
  const where = first === undefined || first.pointer === '' ? 'The body' : first.pointer;
  const detail = first === undefined ? 'is not acceptable' : first.detail;
  throw new DomainError('invalid_request', `${where} ${detail}.`, {}, faults);
}

/** Every fault of a body, worded by class-validator; empty exactly when the fast check passes. */
export function faultsOf(type: RequestClass, body: unknown): FieldFault[] {
  if (!isPlainObject(body))
    return [{ pointer: '', code: 'is_object', detail: 'must be an object' }];
  const faults: FieldFault[] = [];
  // class-validator looks up rules by `constructor` and the like, so it only sees known fields.
  const known = withoutUnknown(type, body, '', faults);
  const errors = validateSync(plainToInstance(type, known), { forbidUnknownValues: true });
  for (const error of errors) collect(error, '', faults);
  return faults.slice(0, FAULTS_MAX);
}

function withoutUnknown(
  type: RequestClass,
  body: Record<string, unknown>,
  pointer: string,
  faults: FieldFault[],
): Record<string, unknown> {
  const fields = fieldsOf(type);
  const known: Record<string, unknown> = {};
  for (const name of Object.keys(body)) {
    const field = fields.get(name);
    const here = `${pointer}/${escaped(name)}`;
    if (field !== undefined) known[name] = knownPart(field, body[name], here, faults);
    else if (faults.length < FAULTS_MAX) {
      faults.push({ pointer: here, code: 'unknown_field', detail: 'is not a known field' });
    }
  }
  return known;
}

function knownPart(field: Field, value: unknown, pointer: string, faults: FieldFault[]): unknown {
  const { nested, listMax } = field;
  if (nested === undefined || value === undefined) return value;
  const object = (item: unknown, here: string): unknown =>
    isPlainObject(item) ? withoutUnknown(nested(), item, here, faults) : nothing;
  if (listMax === undefined) return object(value, pointer);
  if (!Array.isArray(value)) return nothing;
  // One item too many is fault enough; the others need not be looked at.
  const items: unknown[] = value.slice(0, listMax + 1);
  return items.map((item, index) => object(item, `${pointer}/${index}`));
}

/** Fails the field's own rules, and leaves class-validator nothing to look for inside. */
const nothing = null;

/** `nestedValidation` is class-validator's own word for what `isObject` says already. */
function collect(error: ValidationError, above: string, faults: FieldFault[]): void {
  const pointer = `${above}/${escaped(error.property)}`;
  for (const [name, detail] of Object.entries(error.constraints ?? {})) {
    if (name !== 'nestedValidation') faults.push({ pointer, code: snakeCase(name), detail });
  }
  for (const child of error.children ?? []) {
    if (faults.length < FAULTS_MAX) collect(child, pointer, faults);
  }
}

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

const snakeCase = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Checks what a request brings, and puts in its place what it means. */
export type Shape = (request: Pick<FastifyRequest, 'params' | 'query' | 'body'>) => void;

/** What a route takes: parameters of its path, and query and body by their request classes. */
export function shapeOf(query: RequestClass | undefined, body: RequestClass | undefined): Shape {
  const read = query === undefined ? undefined : queryReader(query);
  // An action all of whose fields may be left out may come without a body.
  const mayLack = body !== undefined && checkerOf(body)({});
  return (request) => {
    checkParameters(request.params as Readonly<Record<string, string>>);
    if (read !== undefined) request.query = read(request.query);
    if (body === undefined) return;
    if (request.body === undefined && mayLack) request.body = {};
    else validated(body, request.body);
  };
}

/** Nothing is stored under such a name, and PostgreSQL would not even take the question. */
function checkParameters(parameters: Readonly<Record<string, string>>): void {
  for (const name in parameters) {
    const value = parameters[name] ?? '';
    if (value.length > PARAMETER_MAX || unlikely.test(value)) {
      throw new DomainError('not_found', 'There is nothing here.');
    }
  }
}

const unlikely = /[\p{Cc}\p{Cs}]/u;

/** Whole numbers and flags are read from the text that a query string is. */
function queryReader(type: RequestClass): (query: unknown) => object {
  const fields = fieldsOf(type);
  const meantBy = (name: string, value: unknown): unknown => {
    const fromText = fields.get(name)?.fromText;
    return (typeof value === 'string' ? fromText?.(value) : undefined) ?? value;
  };
  return (query) => {
    const given = Object.entries(query as Readonly<Record<string, unknown>>);
    return validated(type, Object.fromEntries(given.map(([k, v]) => [k, meantBy(k, v)])));
  };
}
