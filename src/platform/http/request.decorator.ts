import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiHeader } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { DomainError } from './domain-error.js';
import { mediaTypeOf } from './json.js';

const requestOf = (context: ExecutionContext): FastifyRequest =>
  context.switchToHttp().getRequest<FastifyRequest>();

/** The id under which answer, log and posting name this request. */
export const RequestId = createParamDecorator((_, context) => requestOf(context).id);

/** The media type of the body, which the transport has found to be one the route takes. */
export const MediaType = createParamDecorator((_, context) =>
  mediaTypeOf(requestOf(context).headers['content-type'] ?? ''),
);

const documented =
  (name: string, description: string, schema: object = {}): ParameterDecorator =>
  (target, method) => {
    if (method === undefined) return;
    const descriptor = Object.getOwnPropertyDescriptor(target, method);
    if (descriptor === undefined) return;
    const text = { type: 'string', ...schema };
    ApiHeader({ name, description, required: true, schema: text })(target, method, descriptor);
  };

/** The caller's idempotency key, without the quotes it may be written in. */
export const IdempotencyKey = createParamDecorator(
  (_, context) => parseIdempotencyKey(requestOf(context).headers['idempotency-key']),
  [
    documented(
      'Idempotency-Key',
      'Chosen by the caller; the same key with the same body is done once.',
      { minLength: 1, maxLength: 255 },
    ),
  ],
);

/** The strong entity tags of which one must be that of the thing to be changed. */
export const IfMatch = createParamDecorator(
  (_, context) => parseIfMatch(requestOf(context).headers['if-match']),
  [documented('If-Match', 'The ETag with which the caller has read what is to be changed.')],
);

/**
 * The strong tags of an `If-Match` header, with their quotes; weak ones match nothing (RFC 9110).
 * `*` would match whatever another editor has made meanwhile, so it is no answer to the question.
 */
export function parseIfMatch(header: string | undefined): readonly string[] {
  if (header === undefined || header.trim() === '*') {
    const detail = 'Name the ETag you have read in the header If-Match.';
    throw new DomainError('precondition_required', detail);
  }
  const tags = header.split(',').map((tag) => tag.trim());
  if (tags.every((tag) => entityTag.test(tag))) return tags.filter((tag) => !tag.startsWith('W/'));
  throw new DomainError('invalid_request', 'If-Match is no list of entity tags in double quotes.');
}

/** Ours hold no comma, so that a list may be taken apart at each. */
const entityTag = /^(?:W\/)?"[\x21\x23-\x2b\x2d-\x7e]*"$/;

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
