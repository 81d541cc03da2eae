import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { benchProgramme } from '../subject/programme.js';

/** Days before points go on which their members are told. */
export const TOLD_DAYS = 30;

/**
 * Tiers are kept from one anniversary to the next, so that each day some members are reviewed; points
 * go so many months after their purchase.
 */
export const nightsProgramme = (months: number): ProgrammeDocument => ({
  ...benchProgramme,
  tiers: [
    { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
    { code: 'silver', name: 'Silver', threshold: 500, keep: 400, multiplier: '1.25' },
    { code: 'gold', name: 'Gold', threshold: 2_000, keep: 1_500, multiplier: '1.5' },
  ],
  ladder: { window: { kind: 'anniversary' }, graceMonths: 2, warningDays: 30 },
  expiry: { kind: 'rolling', months, notices: { daysBefore: [TOLD_DAYS] } },
});
