import { holds, holdsForLine, shareFor, type EventCondition } from '../../src/rules/conditions.js';
import type { LineCondition } from '../../src/rules/conditions.js';
import type { Matching, Occasion } from '../../src/rules/earning/occasion.js';
import { weekdays } from '../../src/rules/event-conditions/weekday.js';
import type { Purchase, PurchaseLine, Traits } from '../../src/rules/purchase.js';
import { aLine, aPurchase, DAY, NOON } from '../support/state.js';

const of = (purchase: Partial<Purchase>, changed: Partial<Occasion> = {}): Occasion => ({
  ...{
    purchase: { ...aPurchase([100]), ...purchase },
    occurredAt: NOON,
    timeZone: 'Europe/London',
  },
  ...{ excludedTenders: new Set(['points']), tier: 'silver', counts: true, ordinal: () => 3 },
  ...{ silence: () => undefined, isFirstOf: () => false, saved: () => undefined },
  ...changed,
});
const matching = (changed: Partial<Matching> = {}): Matching => ({
  ...{ lines: [], share: { numerator: 1, denominator: 1 }, minor: 0 },
  ...changed,
});

describe('what a rule asks of a line', () => {
  const asks = (
    condition: LineCondition,
    line: Partial<PurchaseLine>,
    occasion = of({}),
  ): boolean => holdsForLine(condition, aLine(100, line), occasion);

  it('R20: its category, article or brand is one of those named', () => {
    const category: LineCondition = { kind: 'category', categories: ['garden', 'home'] };
    expect(['home', 'books'].map((each) => asks(category, { category: each }))).toEqual([
      ...[true, false],
    ]);
    const sku: LineCondition = { kind: 'sku', skus: ['rose', 'mug'] };
    expect(['mug', 'atlas', undefined].map((each) => asks(sku, { sku: each }))).toEqual([
      ...[true, false, false],
    ]);
    const brand: LineCondition = { kind: 'brand', brands: ['acme', 'nadir'] };
    expect(['acme', 'zenith', undefined].map((each) => asks(brand, { brand: each }))).toEqual([
      ...[true, false, false],
    ]);
  });

  it('R24: its category is one of those named, and was never bought before', () => {
    const first: LineCondition = { kind: 'first_in_category', categories: ['home', 'garden'] };
    const occasion = of({}, { isFirstOf: (category) => category !== 'garden' });
    const categories = ['home', 'garden', 'books'];
    expect(categories.map((category) => asks(first, { category }, occasion))).toEqual([
      ...[true, false, false],
    ]);
  });
});

describe('what a rule asks of a purchase', () => {
  const asks = (condition: EventCondition, occasion: Occasion, lines = matching()): boolean =>
    holds(condition, occasion, lines, 0);

  it('R20: channel, location, retailer or activity is one of those named', () => {
    const channel: EventCondition = { kind: 'channel', channels: ['store', 'online'] };
    expect(
      ['online', 'phone', undefined].map((each) => asks(channel, of({ channel: each }))),
    ).toEqual([true, false, false]);
    const location: EventCondition = { kind: 'location', locations: ['north', 'east'] };
    expect(
      ['north', 'south', undefined].map((each) => asks(location, of({ location: each }))),
    ).toEqual([true, false, false]);
    const retailer: EventCondition = { kind: 'retailer', retailers: ['shop', 'market'] };
    expect(
      ['shop', 'other', undefined].map((each) => asks(retailer, of({ retailer: each }))),
    ).toEqual([true, false, false]);
    const activity: EventCondition = { kind: 'activity', activities: ['review', 'survey'] };
    const done = [{ kind: 'survey' }, { kind: 'visit' }, undefined];
    expect(done.map((each) => asks(activity, of({ activity: each })))).toEqual([
      ...[true, false, false],
    ]);
  });

  it('R20: amount and quantity of the lines that it is about reach a minimum', () => {
    const amount: EventCondition = { kind: 'amount', minimum: 500 };
    expect([499, 500, 501].map((minor) => asks(amount, of({}), matching({ minor })))).toEqual([
      ...[false, true, true],
    ]);
    const line = { index: 0, category: 'home', quantity: 2, minor: 1 };
    const quantity: EventCondition = { kind: 'quantity', minimum: 4 };
    const pieces = [[], [line], [line, { ...line, quantity: 1 }], [line, line]];
    expect(pieces.map((lines) => asks(quantity, of({}), matching({ lines })))).toEqual([
      ...[false, false, false, true],
    ]);
  });

  it('R20: its tenders paid some of it', () => {
    const tender: EventCondition = { kind: 'tender', tenders: ['card'] };
    const paid = [0, 1].map((numerator) => matching({ share: { numerator, denominator: 2 } }));
    expect(paid.map((lines) => asks(tender, of({}), lines))).toEqual([false, true]);
  });

  it('R20: which leave the part of it that they paid, but never what may not earn', () => {
    const tender: EventCondition = { kind: 'tender', tenders: ['card', 'points'] };
    const amount: EventCondition = { kind: 'amount', minimum: 1 };
    const share = (tenders: Purchase['tenders']): unknown =>
      shareFor([amount, tender], of({ tenders }));
    expect(share([])).toEqual({ numerator: 0, denominator: 1 });
    expect(share([{ kind: 'card', amount: 0 }])).toEqual({ numerator: 0, denominator: 1 });
    const mixed = ['card', 'cash', 'points', 'card'].map((kind, index) => ({
      ...{ kind, amount: 10 ** index },
    }));
    expect(share(mixed)).toEqual({ numerator: 1_001, denominator: 1_111 });
    expect(share([{ kind: 'cash', amount: 7 }])).toEqual({ numerator: 0, denominator: 7 });
    expect(shareFor([amount], of({ tenders: mixed }))).toBeUndefined();
  });

  it('R13: the time of day by the programme’s clock, from the first minute to before the last', () => {
    const within = (from: number, until: number): boolean[] =>
      [11 * 60 + 59, 12 * 60, 13 * 60 + 59, 14 * 60, 0].map((minute) =>
        asks(
          { kind: 'time_of_day', from, until },
          // London is an hour ahead of UTC in June.
          of({}, { occurredAt: Date.UTC(2026, 5, 16) + (minute - 60) * 60_000 }),
        ),
      );
    expect(within(12 * 60, 14 * 60)).toEqual([false, true, true, false, false]);
    // Over midnight.
    expect(within(14 * 60, 12 * 60)).toEqual([true, false, false, true, true]);
    expect(within(14 * 60, 0)).toEqual([false, false, false, true, false]);
    expect(within(12 * 60, 12 * 60)).toEqual([false, false, false, false, false]);
  });

  it('R13: the day of the week by the programme’s clock', () => {
    const sunday = Date.UTC(2026, 5, 14, 11);
    const told = weekdays.map((_, index) =>
      weekdays.filter((day) =>
        asks({ kind: 'weekday', days: [day] }, of({}, { occurredAt: sunday + index * DAY })),
      ),
    );
    expect(told.flat()).toEqual([
      ...['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'],
    ]);
    const late = of({}, { occurredAt: Date.UTC(2026, 5, 14, 23) });
    expect(asks({ kind: 'weekday', days: ['sunday'] }, late)).toBe(false);
    expect(asks({ kind: 'weekday', days: ['saturday', 'monday'] }, late)).toBe(true);
    // The first of a month, where the month counts.
    const first = of({}, { occurredAt: Date.UTC(2026, 6, 1, 11) });
    expect(asks({ kind: 'weekday', days: ['wednesday'] }, first)).toBe(true);
  });
});

describe('what a rule asks of a member', () => {
  const asks = (condition: EventCondition, occasion: Occasion): boolean =>
    holds(condition, occasion, matching(), 4);
  const known = (traits: Traits | undefined): Occasion => of({ traits });

  it('R26: what was known of them when the purchase was decided', () => {
    const persona: EventCondition = { kind: 'persona', personas: ['parent', 'student'] };
    const told = [{ persona: 'student' }, { persona: 'cook' }, {}, undefined].map(known);
    expect(told.map((each) => asks(persona, each))).toEqual([true, false, false, false]);
    const birthday = [{ birthMonth: 6 }, { birthMonth: 5 }, {}, undefined].map(known);
    expect(birthday.map((each) => asks({ kind: 'birthday_month' }, each))).toEqual([
      ...[true, false, false, false],
    ]);
    // July has begun by the programme's clock.
    const july = { ...known({ birthMonth: 7 }), occurredAt: Date.UTC(2026, 5, 30, 23) };
    expect(asks({ kind: 'birthday_month' }, july)).toBe(true);
  });

  it('R80: they are in one of its segments', () => {
    const segment: EventCondition = { kind: 'segment', segments: ['club', 'new'] };
    const told = [['old', 'new'], ['old'], []].map((segments) => known({ segments }));
    expect([...told, known({}), known(undefined)].map((each) => asks(segment, each))).toEqual([
      ...[true, false, false, false, false],
    ]);
  });

  it('R20: they stand in one of its tiers', () => {
    const tiers = [['gold', 'silver'], ['gold']] as const;
    expect(tiers.map((each) => asks({ kind: 'tier', tiers: each }, of({})))).toEqual([true, false]);
  });

  it('R57: they were silent for so many days, and were heard of before', () => {
    const lapsed: EventCondition = { kind: 'lapsed', days: 40 };
    const silent = [undefined, 40 * DAY - 1, 40 * DAY].map((since) =>
      asks(lapsed, of({}, { silence: () => since })),
    );
    expect(silent).toEqual([false, false, true]);
  });

  it('R24: it is one of their purchases that it names, if it is large enough to be one', () => {
    const nth: EventCondition = { kind: 'nth_purchase', numbers: [3, 5] };
    const told = [2, 3, 5].map((ordinal) => asks(nth, of({}, { ordinal: () => ordinal })));
    expect(told).toEqual([false, true, true]);
    expect(asks(nth, of({}, { counts: false }))).toBe(false);
  });

  it('R25: of a return, what was so when it was awarded', () => {
    const had = (ruleNo: number): boolean => ruleNo === 4;
    const hadNot = (): boolean => false;
    const [nth, lapsed]: EventCondition[] = [
      { kind: 'nth_purchase', numbers: [3] },
      { kind: 'lapsed', days: 40 },
    ] as const;
    expect(asks(nth, of({}, { had, ordinal: () => 9 }))).toBe(true);
    expect(asks(nth, of({}, { had: hadNot }))).toBe(false);
    expect(asks(nth, of({}, { had, counts: false }))).toBe(false);
    expect(asks(lapsed, of({}, { had }))).toBe(true);
    expect(asks(lapsed, of({}, { had: hadNot, silence: () => 99 * DAY }))).toBe(false);
  });
});
