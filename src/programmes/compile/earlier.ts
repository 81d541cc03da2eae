/** Documents as earlier releases published them, in the words of today. */
import type { ProgrammeDocument } from '../document.js';

interface RuleWithCap {
  cap?: { period: 'day' | 'week' | 'month' | 'year' | 'lifetime'; points: number };
}

/** A rule had one cap; now it has a list of them. Stored documents stay as they were published. */
export function inWordsOfToday(document: ProgrammeDocument): ProgrammeDocument {
  const earningRules = document.earningRules.map((rule) => {
    const { cap, ...rest }: typeof rule & RuleWithCap = rule;
    return cap === undefined ? rule : { ...rest, caps: [cap] };
  });
  return { ...document, earningRules };
}
