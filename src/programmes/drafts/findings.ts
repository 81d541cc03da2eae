/** Everything that keeps a draft from being published as it stands. */
import { checkDocument } from '../check.js';
import { isObject } from '../diff/schema-map.js';
import type { Finding } from '../laws/finding.js';
import { keptIdentity } from '../laws/identity.js';

/**
 * The findings of a draft that would follow a version. While its shape is wrong the laws cannot be
 * judged, but for one case: unknown fields are told, and the laws judge the draft without them.
 */
export function findingsOf(draft: unknown, newest: unknown): readonly Finding[] {
  const checked = checkDocument(draft);
  const identity = keptIdentity(newest, draft);
  if ('document' in checked) return identity;
  const { faults } = checked;
  if (!faults.every(({ code }) => code === 'unknown_field')) return [...faults, ...identity];
  const known = checkDocument(without(draft, faults));
  return [...faults, ...('faults' in known ? known.faults : []), ...identity];
}

function without(draft: unknown, faults: readonly Finding[]): unknown {
  const copy: unknown = structuredClone(draft);
  for (const { pointer } of faults) {
    const [, ...tokens] = pointer
      .split('/')
      .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
    const field = tokens.pop() ?? '';
    let parent = copy;
    for (const token of tokens) parent = partOf(parent, token);
    if (isObject(parent)) Reflect.deleteProperty(parent, field);
  }
  return copy;
}

function partOf(value: unknown, token: string): unknown {
  if (Array.isArray(value)) return value[Number(token)];
  return isObject(value) ? value[token] : undefined;
}
