/** Versions compiled one behind the other, as each is held against the one it follows. */
import type { Programme } from '../../rules/programme.js';
import { compileProgramme } from '../compile.js';
import type { ProgrammeDocument } from '../document.js';

/** A version as it is stored. */
interface Stored {
  no: number;
  document: ProgrammeDocument;
  effectiveAt: Date;
}

/** The versions with those behind them; `rows` in the order of their numbers. */
export function withNewer(
  versions: readonly Programme[],
  rows: readonly Stored[],
): readonly Programme[] {
  const all = [...versions];
  const newest = all.at(-1)?.no ?? 0;
  for (const { document, no, effectiveAt } of rows) {
    if (no <= newest) continue;
    all.push(
      compileProgramme(document, { no, effectiveAt: effectiveAt.getTime(), earlier: all.at(-1) }),
    );
  }
  return all;
}
