/** A document with other numbers at some places; what holds them is made where there is none. */
import { applyPatch, type Operation } from 'rfc6902';
import type { ProgrammeDocument } from '../../programmes/document.js';

export interface Change {
  /** JSON pointer. */
  pointer: string;
  /** 0 of a window that is not there. */
  from: number | string;
  to: number | string;
}

export function patched(
  document: ProgrammeDocument,
  changes: readonly Pick<Change, 'pointer' | 'to'>[],
): unknown {
  const changed: unknown = structuredClone(document);
  for (const { pointer, to } of changes) {
    const operations = [...missing(changed, pointer), add(pointer, to)];
    const failed = applyPatch(changed, operations).find((error) => error !== null);
    if (failed !== undefined) throw failed;
  }
  return changed;
}

/** Of a member of an object it is a replacement too. */
const add = (path: string, value: unknown): Operation => ({ op: 'add', path, value });

/** Objects on the way to a place that are not there, the outermost first. */
function missing(document: unknown, pointer: string): Operation[] {
  const names = pointer.split('/').slice(1, -1);
  let [at, path]: [unknown, string] = [document, ''];
  return names.flatMap((name) => {
    path += `/${name}`;
    at = (at as Record<string, unknown> | undefined)?.[name];
    return at === undefined ? [add(path, {})] : [];
  });
}
