/** Law P82: a pilot and the version beside it differ in how is earned, and in nothing else. */
import { bodyHash } from '../../platform/http/canonical.js';
import type { ProgrammeDocument } from '../document.js';
import type { Finding } from '../laws/finding.js';

/** What may differ between two versions that are in force at once. */
const ofEarning: readonly (keyof ProgrammeDocument)[] = [
  'thanks',
  'categories',
  'earningBasis',
  'earningRules',
  'lanes',
  'earningCaps',
  'countedPurchases',
  'segments',
  'guards',
  'bounds',
];

/**
 * Members have one standing, one balance and one stock of rewards, whichever version decided their
 * last purchase, so tiers, money, clock, expiry, rewards and all else are those of the other version.
 */
export function keptBeside(beside: ProgrammeDocument, pilot: ProgrammeDocument): Finding[] {
  const old = new Map<string, unknown>(Object.entries(beside));
  const now = new Map<string, unknown>(Object.entries(pilot));
  const fields = new Set([...now.keys(), ...old.keys()]);
  for (const field of ofEarning) fields.delete(field);
  return [...fields]
    .filter((field) => bodyHash({ at: old.get(field) }) !== bodyHash({ at: now.get(field) }))
    .map((field) => ({
      pointer: `/${field}`,
      code: 'pilot_changes_more',
      detail: 'A pilot changes how is earned; publish this for all.',
    }));
}
