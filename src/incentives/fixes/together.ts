/** Fixes of all findings of an audit: what no change by itself ends is tried with the fix of another one. */
import { checkDocument } from '../../programmes/check.js';
import type { ProgrammeDocument } from '../../programmes/document.js';
import type { Finding } from '../finding.js';
import { auditWhole, type Looked } from '../linear/proof.js';
import { fixesOf, type Fix } from './fixes.js';
import { patched } from './patched.js';

/** Other findings whose fixes one is tried with at most: each takes an audit, and a search. */
const OTHERS_MAX = 3;

/** What was audited, and what it was looked at with. */
export interface Sought {
  document: ProgrammeDocument;
  /** Of which fixes are wanted. */
  wanted: readonly Finding[];
  /** All there are. */
  findings: readonly Finding[];
  looked: Looked;
}

/** By the ids of findings; none where nothing was found. */
export async function fixesOfAll(sought: Sought): Promise<Record<string, readonly Fix[]>> {
  const { document, wanted, findings, looked } = sought;
  const alone: Record<string, readonly Fix[]> = {};
  for (const finding of wanted) {
    alone[finding.id] = await fixesOf(document, finding, findings, looked);
  }
  const all = { ...alone };
  for (const finding of wanted) {
    if (alone[finding.id]?.length === 0) all[finding.id] = await withOthers(sought, finding, alone);
  }
  return all;
}

/** Changes that end a finding once another one is fixed, which is part of them. */
async function withOthers(
  { document, wanted, looked }: Sought,
  finding: Finding,
  alone: Readonly<Record<string, readonly Fix[]>>,
): Promise<Fix[]> {
  const others = wanted.flatMap(({ id }) => {
    const [fix] = alone[id] ?? [];
    return fix === undefined ? [] : [{ id, fix }];
  });
  for (const { id, fix } of others.slice(0, OTHERS_MAX)) {
    const changed = changedBy(document, fix);
    const { findings: left } = await auditWhole(changed, looked);
    const still = left.find((each) => each.id === finding.id);
    if (still === undefined) return [{ ...fix, with: id }];
    const own = await fixesOf(changed, still, left, looked);
    if (own.length > 0) {
      return own.map(({ changes, honest: { after } }) => ({
        changes: [...fix.changes, ...changes],
        honest: { before: fix.honest.before, after },
        with: id,
      }));
    }
  }
  return [];
}

function changedBy(document: ProgrammeDocument, { changes }: Fix): ProgrammeDocument {
  const checked = checkDocument(patched(document, changes));
  if ('document' in checked) return checked.document;
  throw new Error('invariant: a fix keeps every law');
}
