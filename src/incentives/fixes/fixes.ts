/**
 * The smallest changes of one number, or of two, after which a finding is none any more and no other
 * has come: each was audited anew, as a whole, before it is told.
 */
import { checkDocument } from '../../programmes/check.js';
import type { ProgrammeDocument } from '../../programmes/document.js';
import { checkAlone } from '../audit.js';
import type { Finding } from '../finding.js';
import { least } from '../least.js';
import { auditWhole, type Looked } from '../linear/proof.js';
import { Bench } from '../probes/bench.js';
import { subjectOf } from '../subject.js';
import { candidatesFor, type Candidate, type Knob } from './knobs.js';
import { patched, type Change } from './patched.js';

export interface Fix {
  changes: readonly Change[];
  /**
   * Minor units that ordinary purchases in the first tier give back, before and after: one of each
   * category, as large as the median member spends in a month, or a tenth of the largest.
   */
  honest: { before: number; after: number };
  /** Id of another finding whose own fix is part of it; undefined = it does by itself. */
  with?: string;
}

/** Fixes told for one finding at most. */
const TOLD_MAX = 3;
/** Candidates looked at for one finding at most. */
const CANDIDATES_MAX = 12;
/** Parts into which the way of a number to its limit is divided at most. */
const PARTS_MAX = 4_096;

/** Fixes of a finding of a document, those that cost honest members least first. */
export async function fixesOf(
  document: ProgrammeDocument,
  finding: Finding,
  findings: readonly Finding[],
  looked: Looked,
): Promise<Fix[]> {
  const known = new Set(findings.map(({ id }) => id));
  const found: Fix[] = [];
  for (const candidate of candidatesFor(document, finding).slice(0, CANDIDATES_MAX)) {
    // Two numbers only where one does not do.
    if (candidate.length > 1 && found.length > 0) break;
    const parts = partsOf(candidate);
    const ends = (part: number): boolean => endsIt(document, finding, looked, candidate, part);
    const part = leastPart(parts, ends);
    if (part === undefined) continue;
    const changed = sound(document, candidate, part);
    if (changed === undefined) continue;
    const { findings: after } = await auditWhole(changed, looked);
    const isMended = after.every(({ id }) => known.has(id) && id !== finding.id);
    if (!isMended) continue;
    const changes = candidate.map((knob) => changeOf(knob, part, parts));
    found.push({ changes, honest: honestOf(document, changed, looked.at) });
  }
  const cost = ({ honest }: Fix): number => honest.before - honest.after;
  return found.sort((a, b) => cost(a) - cost(b)).slice(0, TOLD_MAX);
}

/** Whether the check that found it finds it no more in the changed document. */
function endsIt(
  document: ProgrammeDocument,
  { id, check }: Finding,
  { at, before }: Looked,
  candidate: Candidate,
  part: number,
): boolean {
  const changed = sound(document, candidate, part);
  if (changed === undefined) return false;
  return checkAlone(subjectOf(changed, at, before), check).every((found) => found.id !== id);
}

/** The least part that ends it, where more of it does so too; undefined = not even all. */
function leastPart(parts: number, ends: (part: number) => boolean): number | undefined {
  // All of the way is often more than a law allows, so that a part of it has to do.
  const far = [parts, Math.floor(parts * 0.9), Math.floor(parts / 2)].find(
    (part) => part > 0 && ends(part),
  );
  return far === undefined ? undefined : least(far, ends);
}

const stepsOf = ({ from, limit, decimals = 0 }: Knob): number =>
  Math.round(Math.abs(limit - from) * 10 ** decimals);

const partsOf = (candidate: Candidate): number =>
  Math.min(PARTS_MAX, Math.max(...candidate.map(stepsOf)));

/** A number so many parts of its way towards its limit, rounded away from where it was. */
function changeOf(knob: Knob, part: number, parts: number): Change {
  const { pointer, from, limit, decimals } = knob;
  const steps = Math.min(stepsOf(knob), Math.ceil((stepsOf(knob) * part) / parts));
  const value = from + (Math.sign(limit - from) * steps) / 10 ** (decimals ?? 0);
  if (decimals === undefined) return { pointer, from, to: Math.round(value) };
  return { pointer, from: String(from), to: String(Number(value.toFixed(decimals))) };
}

/** The changed document; undefined = it breaks a law. */
function sound(
  document: ProgrammeDocument,
  candidate: Candidate,
  part: number,
): ProgrammeDocument | undefined {
  const parts = partsOf(candidate);
  const changes = candidate.map((knob) => changeOf(knob, part, parts));
  const checked = checkDocument(patched(document, changes));
  return 'document' in checked ? checked.document : undefined;
}

function honestOf(before: ProgrammeDocument, after: ProgrammeDocument, at: number): Fix['honest'] {
  const [had, has] = [before, after].map((document) => {
    const bench = new Bench(document, at);
    const { medianSpend, largestBasket } = bench.bounds;
    const amount = medianSpend ?? Math.ceil(largestBasket / 10);
    const how = bench.domain.plain;
    const points = bench.categories.reduce(
      (sum, category) => sum + bench.points(bench.tiers[0] ?? '', { category, amount, how }),
      0,
    );
    return Math.round(points * bench.worth.ofAll);
  });
  return { before: had ?? 0, after: has ?? 0 };
}
