import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ValidateBy, ValidateIf, ValidateNested } from 'class-validator';
import {
  POINTS_AND_MONEY_MAX,
  distinctRule,
  everyItem,
  flagRules,
  instantRules,
  integerRules,
  listRules,
  objectRules,
  oneOfRules,
  textRules,
} from '../validation/field-rules.js';
import {
  declareClearable,
  declareField,
  declareOptional,
  type Declaration,
  type RequestClass,
} from '../validation/field-table.js';

/**
 * One decorator per field of a request class. Each tells three readers the same thing: the fast
 * checker, class-validator (which words the faults) and the OpenAPI document.
 */

/** Points or money in minor units: a whole number from 0 to 10^12. */
export const Minor = (): PropertyDecorator => WholeNumber(0, POINTS_AND_MONEY_MAX);

export function WholeNumber(min: number, max: number): PropertyDecorator {
  return field(
    { rules: integerRules(min, max), fromText: wholeNumber },
    { type: 'integer', format: 'int64', minimum: min, maximum: max },
  );
}

/** Text without control characters; the pattern must be anchored if it is to cover everything. */
export function Text(min: number, max: number, pattern?: RegExp): PropertyDecorator {
  return field(
    { rules: textRules(min, max, pattern) },
    { type: 'string', minLength: min, maxLength: max, ...(pattern && { pattern: pattern.source }) },
  );
}

/** A time with an offset (RFC 3339). It stays a string. */
export const Instant = (): PropertyDecorator =>
  field({ rules: instantRules }, { type: 'string', format: 'date-time' });

export const Flag = (): PropertyDecorator =>
  field({ rules: flagRules, fromText: flag }, { type: 'boolean' });

export const OneOf = (values: readonly string[]): PropertyDecorator =>
  field({ rules: oneOfRules(values) }, { type: 'string', enum: [...values] });

/** A list of distinct values of a closed set. */
export const SomeOf = (values: readonly string[], min: number, max: number): PropertyDecorator =>
  field(
    { rules: [...listRules(min, max), ...everyItem(oneOfRules(values)), distinctRule] },
    {
      type: 'array',
      items: { type: 'string', enum: [...values] },
      minItems: min,
      maxItems: max,
      uniqueItems: true,
    },
  );

/** A list of distinct texts. */
export const ListOfText = (
  text: { min: number; max: number; pattern?: RegExp },
  min: number,
  max: number,
): PropertyDecorator =>
  field(
    {
      rules: [
        ...listRules(min, max),
        ...everyItem(textRules(text.min, text.max, text.pattern)),
        distinctRule,
      ],
    },
    {
      type: 'array',
      items: {
        type: 'string',
        minLength: text.min,
        maxLength: text.max,
        ...(text.pattern && { pattern: text.pattern.source }),
      },
      minItems: min,
      maxItems: max,
      uniqueItems: true,
    },
  );

/** An object of another request class. */
export const Nested = (type: () => RequestClass): PropertyDecorator =>
  // Swagger calls only functions that are named `type`.
  field({ rules: objectRules, nested: type }, { type: () => type() }, Type(type), ValidateNested());

/** A list of objects of another request class. */
export const ListOf = (type: () => RequestClass, min: number, max: number): PropertyDecorator =>
  field(
    {
      rules: [...listRules(min, max), ...everyItem(objectRules)],
      nested: type,
      listMax: max,
    },
    { type: () => [type()], minItems: min, maxItems: max },
    Type(type),
    ValidateNested({ each: true }),
  );

/** Any JSON object, which the handler checks itself. */
export const Document = (): PropertyDecorator =>
  field({ rules: objectRules }, { type: 'object', additionalProperties: true });

/** The field may be missing, but not null. */
export function Optional(): PropertyDecorator {
  return (target, key) => {
    declareOptional(target, nameOf(key));
    ValidateIf((_, value) => value !== undefined)(target, key);
    ApiProperty({ required: false })(target, key);
  };
}

/** The field may be missing, and null takes back what was said before. */
export function Clearable(): PropertyDecorator {
  return (target, key) => {
    declareOptional(target, nameOf(key));
    declareClearable(target, nameOf(key));
    ValidateIf((_, value) => value !== undefined && value !== null)(target, key);
    ApiProperty({ required: false, nullable: true })(target, key);
  };
}

function field(
  declaration: Declaration,
  schema: ApiPropertyOptions,
  ...more: PropertyDecorator[]
): PropertyDecorator {
  return (target, key) => {
    declareField(target, nameOf(key), declaration);
    for (const { name, detail, test } of declaration.rules) {
      ValidateBy({ name, validator: { validate: test, defaultMessage: () => detail } })(
        target,
        key,
      );
    }
    for (const decorate of more) decorate(target, key);
    ApiProperty(schema)(target, key);
  };
}

function nameOf(key: string | symbol): string {
  if (typeof key === 'symbol') throw new Error('a request has no fields named by symbols');
  return key;
}

/** Undefined when the text is not the one spelling of a whole number. */
function wholeNumber(text: string): number | undefined {
  return /^(?:0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined;
}

function flag(text: string): boolean | undefined {
  if (text === 'true') return true;
  return text === 'false' ? false : undefined;
}
