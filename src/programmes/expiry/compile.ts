import { mayGoBySilence, type Expiry } from '../../rules/expiry/terms.js';
import type { Programme } from '../../rules/programme.js';
import type { ProgrammeDocument } from '../document.js';

/** When points go, and how members are told of it. */
export function compileExpiry({ expiry }: ProgrammeDocument, earlier?: Programme): Expiry {
  const kept = earlier !== undefined && mayGoBySilence(earlier.expiry) && { keepsSilent: true };
  if (expiry.kind === 'none') return { kind: 'none', ...kept };
  const { kind, months, notices } = expiry;
  if (notices === undefined) return { kind, months, ...kept };
  const { daysBefore, leastDays = Math.min(...daysBefore) } = notices;
  const { mostDays = null, lastResort = true } = notices;
  return {
    kind,
    months,
    ...kept,
    notices: {
      daysBefore: [...daysBefore].sort((a, b) => b - a),
      leastDays,
      mostDays,
      lastResort,
    },
  };
}
