/** A line of an import as it is submitted: with an idempotency key, brought along or made. */
import { createHash } from 'node:crypto';
import type { Line } from '../../platform/ndjson/line-splitter.js';

export interface KeyedLine {
  text: Line;
  /** False when the line brought its own. */
  isKeyMade: boolean;
  /** Its key and its reference: of two lines that share one, the first must be decided first. */
  claims: string[];
}

/** A made key stays below the length a key may have. */
const ENCODED_MAX = 200;

/** The key of a line that brings none is its reference, which is unique for ever anyway. */
export function keyed(text: Line): KeyedLine {
  const line = typeof text === 'string' ? objectIn(text) : undefined;
  if (typeof text !== 'string' || line === undefined) return { text, isKeyMade: false, claims: [] };
  const { reference, idempotencyKey } = line as Partial<Record<string, unknown>>;
  const claims = typeof reference === 'string' ? [`reference ${reference}`] : [];
  if ('idempotencyKey' in line) {
    return { text, isKeyMade: false, claims: [...claims, `key ${String(idempotencyKey)}`] };
  }
  const key = `import/${encoded(typeof reference === 'string' ? reference : '')}`;
  const rest = Object.keys(line).length === 0 ? '' : ',';
  // Written into the text, since writing the parsed line anew would mend what is to be refused.
  const withKey = text.replace('{', () => `{"idempotencyKey":${JSON.stringify(key)}${rest}`);
  return { text: withKey, isKeyMade: true, claims: [...claims, `key ${key}`] };
}

function objectIn(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    // The line is answered as such where all lines are checked.
    return undefined;
  }
}

function encoded(reference: string): string {
  const plain = Buffer.from(reference).toString('base64url');
  if (plain.length <= ENCODED_MAX) return plain;
  return `~${createHash('sha256').update(reference).digest('base64url')}`;
}
