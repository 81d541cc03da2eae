import { applyDecorators, type Type } from '@nestjs/common';
import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';

/** What single values of answers are. Points are whole numbers; exact points and rates decimals. */
const kinds = {
  text: { type: 'string' },
  memberId: { type: 'string', format: 'uuid' },
  /** RFC 3339 in UTC. */
  instant: { type: 'string', format: 'date-time' },
  whole: { type: 'integer', format: 'int64' },
  decimal: { type: 'string', pattern: '^-?\\d+(?:\\.\\d{1,9})?$' },
  flag: { type: 'boolean' },
} satisfies Record<string, ApiPropertyOptions>;

const exceptions = {
  nullable: { nullable: true },
  optional: { required: false },
};

/**
 * One decorator per field of a view: the shape of an answer, which a plain object has. Views are
 * rendered by functions and never instantiated, so documenting them costs an answer nothing.
 */
export function Shown(
  what: keyof typeof kinds | Type | [Type] | ApiPropertyOptions,
  description?: string,
  exception?: keyof typeof exceptions,
): PropertyDecorator {
  return applyDecorators(
    ApiProperty(schemaOf(what)),
    ...(description === undefined ? [] : [ApiProperty({ description })]),
    ...(exception === undefined ? [] : [ApiProperty(exceptions[exception])]),
  );
}

function schemaOf(what: Parameters<typeof Shown>[0]): ApiPropertyOptions {
  if (typeof what === 'string') return kinds[what];
  return typeof what === 'function' || Array.isArray(what) ? { type: what } : what;
}
