import type { FieldFault } from '../platform/http/domain-error.js';
import type { ProgrammeDocument } from './document.js';
import { shapeOf } from './laws/shape.schema.js';
import { lintDocument } from './lint.js';

export type Checked =
  { readonly document: ProgrammeDocument } | { readonly faults: readonly FieldFault[] };

/**
 * Whether a value is a document that may be published. Every fault of its shape is reported
 * together, and once the shape is right, every law it breaks. Pointers begin with `at`, the place
 * of the document in what was sent.
 */
export function checkDocument(value: unknown, at = ''): Checked {
  const shaped = shapeOf(value);
  const faults = 'faults' in shaped ? shaped.faults : lintDocument(shaped.document);
  if ('document' in shaped && faults.length === 0) return shaped;
  return { faults: faults.map((fault) => ({ ...fault, pointer: `${at}${fault.pointer}` })) };
}
