import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { DomainError } from './domain-error.js';

const requestOf = (context: ExecutionContext): FastifyRequest =>
  context.switchToHttp().getRequest<FastifyRequest>();

/** The id under which answer, log and posting name this request. */
export const RequestId = createParamDecorator((_, context) => requestOf(context).id);

const documented: ParameterDecorator = (target, name) => {
  if (name === undefined) return;
  const descriptor = Object.getOwnPropertyDescriptor(target, name);
  if (descriptor === undefined) return;
  ApiHeader({
    name: 'Idempotency-Key',
    description: 'Chosen by the caller; the same key with the same body is done once.',
    required: true,
    schema: { type: 'string', minLength: 1, maxLength: 255 },
  })(target, name, descriptor);
};

/** The caller's idempotency key, without the quotes it may be written in. */
export const IdempotencyKey = createParamDecorator(
  (_, context) => parseIdempotencyKey(requestOf(context).headers['idempotency-key']),
  [documented],
);

/** Exported for the bulk endpoint's lines and for tests. */
export function parseIdempotencyKey(header: string | string[] | undefined): string {
  if (header === undefined || header === '') {
    throw new DomainError('idempotency_key_missing', 'The header Idempotency-Key is missing.');
  }
  const key = typeof header === 'string' ? unquoted(header) : '';
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new DomainError(
    'idempotency_key_invalid',
    'An Idempotency-Key is 1 to 255 visible ASCII characters, bare or in double quotes.',
  );
}

/** A structured-field string (RFC 8941) escapes quotes and backslashes; empty when malformed. */
function unquoted(text: string): string {
  if (!text.startsWith('"')) return text;
  const inner = /^"((?:[^"\\]|\\["\\])*)"$/.exec(text)?.[1];
  return inner === undefined ? '' : inner.replaceAll(/\\(["\\])/g, '$1');
}
