/** Laws P120 to P122: stages of inactivity come one after the other, and rules name those there are. */
import type { StageTerms } from '../../rules/inactivity/terms.js';
import type { Inactivity, ProgrammeDocument } from '../document.js';
import type { Finding } from '../laws/finding.js';
import { stageFields } from './compile.js';

/** Days from one stage to the next, at least: so nobody is told two things at once. */
const APART_DAYS = 30;
/** Days of silence before anybody is closed, at least: a year with its seasons. */
const CLOSED_DAYS = 365;

/** Laws P120 and P121. */
export function inactivityStages({ inactivity }: ProgrammeDocument): Finding[] {
  const findings: Finding[] = [];
  let before = 0;
  for (const [field] of stageFields) {
    const days = inactivity?.[field]?.afterDays;
    if (days === undefined) continue;
    const pointer = `/inactivity/${field}/afterDays`;
    if (days < before + APART_DAYS) {
      const detail = `It begins ${String(APART_DAYS)} days after the stage before it, or later.`;
      findings.push({ code: 'stages_too_close', pointer, detail });
    }
    if (field === 'closed' && days < CLOSED_DAYS) {
      const detail = `Nobody is closed before ${String(CLOSED_DAYS)} days of silence are over.`;
      findings.push({ code: 'closed_too_soon', pointer, detail });
    }
    before = days;
  }
  return findings;
}

/** Law P122, for a condition. */
export function stageNamed(
  inactivity: Inactivity | undefined,
  named: StageTerms['stage'],
  pointer: string,
): Finding[] {
  const found = stageFields.find(([, stage]) => stage === named);
  if (found !== undefined && inactivity?.[found[0]] !== undefined) return [];
  const detail = `The programme has no stage "${named}".`;
  return [{ code: 'unknown_stage', pointer, detail }];
}
