import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { ProgrammeDocument } from '../document.js';
import schema from '../programme.schema.json' with { type: 'json' };
import type { Finding } from './finding.js';

let compiled: ValidateFunction<ProgrammeDocument> | undefined;

/**
 * Compiling takes a fifth of a second, so not every command does it; a server does before it listens.
 * Optimising what is compiled would take as long again and makes nothing measurably quicker.
 */
export function prepareShape(): ValidateFunction<ProgrammeDocument> {
  compiled ??= new Ajv2020({
    allErrors: true,
    discriminator: true,
    inlineRefs: false,
    code: { optimize: false },
  }).compile<ProgrammeDocument>(schema);
  return compiled;
}

/** More would only repeat one mistake. */
const FAULTS_MAX = 100;

/** Law P1: what of a value is not as the schema says; nothing when it is a document. */
export function shapeOf(
  value: unknown,
): { document: ProgrammeDocument } | { faults: readonly Finding[] } {
  const hasShape = prepareShape();
  if (hasShape(value)) return { document: value };
  const faults = new Map<string, Finding>();
  for (const error of hasShape.errors ?? []) {
    const found = finding(error);
    // A second fault of one field mostly restates the first, as an empty name has no pattern.
    if (!faults.has(found.pointer)) faults.set(found.pointer, found);
  }
  return { faults: [...faults.values()].slice(0, FAULTS_MAX) };
}

const codes: Readonly<Record<string, string>> = {
  required: 'missing',
  additionalProperties: 'unknown_field',
  type: 'wrong_type',
  pattern: 'wrong_format',
  const: 'not_allowed',
  enum: 'not_allowed',
  discriminator: 'not_allowed',
  uniqueItems: 'duplicate_code',
  minimum: 'out_of_bounds',
  maximum: 'out_of_bounds',
  minLength: 'out_of_bounds',
  maxLength: 'out_of_bounds',
  minItems: 'out_of_bounds',
  maxItems: 'out_of_bounds',
};

function finding({
  keyword,
  instancePath,
  params,
  message = 'is not allowed',
}: ErrorObject): Finding {
  const field: unknown = params['missingProperty'] ?? params['additionalProperty'] ?? params['tag'];
  const allowed: unknown = params['allowedValues'];
  const says = keyword === 'discriminator' ? 'must be a kind the schema knows' : message;
  return {
    code: codes[keyword] ?? 'invalid',
    pointer: typeof field === 'string' ? `${instancePath}/${escaped(field)}` : instancePath,
    detail: Array.isArray(allowed) ? `${says}: ${allowed.join(', ')}` : says,
  };
}

/** A field name as one step of a JSON pointer (RFC 6901). */
const escaped = (field: string): string => field.replaceAll('~', '~0').replaceAll('/', '~1');
