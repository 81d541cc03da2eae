import fc from 'fast-check';
import { differences } from '../../src/programmes/diff/diff.js';
import { currencyOf, sentence } from '../../src/programmes/diff/diff-words.js';
import { spelled } from '../../src/programmes/diff/spelling.js';
import demo from '../../src/programmes/demo.json' with { type: 'json' };
import { aProgrammeDocument } from '../support/programme.js';
import { anyDocument, anyJson, applied } from './changes.js';

const pairs = fc.oneof(
  fc.tuple(anyDocument, anyDocument),
  fc.tuple(anyJson.fields, anyJson.fields),
);

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, each]) => [name, shuffled(each)]),
  );
}

type Draft = ReturnType<typeof aProgrammeDocument>;

/** The sentences about what `change` does to a sound document. */
function said(
  change: (draft: Draft) => unknown,
  prepare: (draft: Draft) => unknown = () => 0,
): string[] {
  const from = aProgrammeDocument();
  prepare(from);
  const to = structuredClone(from);
  change(to);
  const currencies = { from: currencyOf(from), to: currencyOf(to) };
  return differences(from, to).map((each) => sentence(each, currencies));
}

/** The same of a part that may be missing. */
function the<T>(part: T | undefined): T {
  if (part === undefined) throw new Error('the document has no such part');
  return part;
}

describe('A diff', () => {
  it('P21: applied to the earlier document gives the later one, whatever the two are', () => {
    fc.assert(
      fc.property(pairs, ([from, to]) => {
        expect(applied(from, differences(from, to))).toEqual(to);
      }),
      { numRuns: 1_000 },
    );
  });

  it('P21: is empty exactly when the documents are equal, in whatever order their fields are', () => {
    fc.assert(
      fc.property(pairs, ([from, to]) => {
        expect(differences(from, shuffled(from))).toEqual([]);
        const isEqual = spelled(from) === spelled(to);
        expect(differences(from, to).length === 0).toBe(isEqual);
      }),
      { numRuns: 500 },
    );
  });

  it('P21: blames each item for what happened to it, not its neighbours', () => {
    const from = aProgrammeDocument();
    const to = structuredClone(from);
    const [voucher, visit] = to.rewards;
    to.rewards = [
      { ...the(voucher), code: 'mug', name: 'Mug' },
      { ...the(visit), points: 2_500 },
    ];
    expect(
      differences(from, to).map(({ kind, pointer, from: was, before, after }) => ({
        kind,
        pointer,
        was,
        before,
        after,
      })),
    ).toEqual([
      {
        kind: 'removed',
        pointer: '/rewards/0',
        was: undefined,
        before: voucher,
        after: undefined,
      },
      {
        kind: 'added',
        pointer: '/rewards/0',
        was: undefined,
        before: undefined,
        after: to.rewards[0],
      },
      {
        kind: 'changed',
        pointer: '/rewards/1/points',
        was: undefined,
        before: 2_000,
        after: 2_500,
      },
    ]);
  });

  it('P21: tells the fewest moves that explain an order', () => {
    const codes = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const order = fc.shuffledSubarray(codes, { minLength: codes.length });
    fc.assert(
      fc.property(order, (after) => {
        const moves = differences({ thanks: codes }, { thanks: after }).length;
        expect(moves).toBe(codes.length - longest(after));
      }),
    );
  });

  it('P21: takes no longer than its documents are long, even with unfinished ones', () => {
    const many = Array.from({ length: 60_000 }, (_, n) => n);
    const began = performance.now();
    expect(differences({ thanks: many }, { thanks: [...many].reverse() })).toHaveLength(59_999);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

/** Length of the longest ascending run, by trying all. */
function longest(texts: readonly string[], above = ''): number {
  return texts.reduce(
    (most, text, n) =>
      text > above ? Math.max(most, 1 + longest(texts.slice(n + 1), text)) : most,
    0,
  );
}

describe('The words of a diff', () => {
  it.each<[string, (draft: Draft) => unknown, string]>([
    [
      'points',
      ({ tiers }) => (the(tiers[1]).threshold = 6_000),
      'Tier Silver: threshold goes from 500 to 6,000 points.',
    ],
    [
      'one of them',
      ({ rewards }) => (the(rewards[0]).points = 1),
      'Reward Voucher: price goes from 500 to 1 point.',
    ],
    [
      'money',
      ({ rewards }) => (the(rewards[1]).value.amount = 123_450),
      'Reward Garden visit: value goes from GBP 20.00 to GBP 1,234.50.',
    ],
    [
      'rates',
      ({ earningRules }) => Object.assign(the(earningRules[0]), { rate: '1.5' }),
      'Rule On everything: rate goes from 1 to 1.5 points per GBP.',
    ],
    [
      'multipliers',
      ({ tiers }) => (the(tiers[1]).multiplier = '1.5'),
      'Tier Silver: multiplier goes from ×1.25 to ×1.5.',
    ],
    ['days', (draft) => (draft.returnWindowDays = 1), 'Return window goes from 30 to 1 day.'],
    [
      'months',
      (draft) => (draft.expiry = { kind: 'rolling', months: 36 }),
      'Expiry: time until points expire goes from 24 to 36 months.',
    ],
    [
      'hours of a field no table names',
      ({ earningRules }) => Object.assign(the(earningRules[2]), { coolDownHours: 24 }),
      'Rule For a visit: cool down goes from 12 to 24 hours.',
    ],
    [
      'a field nobody knows',
      ({ tiers }) => Object.assign(the(tiers[1]), { graceDays: 14, birthdayGift: true }),
      'Tier Silver: birthday gift is set to yes.',
    ],
    [
      'another kind of a part',
      (draft) => (draft.expiry = { kind: 'none' }),
      'Expiry changes from rolling, time until points expire 24 months to none.',
    ],
    [
      'silence in the place of dates',
      (draft) => (draft.expiry = { kind: 'inactivity', months: 12 }),
      'Expiry changes from rolling, time until points expire 24 months to inactivity, time until points expire 12 months.',
    ],
    [
      'a choice',
      ({ categories }) => (the(categories[0]).treatment = 'cash_like'),
      'Category Garden: treatment changes from earns to cash like.',
    ],
    [
      'a text',
      ({ identity }) => (identity.name = 'Petals & Co'),
      'Programme: name changes from “Test programme” to “Petals & Co”.',
    ],
    [
      'a flag',
      (draft) => (draft.purchasesBeforeEnrolment = true),
      'Crediting of purchases before enrolment changes from no to yes.',
    ],
    [
      'a value of a list',
      ({ earningRules }) => Object.assign(the(earningRules[1]), { categories: ['garden', 'home'] }),
      'Rule On plants: category home is added.',
    ],
    [
      'a new rule',
      ({ earningRules }) =>
        earningRules.push({
          kind: 'per_purchase',
          id: 'weekend',
          name: 'Weekend',
          points: 50,
          minimumAmount: 2_500,
          caps: [{ period: 'day', points: 50 }],
          coolDownHours: 24,
        }),
      'Rule Weekend is new: per purchase, bonus 50 points, minimum amount GBP 25.00, ' +
        'caps 50 points per day, cool down 24 hours.',
    ],
    [
      'a cap of a rule',
      ({ earningRules }) =>
        Object.assign(the(earningRules[2]), {
          caps: [
            { period: 'month', points: 100 },
            { period: 'day', points: 40 },
          ],
        }),
      'Rule For a visit, cap per month is new: 100 points per month.',
    ],
    [
      'a condition',
      ({ earningRules }) =>
        Object.assign(the(earningRules[0]), { when: [{ kind: 'weekday', days: ['monday'] }] }),
      'Rule On everything: conditions added: weekday, days monday.',
    ],
    [
      'a rate per piece',
      ({ earningRules }) =>
        earningRules.push({
          kind: 'per_unit',
          id: 'bulbs',
          name: 'Bulbs',
          rate: '2',
          minimumUnitAmount: 500,
        }),
      'Rule Bulbs is new: per unit, rate 2 points per piece, minimum unit amount GBP 5.00.',
    ],
    [
      'a reward that goes',
      ({ rewards }) => rewards.shift(),
      'Reward Voucher is removed (price 500 points, value GBP 2.50).',
    ],
    [
      'a move',
      ({ rewards }) => rewards.reverse(),
      'Reward Garden visit moves from place 2 to place 1.',
    ],
    [
      'a part that comes',
      (draft) => (draft.returns = { graceDays: 60 }),
      'Returns added: grace 60 days.',
    ],
  ])('P22: say %s', (_, change, words) => {
    expect(said(change)[0]).toBe(words);
  });

  it('P22: name the code where two things have one name', () => {
    const [sentence = ''] = said(
      ({ rewards }) => (the(rewards[0]).points = 600),
      ({ rewards }) => (the(rewards[1]).name = 'Voucher'),
    );
    expect(sentence).toBe('Reward Voucher (voucher): price goes from 500 to 600 points.');
  });

  it('P22: do not say that something moves to where it is', () => {
    const [, sentence] = said(({ rewards }) => {
      const [voucher, visit] = rewards;
      rewards.splice(0, 2, { ...the(voucher), code: 'mug', name: 'Mug' }, the(visit), the(voucher));
    });
    expect(sentence).toBe('Reward Garden visit stays at place 2 while others move past it.');
  });

  it('P22: count money in the digits of its currency', () => {
    const yen = (amount: number) => (draft: Draft) => {
      draft.identity.currency = 'JPY';
      draft.rewards = [
        { code: 'tea', name: 'Tea', points: 9_000, value: { amount, currency: 'JPY' } },
      ];
    };
    expect(said(yen(1_500), yen(1_200))).toEqual([
      'Reward Tea: value goes from JPY 1,200 to JPY 1,500.',
    ]);
  });

  it('P22: are one whole sentence for every difference, even of what is no document', () => {
    fc.assert(
      fc.property(pairs, ([from, to]) => {
        const currencies = { from: currencyOf(from), to: currencyOf(to) };
        for (const each of differences(from, to)) {
          expect(sentence(each, currencies)).toMatch(/^\S.*\S\.$/u);
          expect(sentence(each, currencies)).not.toMatch(/undefined|NaN|\[object/);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('A file', () => {
  it('P25: holds the very document, and has one spelling', () => {
    fc.assert(
      fc.property(fc.oneof(anyDocument, anyJson.fields), (document) => {
        const text = spelled(document);
        expect(JSON.parse(text)).toEqual(document);
        expect(spelled(shuffled(document))).toBe(text);
        expect(spelled(JSON.parse(text))).toBe(text);
      }),
    );
  });

  it('P25: has the order of the schema, and ends with a line feed', () => {
    const text = spelled(shuffled(demo));
    expect(text).toMatch(/^\{\n {2}"identity": \{\n {4}"code": [^]*\}\n$/);
    expect(Object.keys(JSON.parse(text) as object)).toEqual(
      Object.keys(JSON.parse(spelled(demo)) as object),
    );
    expect(JSON.stringify(JSON.parse(text))).toBe(JSON.stringify(JSON.parse(spelled(demo))));
  });
});
