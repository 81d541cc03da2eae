/** Where a page ends, as callers are given it: opaque, and refused when it is none of ours. */
import { DomainError } from '../../platform/http/domain-error.js';

export const cursorOf = (parts: readonly (string | number)[]): string =>
  Buffer.from(JSON.stringify(parts)).toString('base64url');

/** The parts of a cursor, each of which must look like its pattern. */
export function parseCursor(
  text: string | undefined,
  patterns: readonly RegExp[],
): string[] | undefined {
  if (text === undefined) return undefined;
  const parts = partsOf(text).map(String);
  const isOurs =
    parts.length === patterns.length &&
    patterns.every((each, index) => each.test(parts[index] ?? ''));
  if (isOurs) return parts;
  throw new DomainError('invalid_request', 'The cursor is none of ours.', {}, [
    { pointer: '/cursor', code: 'unknown_cursor', detail: 'Take it from `next` of an answer.' },
  ]);
}

function partsOf(text: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(text, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    // Whatever else it is, it is not what we gave out, which the caller is told.
    return [];
  }
}
