/** How much a draft may hold: as much as one request could have sent. */
import { DomainError } from '../../platform/http/domain-error.js';
import { isObject } from '../diff/schema-map.js';

/** Characters of JSON, and levels of nesting, the document itself included. */
const most = { length: 256 * 1024, depth: 16 };

/** Whether a value is a draft: an object that is neither too long nor too deep. Throws if not. */
export function boundedDraft(value: unknown): object {
  if (!isObject(value)) throw refusal('', 'is_object', 'must be an object');
  if (!isWithin(value, most.depth)) {
    throw refusal('', 'too_deep', `must not nest deeper than ${most.depth} levels`);
  }
  if (JSON.stringify(value).length <= most.length) return value;
  throw new DomainError('payload_too_large', 'The draft would be larger than 256 KiB.');
}

/** Stops at the first level too many, so that it never recurses further. */
function isWithin(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return levels > 0 && Object.values(value).every((part) => isWithin(part, levels - 1));
}

const refusal = (pointer: string, code: string, detail: string): DomainError =>
  new DomainError('invalid_request', 'This is no draft.', {}, [{ pointer, code, detail }]);
