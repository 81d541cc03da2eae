/** Stages of inactivity as the core reads them: in their order, with the days each takes. */
import type { StageTerms } from '../../rules/inactivity/terms.js';
import type { Condition, Inactivity, ProgrammeDocument } from '../document.js';

/** Where the document says them, in the order in which they come. */
export const stageFields = [
  ['atRisk', 'at_risk'],
  ['dormant', 'dormant'],
  ['closed', 'closed'],
] as const;

export function compileInactivity(inactivity: Inactivity | undefined): StageTerms[] {
  return stageFields.flatMap(([field, stage]): StageTerms[] => {
    const written = inactivity?.[field];
    if (written === undefined) return [];
    const { afterDays: days, notice } = written;
    return [{ stage, days, notice: notice && { title: notice.title, text: notice.text } }];
  });
}

/** The document with days of silence in the place of the stages that its rules ask for. */
export function asSilence(document: ProgrammeDocument): ProgrammeDocument {
  const days = new Map<string, number>(
    compileInactivity(document.inactivity).map((terms) => [terms.stage, terms.days]),
  );
  if (days.size === 0) return document;
  const silence = (condition: Condition): Condition => {
    const found = condition.kind === 'stage' ? days.get(condition.stage) : undefined;
    return found === undefined ? condition : { kind: 'lapsed', days: found };
  };
  const earningRules = document.earningRules.map((rule) =>
    rule.when === undefined ? rule : { ...rule, when: rule.when.map(silence) },
  );
  return { ...document, earningRules };
}
