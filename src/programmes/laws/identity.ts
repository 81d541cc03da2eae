/** Law P12: points already earned stay points of the same programme and money. */
import { isObject } from '../diff/schema-map.js';
import type { Finding } from './finding.js';

/** What a next version may not change of the one before; an unfinished one is judged as it is. */
export function keptIdentity(before: unknown, after: unknown): Finding[] {
  const [old, now] = [identityOf(before), identityOf(after)];
  return ['code', 'currency']
    .filter((field) => Object.hasOwn(old, field) && Object.hasOwn(now, field))
    .filter((field) => old[field] !== now[field])
    .map((field) => ({
      pointer: `/identity/${field}`,
      code: 'identity_changed',
      detail: `It has been ${String(old[field])} since the first version.`,
    }));
}

function identityOf(document: unknown): Readonly<Record<string, unknown>> {
  const identity = isObject(document) ? document['identity'] : undefined;
  return isObject(identity) ? identity : {};
}
