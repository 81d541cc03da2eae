/**
 * What the field decorators say of each request class, and a fast yes or no read from it. The
 * detailed reader of the same rules is class-validator; see `shape.reader.ts`.
 */

export type RequestClass<T extends object = object> = new () => T;

export interface Rule {
  /** In camel case; callers see it in snake case. */
  name: string;
  detail: string;
  /** Passes whatever another rule of the field refuses, so that a fault is reported once. */
  readonly test: (value: unknown) => boolean;
}

export interface Field {
  rules: readonly Rule[];
  optional: boolean;
  /** Whether null stands for what is taken back. */
  clearable: boolean;
  /** The class of the object, or of each object of the list, in this field. */
  nested?: () => RequestClass;
  /** Most items, when it is a list. */
  listMax?: number;
  /** What a query string's text means; undefined when it means nothing. */
  fromText?: (text: string) => unknown;
}

export type Fields = ReadonlyMap<string, Field>;
export type Checker = (value: unknown) => boolean;

const declared = new WeakMap<object, Map<string, Field>>();
const checkers = new WeakMap<RequestClass, Checker>();
const optionals = new WeakMap<object, Set<string>>();
const clearables = new WeakMap<object, Set<string>>();

/** What the field's own decorator says; the others are told by decorators beside it. */
export type Declaration = Omit<Field, 'optional' | 'clearable'>;

export function declareField(prototype: object, name: string, field: Declaration): void {
  const optional = optionals.get(prototype)?.has(name) === true;
  const clearable = clearables.get(prototype)?.has(name) === true;
  const fields = declared.get(prototype) ?? new Map<string, Field>();
  fields.set(name, { ...field, optional, clearable });
  declared.set(prototype, fields);
}

/** May stand above or below the field's own decorator. */
export function declareOptional(prototype: object, name: string): void {
  optionals.set(prototype, (optionals.get(prototype) ?? new Set()).add(name));
  const field = declared.get(prototype)?.get(name);
  if (field !== undefined) field.optional = true;
}

/** May stand above or below the field's own decorator. */
export function declareClearable(prototype: object, name: string): void {
  clearables.set(prototype, (clearables.get(prototype) ?? new Set()).add(name));
  const field = declared.get(prototype)?.get(name);
  if (field !== undefined) field.clearable = true;
}

/** Fields of a class and of those it extends; empty when it is no request class. */
export function fieldsOf(type: { prototype: object }): Fields {
  const fields = new Map<string, Field>();
  let prototype: object | null = type.prototype;
  while (prototype !== null) {
    for (const [name, field] of declared.get(prototype) ?? []) {
      if (!fields.has(name)) fields.set(name, field);
    }
    prototype = Object.getPrototypeOf(prototype) as object | null;
  }
  return fields;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a parsed JSON value is an acceptable body of the class. Compiled once per class. */
export function checkerOf(type: RequestClass): Checker {
  const known = checkers.get(type);
  if (known !== undefined) return known;
  const checker = compile(type);
  checkers.set(type, checker);
  return checker;
}

function compile(type: RequestClass): Checker {
  const fields = fieldsOf(type);
  if (fields.size === 0) throw new Error(`${type.name} has no fields: it is no request class`);
  const checks = new Map([...fields].map(([name, field]) => [name, checkOf(field)]));
  const required = [...fields].filter(([, field]) => !field.optional).map(([name]) => name);
  return (value) => {
    if (!isPlainObject(value)) return false;
    for (const name in value) {
      const check = checks.get(name);
      if (check === undefined) return false;
      const field = value[name];
      // A missing field that is required is found below.
      if (field !== undefined && !check(field)) return false;
    }
    for (const name of required) if (value[name] === undefined) return false;
    return true;
  };
}

function checkOf(field: Field): Checker {
  const check = checkOfValue(field);
  return field.clearable ? (value) => value === null || check(value) : check;
}

function checkOfValue({ rules, nested, listMax }: Field): Checker {
  const tests = rules.map(({ test }) => test);
  const passes: Checker = (value) => {
    for (const test of tests) if (!test(value)) return false;
    return true;
  };
  if (nested === undefined) return passes;
  // A class may hold itself, so it is compiled when it is first met.
  const inner: Checker = (value) => checkerOf(nested())(value);
  if (listMax === undefined) return (value) => passes(value) && inner(value);
  return (value) => passes(value) && (value as unknown[]).every(inner);
}
