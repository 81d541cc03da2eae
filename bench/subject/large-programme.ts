import type { ProgrammeDocument } from '../../src/programmes/document.js';

type Rule = ProgrammeDocument['earningRules'][number];
type Offer = NonNullable<ProgrammeDocument['offers']>[number];
type Conversion = NonNullable<ProgrammeDocument['conversions']>[number];

const times = <T>(most: number, make: (n: number) => T): T[] =>
  Array.from({ length: most }, (_, n) => make(n));

const goods = (n: number): string => `goods-${String((n % 30) + 1)}`;

const titled = (kind: string, n: number): { id: string; name: string } => ({
  id: `${kind}-${String(n + 1)}`,
  name: `Rule ${String(n + 1)} of the kind ${kind}`,
});

const bought = (...numbers: number[]): NonNullable<Rule['when']>[number] => ({
  kind: 'category',
  categories: numbers.map(goods),
});

const rates: Rule[] = times(29, (n) => ({
  ...{ ...titled('rate', n), kind: 'per_amount' },
  ...{ rate: `1.${String(n % 10)}`, categories: [goods(n)] },
}));

const multipliers: Rule[] = times(13, (n) => ({
  ...{ ...titled('times', n), kind: 'multiplier', by: `1.${String(1 + (n % 4))}`, lane: 'times' },
  when: [
    bought(n, n + 12),
    ...(n % 3 === 0 ? [{ kind: 'weekday' as const, days: ['saturday' as const] }] : []),
  ],
}));

const visits: Rule[] = times(15, (n) => ({
  ...{ ...titled('visit', n), kind: 'per_purchase', points: 2 + n },
  ...{ minimumAmount: 2_000 + 1_000 * n, caps: [{ period: 'week', points: 4 + 2 * n }] },
  ...{ coolDownHours: 12, when: [bought(n, 29 - n)] },
}));

const steps: Rule[] = times(12, (n) => ({
  ...{ ...titled('steps', n), kind: 'steps' },
  steps: [1, 3].map((part) => ({ minimumAmount: 4_000 * part + 500 * n, points: 8 * part })),
  ...{ caps: [{ period: 'month', points: 48 }], coolDownHours: 24 },
  when: [bought(2 * n, 2 * n + 1)],
}));

const places: Rule[] = times(10, (n) => ({
  ...{ ...titled('place', n), kind: 'per_amount', rate: '0.5', qualifies: false, lane: 'places' },
  when: [
    n % 2 === 0
      ? { kind: 'channel', channels: [`channel-${String(n)}`] }
      : { kind: 'location', locations: [`shop-${String(n)}`] },
  ],
}));

const brands: Rule[] = times(8, (n) => ({
  ...{ ...titled('brand', n), kind: 'per_amount', rate: '0.4', qualifies: false, lane: 'brands' },
  when: [{ kind: 'brand', brands: [`brand-${String(n)}`] }],
}));

const activities: Rule[] = (['visit', 'deposit', 'review', 'survey', 'profile'] as const).map(
  (activity, n) => ({
    ...{ ...titled('activity', n), kind: 'per_activity', points: 5 },
    ...(activity === 'deposit' && { minimumValue: 1_000 }),
    ...{ caps: [{ period: 'month', points: 10 }], coolDownHours: 24 },
    when: [{ kind: 'activity', activities: [activity] }],
  }),
);

const moments: Rule[] = [
  {
    ...{ ...titled('birthday', 0), kind: 'per_purchase', points: 40, minimumAmount: 4_000 },
    ...{ caps: [{ period: 'year', points: 40 }], coolDownHours: 24 },
    when: [{ kind: 'birthday_month' }],
  },
  {
    ...{ ...titled('second', 0), kind: 'per_purchase', points: 30, minimumAmount: 3_000 },
    ...{ caps: [{ period: 'lifetime', points: 30 }], coolDownHours: 24 },
    when: [{ kind: 'nth_purchase', numbers: [2] }],
  },
  {
    ...{ ...titled('quiet', 0), kind: 'multiplier', by: '1.1', lane: 'times' },
    when: [{ kind: 'time_of_day', from: '10:00', until: '14:00' }],
  },
  {
    ...{ ...titled('pieces', 0), kind: 'per_amount', rate: '0.2', qualifies: false },
    when: [
      { kind: 'quantity', minimum: 3 },
      { kind: 'amount', minimum: 3_000 },
    ],
  },
  {
    ...{ ...titled('card', 0), kind: 'per_amount', rate: '0.1', qualifies: false },
    when: [{ kind: 'tender', tenders: ['own_card'] }],
  },
  {
    ...{ ...titled('first', 0), kind: 'per_purchase', points: 25, minimumAmount: 2_500 },
    ...{ caps: [{ period: 'lifetime', points: 25 }], coolDownHours: 24 },
    when: [{ kind: 'first_in_category', categories: [goods(0), goods(1)] }],
  },
  {
    ...{ ...titled('article', 0), kind: 'per_amount', rate: '0.3', qualifies: false },
    when: [{ kind: 'sku', skus: ['sku-1'] }],
  },
];

const offers: Offer[] = times(25, (n): Offer => {
  const month = String(1 + (n % 12)).padStart(2, '0');
  const { id: code, name } = titled('offer', n);
  const common = {
    ...{ code, name, audience: { kind: 'all' as const }, when: [bought(n)] },
    ...{ from: `2026-${month}-01`, until: `2026-${month}-28` },
  };
  if (n % 3 === 2) {
    return {
      ...{ ...common, budget: { points: 100_000 }, coolDownHours: 24 },
      pays: { kind: 'per_purchase', points: 20, minimumAmount: 2_500 },
      caps: [{ period: 'month', points: 40 }],
    };
  }
  const lane = `offers-${String(n % 3)}`;
  return n % 3 === 0
    ? { ...common, lane, pays: { kind: 'per_amount', rate: '0.5' } }
    : { ...common, lane, pays: { kind: 'multiplier', by: '1.5' } };
});

const conversions: Conversion[] = times(10, (n) => ({
  ...{ code: `units-${String(n)}`, name: `Units ${String(n)}`, partner: `partner-${String(n)}` },
  unitWorth: '0.4',
  out: {
    ...{ give: 10, get: 10 - (n % 3), fee: 5, minimumPoints: 100, step: 10 },
    limits: { day: 2_000, year: 4_000, lifetime: 8_000 },
    ...{ coolDownHours: 24, answerHours: 24 },
  },
}));

/** 30 categories, 100 rules, 25 offers, 5 tiers, 20 rewards and 10 exchange rates. */
export const largeProgramme: ProgrammeDocument = {
  identity: {
    ...{ code: 'large', name: 'Large programme', currency: 'GBP', timeZone: 'Europe/London' },
    pointName: { one: 'point', other: 'points' },
  },
  thanks: ['Thank you.'],
  categories: times(30, (n) => ({
    ...{ code: goods(n), name: `Goods of the kind ${String(n + 1)}` },
    ...{ treatment: 'earns', desired: 'neutral', merchantCategoryCodes: [] },
  })),
  earningBasis: { tax: 'included', excludedTenders: ['points', 'voucher', 'gift_card'] },
  earningRules: [
    { kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' },
    ...rates,
    ...multipliers,
    ...visits,
    ...steps,
    ...places,
    ...brands,
    ...activities,
    ...moments,
  ],
  lanes: ['times', 'places', 'brands', 'offers-0', 'offers-1'].map((code) => ({
    code,
    name: `Lane ${code}`,
  })),
  countedPurchases: { minimumAmount: 500 },
  offers,
  tiers: times(5, (n) => ({
    ...{ code: `tier-${String(n)}`, name: `Tier ${String(n)}`, threshold: 1_000 * n * n },
    multiplier: `1.${String(n)}`,
  })),
  ladder: { window: { kind: 'calendar', period: 'year' }, graceMonths: 2, rollOver: true },
  expiry: { kind: 'rolling', months: 24 },
  returnWindowDays: 30,
  rewards: times(20, (n) => ({
    ...{ code: `reward-${String(n)}`, name: `Reward ${String(n)}`, points: 200 * (n + 1) },
    value: { amount: 98 * (n + 1), currency: 'GBP' },
  })),
  redemption: { holdMinutes: 15 },
  lateEvents: { windowDays: 60, older: 'flag' },
  purchasesBeforeEnrolment: false,
  partners: times(10, (n) => ({
    ...{ code: `partner-${String(n)}`, kind: 'partner' },
    terms: { kind: 'postpaid', price: '1' },
  })),
  conversions,
  referral: {
    ...{ friendPoints: 150, referrerPoints: 150, minimumAmount: 4_000 },
    ...{ claimDays: 14, qualifyDays: 180, caps: { month: 2, year: 6, lifetime: 20 } },
    ...{ budget: 200_000, takeBackDays: 60 },
  },
  bounds: {
    ...{ giveback: '0.1', stacked: '0.14', allowance: 10_000, largestBasket: 100_000 },
    ...{ accounts: 3, monthlySpend: { median: 20_000, low: 5_000 } },
  },
};
