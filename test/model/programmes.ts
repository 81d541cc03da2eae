/** Programmes whose members the model test compares, each hard in its own way. */
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { aProgrammeDocument } from '../support/programme.js';
import { DAY } from '../support/state.js';

/** Friday, nine days before the clocks of London go forward. */
export const BEGIN = Date.UTC(2026, 2, 20, 11);
export const ENROLLED = BEGIN - 20 * DAY;

interface Published {
  from: number;
  document: ProgrammeDocument;
}

/** The versions of a programme, oldest first. */
export type History = readonly [Published, ...Published[]];

const rewards = (small: number, large: number, tier?: string): ProgrammeDocument['rewards'] => [
  { code: 'small', name: 'Small', points: small, value: { amount: 1, currency: 'GBP' } },
  {
    ...{ code: 'large', name: 'Large', points: large, value: { amount: 2, currency: 'GBP' } },
    ...(tier !== undefined && { minimumTier: tier }),
  },
];

const visit = (
  id: string,
  points: number,
  cap: { period: 'day' | 'week' | 'month' | 'lifetime'; points: number },
  rest: { minimumAmount: number; coolDownHours: number },
): ProgrammeDocument['earningRules'][number] => ({
  ...{ kind: 'per_purchase', id, name: id, points, cap, ...rest },
});

const perAmount = (
  id: string,
  rate: string,
  categories?: string[],
): ProgrammeDocument['earningRules'][number] => ({
  ...{ kind: 'per_amount', id, name: id, rate },
  ...(categories !== undefined && { categories }),
});

const tiers = (
  ...steps: [code: string, from: number, times: string][]
): ProgrammeDocument['tiers'] =>
  steps.map(([code, threshold, multiplier]) => ({ code, name: code, threshold, multiplier }));

const staff = {
  reasons: [{ code: 'goodwill', name: 'Goodwill' }],
  perStaffPerDay: 80,
  perMemberPerDay: 60,
  fourEyesAbove: 60,
};

/** Fractions, three tiers, a weekly cap; points expire after a month. */
const fractions = aProgrammeDocument({
  staff,
  earningRules: [
    perAmount('base', '0.333333'),
    perAmount('plants', '1.7', ['garden']),
    visit('visit', 7, { period: 'week', points: 20 }, { minimumAmount: 1_500, coolDownHours: 30 }),
  ],
  tiers: tiers(['blue', 0, '1'], ['silver', 40, '1.25'], ['gold', 90, '1.333333']),
  expiry: { kind: 'rolling', months: 1 },
  returnWindowDays: 14,
  lateEvents: { windowDays: 12, older: 'flag' },
  returns: { graceDays: 9 },
  rewards: rewards(4, 60, 'silver'),
  redemption: { holdMinutes: 90 },
});

/** Spendable at once, for ever; what is too old is refused; tax does not earn. */
const noWindow = aProgrammeDocument({
  staff,
  earningBasis: { tax: 'excluded', excludedTenders: ['points', 'voucher'] },
  returnWindowDays: 0,
  expiry: { kind: 'none' },
  lateEvents: { windowDays: 9, older: 'refuse' },
  tiers: tiers(['blue', 0, '1'], ['silver', 60, '1.5']),
  rewards: rewards(7, 40),
  redemption: { holdMinutes: 600 },
});

/** Two bonuses, one of a lifetime; a short window far from Greenwich. */
const caps = aProgrammeDocument({
  staff,
  identity: { ...aProgrammeDocument().identity, timeZone: 'Australia/Lord_Howe' },
  earningRules: [
    perAmount('base', '0.1'),
    visit('daily', 5, { period: 'day', points: 8 }, { minimumAmount: 700, coolDownHours: 1 }),
    visit('first', 3, { period: 'lifetime', points: 10 }, { minimumAmount: 1, coolDownHours: 2 }),
    visit('often', 9, { period: 'month', points: 13 }, { minimumAmount: 4_000, coolDownHours: 9 }),
  ],
  returnWindowDays: 2,
  expiry: { kind: 'rolling', months: 1 },
  tiers: tiers(['blue', 0, '1.1'], ['silver', 10, '1.2']),
  lateEvents: { windowDays: 30, older: 'flag' },
  returns: { graceDays: 0 },
  rewards: rewards(3, 18),
  redemption: { holdMinutes: 30 },
});

/** What `fractions` becomes: another ladder, other goods, a shorter window, no expiry. */
const changed = aProgrammeDocument({
  ...structuredClone(fractions),
  categories: fractions.categories.map((each) =>
    each.code === 'home' ? { ...each, treatment: 'excluded' } : each,
  ),
  earningRules: [
    visit('visit', 6, { period: 'day', points: 6 }, { minimumAmount: 900, coolDownHours: 3 }),
    perAmount('base', '1.05'),
  ],
  tiers: tiers(['blue', 0, '1'], ['bronze', 25, '1.1'], ['silver', 70, '1.2']),
  expiry: { kind: 'none' },
  returnWindowDays: 4,
  lateEvents: { windowDays: 16, older: 'refuse' },
});

const from = BEGIN - 400 * DAY;

export const programmes = {
  fractions: [{ from, document: fractions }],
  'no window': [{ from, document: noWindow }],
  caps: [{ from, document: caps }],
  'two versions': [
    { from: BEGIN - 18 * DAY, document: fractions },
    { from: BEGIN + 8 * DAY + 3_600_000, document: changed },
  ],
} satisfies Record<string, History>;
