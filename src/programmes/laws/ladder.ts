/** Law P8: a ladder goes up, and whoever climbs it loses nothing. */
import { parseRate } from '../../rules/points.js';
import type { ProgrammeDocument } from '../document.js';
import type { Finding } from './finding.js';

export function ladder({ tiers }: ProgrammeDocument): Finding[] {
  return tiers.flatMap(({ code, threshold, multiplier }, place): Finding[] => {
    const pointer = `/tiers/${String(place)}`;
    const below = tiers[place - 1];
    if (below === undefined) {
      if (threshold === 0) return [];
      const detail = 'Everybody stands in the first tier, so its threshold is 0.';
      return [{ code: 'first_tier_not_at_zero', pointer: `${pointer}/threshold`, detail }];
    }
    const findings: Finding[] = [];
    if (threshold <= below.threshold) {
      findings.push({
        code: 'tiers_not_ascending',
        pointer: `${pointer}/threshold`,
        detail: `"${code}" comes after "${below.code}" but is not above it.`,
      });
    }
    if ((parseRate(multiplier) ?? 0n) < (parseRate(below.multiplier) ?? 0n)) {
      findings.push({
        code: 'higher_tier_earns_less',
        pointer: `${pointer}/multiplier`,
        detail: `"${code}" earns less than "${below.code}" below it.`,
      });
    }
    return findings;
  });
}
