import { Shown } from '../../platform/openapi/view.decorator.js';
import type { Finding } from '../laws/finding.js';
import type { DraftState } from './drafts.service.js';
import { findingsOf } from './findings.js';

/** What keeps a document from being published. */
export class FindingView {
  @Shown('text', 'JSON pointer from the root of the document.')
  pointer: string;

  @Shown('text', 'Stable; meant for programs.')
  code: string;

  @Shown('text')
  detail: string;
}

export class DraftView {
  @Shown('whole', 'Rises with every change and is never used twice.')
  revision: number;

  @Shown('flag', 'False while nobody has begun one: then the document is the newest version.')
  begun: boolean;

  @Shown('whole', 'The version it follows from; null = there was none.', 'nullable')
  base: number | null;

  @Shown('whole', 'The newest version. If it is not the base, publishing is refused.', 'nullable')
  newest: number | null;

  @Shown('instant', 'When it was last changed, discarded or published.', 'nullable')
  changedAt: string | null;

  @Shown('text', 'By whom.', 'nullable')
  changedBy: string | null;

  @Shown([FindingView], 'Everything that keeps it from being published as it stands.')
  findings: readonly Finding[];

  @Shown({ type: 'object', additionalProperties: true }, 'May be unfinished: any JSON object.')
  document: object;
}

const orNull = (no: number): number | null => (no === 0 ? null : no);

export function draftView(draft: DraftState): DraftView {
  const { newest } = draft;
  return {
    revision: draft.revision,
    begun: draft.isBegun,
    base: orNull(draft.baseNo),
    newest: newest?.no ?? null,
    changedAt: draft.changedAt?.toISOString() ?? null,
    changedBy: draft.changedBy,
    findings: findingsOf(draft.document, newest?.document),
    document: draft.document,
  };
}
