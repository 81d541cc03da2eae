import type { ProgrammeDocument } from '../../../src/programmes/document.js';

type Conversions = NonNullable<ProgrammeDocument['conversions']>;

const limits = { day: 2_000, year: 4_000, lifetime: 8_000 };

/** Miles of the corner shop, and stars of another partner. */
export const conversions: Conversions = [
  {
    ...{ code: 'miles', name: 'Miles', partner: 'corner', unitWorth: '1' },
    out: {
      ...{ give: 10, get: 6, fee: 5, minimumPoints: 100, step: 10, limits },
      ...{ coolDownHours: 0, answerHours: 1 },
    },
    in: { give: 20, get: 10, minimumUnits: 20, step: 20, limits },
  },
  {
    ...{ code: 'stars', name: 'Stars', partner: 'skies', unitWorth: '1' },
    in: { give: 20, get: 10, minimumUnits: 20, step: 20, limits },
  },
];

export const convertingPartners: NonNullable<ProgrammeDocument['partners']> = [
  { code: 'corner', kind: 'partner', terms: { kind: 'postpaid', price: '2' } },
  { code: 'skies', kind: 'partner', terms: { kind: 'postpaid', price: '2' } },
];
