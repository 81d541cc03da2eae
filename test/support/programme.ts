import { compileProgramme } from '../../src/programmes/compile.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import type { Programme } from '../../src/rules/programme.js';

const sound: ProgrammeDocument = {
  identity: {
    code: 'test',
    name: 'Test programme',
    currency: 'GBP',
    timeZone: 'Europe/London',
    pointName: { one: 'point', other: 'points' },
  },
  thanks: ['Thank you.'],
  categories: [
    category('garden', 'Garden', 'earns'),
    category('home', 'Home', 'earns'),
    category('delivery', 'Delivery', 'excluded'),
    category('gift_cards', 'Gift cards', 'cash_like'),
    category('power', 'Power', 'metered'),
    category('medicines', 'Medicines', 'regulated'),
    category('charges', 'Late fees', 'harmful'),
  ],
  earningBasis: { tax: 'included', excludedTenders: ['points', 'voucher', 'gift_card'] },
  earningRules: [
    { kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' },
    { kind: 'per_amount', id: 'garden', name: 'On plants', rate: '2', categories: ['garden'] },
    {
      kind: 'per_purchase',
      id: 'visit',
      name: 'For a visit',
      points: 20,
      minimumAmount: 2_000,
      caps: [{ period: 'day', points: 20 }],
      coolDownHours: 12,
    },
  ],
  tiers: [
    { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
    { code: 'silver', name: 'Silver', threshold: 500, multiplier: '1.25' },
  ],
  expiry: { kind: 'rolling', months: 24 },
  returnWindowDays: 30,
  rewards: [
    { code: 'voucher', name: 'Voucher', points: 500, value: { amount: 250, currency: 'GBP' } },
    {
      code: 'visit',
      name: 'Garden visit',
      points: 2_000,
      value: { amount: 2_000, currency: 'GBP' },
      minimumTier: 'silver',
    },
  ],
  redemption: { holdMinutes: 15 },
  lateEvents: { windowDays: 30, older: 'flag' },
  purchasesBeforeEnrolment: false,
};

function category(
  code: string,
  name: string,
  treatment: ProgrammeDocument['categories'][number]['treatment'],
): ProgrammeDocument['categories'][number] {
  return { code, name, treatment, desired: 'neutral', merchantCategoryCodes: [] };
}

/** A sound document of a test's own, with whole parts of it replaced. */
export function aProgrammeDocument(overrides: Partial<ProgrammeDocument> = {}): ProgrammeDocument {
  return { ...structuredClone(sound), ...overrides };
}

/** The same, compiled; in force since 1970 unless told otherwise. */
export function aProgramme(
  overrides: Partial<ProgrammeDocument> = {},
  version: { no: number; effectiveAt: number } = { no: 1, effectiveAt: 0 },
): Programme {
  return compileProgramme(aProgrammeDocument(overrides), version);
}
