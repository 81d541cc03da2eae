import type { Expiry } from '../../rules/expiry/terms.js';
import type { ProgrammeDocument } from '../document.js';

/** When points go, and how members are told of it. */
export function compileExpiry({ expiry }: ProgrammeDocument): Expiry {
  if (expiry.kind === 'none') return { kind: 'none' };
  const { kind, months, notices } = expiry;
  if (notices === undefined) return { kind, months };
  const { daysBefore, leastDays = Math.min(...daysBefore) } = notices;
  const { mostDays = null, lastResort = true } = notices;
  return {
    kind,
    months,
    notices: {
      daysBefore: [...daysBefore].sort((a, b) => b - a),
      leastDays,
      mostDays,
      lastResort,
    },
  };
}
