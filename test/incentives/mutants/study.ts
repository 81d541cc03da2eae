/**
 * Mutants of the sane programmes, each audited, and each set upon by adversaries that share nothing
 * with the audit. What either found is counted beside what the other did.
 */
import { auditWhole } from '../../../src/incentives/linear/proof.js';
import { checkDocument } from '../../../src/programmes/check.js';
import { drawsOf } from '../../support/purchases.js';
import { sanes } from '../corpus.js';
import { FROM } from './ground.js';
import { mutantOf } from './mutant.js';
import { mostTaken, type Effort } from './search.js';

export interface Looked {
  n: number;
  sane: string;
  changes: readonly string[];
  status: 'refused' | 'proved' | 'refuted' | 'open';
  /** Laws of publishing that it breaks, or checks that found something. */
  why: readonly string[];
  /** Minor units beyond what is meant: at most by the proof, as allowed, and as adversaries took. */
  most?: number | undefined;
  allowance?: number;
  taken?: number;
  /** How they took it, where that is more than it may be. */
  steps?: readonly string[];
  kinds?: readonly string[];
  /** Milliseconds that the audit took, and adversaries. */
  ms?: readonly [number, number];
}

/** The mutant of a seed with this number; one whose laws hold is audited and set upon. */
export async function lookAt(seed: number, n: number, effort: Effort): Promise<Looked> {
  const chance = drawsOf(seed * 100_003 + n);
  const all = sanes();
  const sane = all[Math.floor(chance() * all.length)];
  if (sane === undefined) throw new Error('There are sane programmes.');
  const { document: made, changes } = mutantOf(sane.document, chance);
  const about = { n, sane: sane.name, changes };
  const checked = checkDocument(made);
  if ('faults' in checked) {
    const why = [...new Set(checked.faults.map(({ code }) => code))];
    return { ...about, status: 'refused', why };
  }
  const { document } = checked;
  const started = performance.now();
  const { findings, proof } = await auditWhole(document, { at: FROM });
  const between = performance.now();
  const { status, share, allowance, most, reasons } = proof;
  const taken = mostTaken(document, share, { seed: seed + n, effort });
  const limit = status === 'proved' ? (most ?? 0) : allowance;
  return {
    ...about,
    status,
    why: [...new Set(findings.map(({ check }) => check)), ...reasons],
    most,
    allowance,
    taken: taken.minor,
    ms: [Math.round(between - started), Math.round(performance.now() - between)],
    kinds: [...taken.kinds],
    ...(taken.minor > limit && { steps: taken.steps }),
  };
}

/** Whether adversaries took more than was proved that anybody can: a hole of the audit. */
export const isAboveBound = ({ status, taken = 0, most = 0 }: Looked): boolean =>
  status === 'proved' && taken > most + 0.5;

/** Whether adversaries took more than is allowed. */
export const isGamed = ({ taken = 0, allowance = 0 }: Looked): boolean => taken > allowance + 0.5;

/** Whether they did, and the audit neither refutes it nor finds anything. */
export const isMissed = (looked: Looked): boolean =>
  isGamed(looked) && looked.status !== 'refuted' && looked.why.every((each) => each.includes(' '));

/** What came of all of them, a line each. */
export function tableOf(all: readonly Looked[]): string {
  const count = (is: (looked: Looked) => boolean): number => all.filter(is).length;
  const of =
    (status: Looked['status']) =>
    (looked: Looked): boolean =>
      looked.status === status;
  const refuted = (looked: Looked): boolean => of('refuted')(looked);
  const rows: [string, number][] = [
    ['refused by laws of publishing', count(of('refused'))],
    ['audited', all.length - count(of('refused'))],
    ['  proved', count(of('proved'))],
    ['  refuted', count(refuted)],
    ['  open', count(of('open'))],
    ['above a certified bound', count(isAboveBound)],
    ['found by adversaries', count(isGamed)],
    ['  of these missed by the audit', count(isMissed)],
    ['found by the audit only', count((looked) => refuted(looked) && !isGamed(looked))],
  ];
  return rows.map(([what, number]) => `${what.padEnd(34)}${String(number).padStart(5)}`).join('\n');
}
