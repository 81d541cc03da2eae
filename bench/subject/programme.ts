import type { ProgrammeDocument } from '../../src/programmes/document.js';

type Category = ProgrammeDocument['categories'][number];
type Rule = ProgrammeDocument['earningRules'][number];

const earning = ['groceries', 'books', 'garden', 'home', 'toys', 'repair', 'clothing', 'sports'];

function category(code: string, treatment: Category['treatment']): Category {
  return { code, name: code, treatment, desired: 'neutral', merchantCategoryCodes: [] };
}

function onCategory(code: string, index: number): Rule {
  return {
    kind: 'per_amount',
    id: code,
    name: `Points on ${code}`,
    rate: `1.${String(index + 1)}`,
    categories: [code],
  };
}

/** Ten earning rules, one of them capped per purchase, three tiers, rolling expiry. */
export const benchProgramme: ProgrammeDocument = {
  identity: {
    code: 'bench',
    name: 'Bench programme',
    currency: 'GBP',
    timeZone: 'Europe/London',
    pointName: { one: 'point', other: 'points' },
  },
  thanks: ['Thank you.', 'Thank you for calling in.'],
  categories: [...earning.map((code) => category(code, 'earns')), category('delivery', 'excluded')],
  earningBasis: { tax: 'included', excludedTenders: ['points', 'voucher', 'gift_card'] },
  earningRules: [
    { kind: 'per_amount', id: 'base', name: 'Points on everything', rate: '1' },
    ...earning.map(onCategory),
    {
      kind: 'per_purchase',
      id: 'visit',
      name: 'For a visit',
      points: 20,
      minimumAmount: 2_000,
      caps: [{ period: 'week', points: 40 }],
      coolDownHours: 12,
    },
  ],
  tiers: [
    { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
    { code: 'silver', name: 'Silver', threshold: 500, multiplier: '1.25' },
    { code: 'gold', name: 'Gold', threshold: 2_000, multiplier: '1.5' },
  ],
  expiry: { kind: 'rolling', months: 24 },
  returnWindowDays: 30,
  rewards: [
    { code: 'coffee', name: 'Coffee', points: 150, value: { amount: 75, currency: 'GBP' } },
    { code: 'voucher', name: 'Voucher', points: 500, value: { amount: 250, currency: 'GBP' } },
  ],
  redemption: { holdMinutes: 60 },
  lateEvents: { windowDays: 120, older: 'flag' },
  purchasesBeforeEnrolment: true,
};

/** Points one redemption of the bench costs. */
export const REWARD = { code: 'coffee', points: 150 };
