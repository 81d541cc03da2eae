/** Documents with every kind of rule, condition, lane and cap, all of which may be published. */
import fc from 'fast-check';
import { checkDocument } from '../../src/programmes/check.js';
import type {
  Cap,
  Condition,
  EarningRule,
  Lane,
  ProgrammeDocument,
} from '../../src/programmes/document.js';
import { formatRate } from '../../src/rules/points.js';
import type { Purchase, PurchaseLine } from '../../src/rules/purchase.js';
import { aProgrammeDocument } from '../support/programme.js';

const goods = ['garden', 'home', 'books'];
const skus = ['rose', 'mug', 'atlas'];
const brands = ['acme', 'zenith'];
const locations = ['north', 'south'];

/** What of it a test wants; everything is drawn that is not switched off. */
export interface Kinds {
  /** Rules and conditions that ask how much or how many there are. */
  thresholds?: false;
  /** Caps and cool-downs of rules that need none by law, and caps on all rules together. */
  caps?: false;
  coolDowns?: false;
  /** Rules about purchases before this one. */
  history?: false;
  /** Rules that pay by the count, which always have a cap. */
  counts?: false;
}

const some = <T>(of: readonly T[]): fc.Arbitrary<T[]> => fc.subarray([...of], { minLength: 1 });

const rate = fc.oneof(
  fc.constantFrom('1', '2', '0.5', '0.333333'),
  fc.bigInt({ min: 0n, max: 5_000_000n }).map(formatRate),
);

const time = fc.constantFrom('00:00', '06:00', '11:30', '12:00', '18:00');

function lineCondition({ history }: Kinds): fc.Arbitrary<Condition> {
  return fc.oneof(
    some(goods).map((categories): Condition => ({ kind: 'category', categories })),
    some(skus).map((each): Condition => ({ kind: 'sku', skus: each })),
    some(brands).map((each): Condition => ({ kind: 'brand', brands: each })),
    ...(history === false
      ? []
      : [some(goods).map((categories): Condition => ({ kind: 'first_in_category', categories }))]),
  );
}

function eventCondition({ thresholds, history }: Kinds): fc.Arbitrary<Condition> {
  const days = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'] as const;
  const kinds: fc.Arbitrary<Condition>[] = [
    some(locations).map((each): Condition => ({ kind: 'location', locations: each })),
    some(['store', 'online']).map((channels): Condition => ({ kind: 'channel', channels })),
    some(['shop', 'other']).map((retailers): Condition => ({ kind: 'retailer', retailers })),
    some(days).map((each): Condition => ({ kind: 'weekday', days: each })),
    some(['blue', 'silver']).map((tiers): Condition => ({ kind: 'tier', tiers })),
    some(['card', 'cash']).map((tenders): Condition => ({ kind: 'tender', tenders })),
    fc.constant<Condition>({ kind: 'birthday_month' }),
    fc
      .tuple(time, time)
      .filter(([from, until]) => from !== until)
      .map(([from, until]): Condition => ({ kind: 'time_of_day', from, until })),
  ];
  if (thresholds !== false) {
    kinds.push(fc.nat(6_000).map((minimum): Condition => ({ kind: 'amount', minimum })));
    kinds.push(fc.integer({ min: 1, max: 4 }).map((minimum) => ({ kind: 'quantity', minimum })));
  }
  if (history !== false) {
    kinds.push(some([1, 2, 3]).map((numbers): Condition => ({ kind: 'nth_purchase', numbers })));
  }
  return fc.oneof(...kinds);
}

function when(kinds: Kinds): fc.Arbitrary<Condition[] | undefined> {
  const conditions = fc
    .array(fc.oneof(lineCondition(kinds), eventCondition(kinds)), { minLength: 1, maxLength: 3 })
    .map((drawn) => {
      const once = new Map(drawn.map((each) => [each.kind, each]));
      const least: Condition = { kind: 'amount', minimum: 1_000 };
      if (once.has('quantity')) once.set('amount', least);
      return [...once.values()];
    });
  return fc.option(conditions, { nil: undefined });
}

const calendar = ['day', 'week', 'month', 'year', 'lifetime'] as const;
const period = fc.constantFrom(...calendar, ...calendar, 'purchase');
const cap = (least: number): fc.Arbitrary<Cap> =>
  fc.record(
    { period, points: fc.integer({ min: least, max: least + 90 }), perLocation: fc.boolean() },
    { requiredKeys: ['period', 'points'] },
  );
const caps = (least: number): fc.Arbitrary<Cap[]> =>
  fc.array(cap(least), { minLength: 1, maxLength: 2 });
const hours = fc.integer({ min: 1, max: 48 });

/** What is drawn of a rule; what is undefined goes when it becomes JSON. */
interface Made {
  kind: EarningRule['kind'];
  lane?: string;
  [field: string]: unknown;
}

const mostPoints = 40;

function rateOf(kinds: Kinds): fc.Arbitrary<Made> {
  const categories = fc.option(some(goods), { nil: undefined });
  const qualifies = fc.constantFrom(undefined, true, false);
  const perAmount = fc
    .record({ rate, categories, qualifies })
    .map((made): Made => ({ kind: 'per_amount', ...made }));
  const multiplier = fc
    .bigInt({ min: 1_000_000n, max: 3_000_000n })
    .map((by): Made => ({ kind: 'multiplier', by: formatRate(by) }));
  if (kinds.counts === false) return fc.oneof(perAmount, multiplier);
  const others: fc.Arbitrary<Made>[] = [
    fc
      .integer({ min: 1, max: mostPoints })
      .map((points): Made => ({ kind: 'per_activity', points })),
    fc
      .record({ rate, minimumUnitAmount: fc.integer({ min: 1, max: 900 }) })
      .map((made): Made => ({ kind: 'per_unit', ...made })),
  ];
  if (kinds.thresholds !== false) {
    const points = fc.integer({ min: 1, max: mostPoints });
    const minimumAmount = fc.integer({ min: 1, max: 5_000 });
    others.push(
      fc.record({ points, minimumAmount }).map((made): Made => ({ kind: 'per_purchase', ...made })),
      fc.tuple(minimumAmount, fc.integer({ min: 1, max: 15 })).map(([least, first]): Made => {
        const steps = [1, 2].map((no) => ({ minimumAmount: least * no, points: first * no }));
        return { kind: 'steps', steps };
      }),
    );
  }
  return fc.oneof(perAmount, perAmount, multiplier, ...others);
}

function ruleOf(kinds: Kinds): fc.Arbitrary<{ made: Made; caps: Cap[]; coolDownHours: number }> {
  return fc
    .record({
      made: rateOf(kinds),
      when: when(kinds),
      own: fc.tuple(fc.boolean(), fc.boolean()),
      caps: caps(mostPoints),
      coolDownHours: hours,
      lane: fc.option(fc.nat(1), { nil: undefined }),
    })
    .map(({ made, when: asked, own: [capped, cooling], lane, ...limits }) => {
      const isOfActivity = made.kind === 'per_activity';
      const isFixed = isOfActivity || made.kind === 'per_purchase' || made.kind === 'steps';
      const mustCap = isFixed || made.kind === 'per_unit';
      return {
        made: {
          ...made,
          ...(isOfActivity
            ? { when: [{ kind: 'activity', activities: ['review'] }] }
            : asked !== undefined && { when: asked }),
          ...(lane !== undefined && { lane: `${levels[made.kind]}-${String(lane)}` }),
        },
        caps: mustCap || (capped && kinds.caps !== false) ? limits.caps : [],
        coolDownHours: isFixed || (cooling && kinds.coolDowns !== false) ? limits.coolDownHours : 0,
      };
    });
}

const levels = {
  per_amount: 'amount',
  per_unit: 'amount',
  multiplier: 'multiplier',
  per_purchase: 'event',
  steps: 'event',
  per_activity: 'event',
  metered_reduction: 'amount',
} as const;

function assembled(
  drawn: readonly { made: Made; caps: Cap[]; coolDownHours: number }[],
): Pick<ProgrammeDocument, 'earningRules' | 'lanes'> {
  const lanes = new Map<string, Lane>();
  const earningRules = drawn.map(({ made, caps: own, coolDownHours }, index) => {
    const id = `rule-${String(index)}`;
    const { lane: code } = made;
    const limits = {
      ...(own.length > 0 && { caps: own }),
      ...(coolDownHours > 0 && { coolDownHours }),
    };
    if (code !== undefined) {
      lanes.set(code, { code, name: code, ...lanes.get(code), ...limits });
    }
    const rule = { id, name: id, ...made, ...(code === undefined && limits) };
    return JSON.parse(JSON.stringify(rule)) as EarningRule;
  });
  const base: EarningRule = { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' };
  return { earningRules: [base, ...earningRules], lanes: [...lanes.values()] };
}

const books: ProgrammeDocument['categories'][number] = {
  ...{ code: 'books', name: 'Books', treatment: 'earns', desired: 'neutral' },
  merchantCategoryCodes: [],
};

/** Documents that `checkDocument` accepts. */
export function anyDocument(kinds: Kinds = {}): fc.Arbitrary<ProgrammeDocument> {
  const sound = aProgrammeDocument();
  const totals = fc.array(cap(60), { maxLength: kinds.caps === false ? 0 : 1 });
  return fc
    .record({
      rules: fc.array(ruleOf(kinds), { minLength: 1, maxLength: 5 }),
      totals,
      counted: fc.integer({ min: 1, max: 2_000 }),
      timeZone: fc.constantFrom('Europe/London', 'America/Santiago'),
      minutes: fc.option(fc.integer({ min: 60, max: 1_440 }), { nil: undefined }),
      multiplier: fc.bigInt({ min: 1_000_000n, max: 2_000_000n }).map(formatRate),
    })
    .map(({ rules, totals: all, counted, timeZone, minutes, multiplier }) => {
      const [blue, silver] = sound.tiers;
      if (blue === undefined || silver === undefined) throw new Error('Two tiers are needed.');
      return aProgrammeDocument({
        ...assembled(rules),
        earningCaps: all.map(({ period, points }) => ({
          period: period === 'purchase' ? 'day' : period,
          points,
        })),
        countedPurchases: { minimumAmount: counted },
        ...(minutes !== undefined && { guards: { basketWindow: { minutes } } }),
        categories: [...sound.categories, books],
        identity: { ...sound.identity, timeZone },
        tiers: [blue, { ...silver, threshold: 60, multiplier }],
        rewards: [],
        lateEvents: { windowDays: 40, older: 'flag' },
      });
    })
    .filter((document) => 'document' in checkDocument(document));
}

export const anyGoods: fc.Arbitrary<PurchaseLine> = fc
  .record({
    category: fc.constantFrom(...goods, ...goods, 'delivery'),
    quantity: fc.integer({ min: 1, max: 3 }),
    price: fc.nat(4_000),
    sku: fc.constantFrom(undefined, ...skus),
    brand: fc.constantFrom(undefined, ...brands),
  })
  .map(({ price, ...line }) => ({ ...line, amount: price * line.quantity, tax: 0 }));

/** All of a purchase but its lines. */
export const anyWhere: fc.Arbitrary<Omit<Purchase, 'lines'>> = fc.record({
  tenders: fc.constantFrom(
    [],
    [{ kind: 'card', amount: 1 }],
    [
      { kind: 'card', amount: 2 },
      { kind: 'cash', amount: 1 },
    ],
    [
      { kind: 'cash', amount: 3 },
      { kind: 'points', amount: 4 },
    ],
  ),
  location: fc.constantFrom(undefined, ...locations),
  channel: fc.constantFrom(undefined, 'store', 'online'),
  retailer: fc.constantFrom('shop', 'other'),
  traits: fc.record({ birthMonth: fc.constantFrom(6, 1) }),
});

export const anyBasket: fc.Arbitrary<Purchase> = fc
  .tuple(fc.array(anyGoods, { minLength: 1, maxLength: 4 }), anyWhere)
  .map(([lines, where]) => ({ ...where, lines }));
