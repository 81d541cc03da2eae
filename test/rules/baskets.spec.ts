import fc from 'fast-check';
import {
  basketNeeds,
  basketPlace,
  beyond,
  paidBefore,
  paidFor,
} from '../../src/rules/baskets/basket.js';
import type { EarningRule } from '../../src/programmes/document.js';
import type { ExplanationItem } from '../../src/rules/explanation.js';
import { BILLION } from '../../src/rules/points.js';
import type { Programme } from '../../src/rules/programme.js';
import { counterKey } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aPurchase, HOUR, MINUTE, NOON } from '../support/state.js';
import { arrive, endOf, inTime, shuffled, type Bought, type Happening } from './stories.js';

const numRuns = Number(process.env['RUNS'] ?? 100);
const WINDOW = 90;
const visits = { id: 'visit', level: 'event', coolDownMs: HOUR } as const;
const rates = { id: 'rate', level: 'amount', coolDownMs: HOUR } as const;

describe('a basket', () => {
  const used = (entries: [string, number, number][]): Map<string, number> =>
    new Map(entries.map(([name, at, amount]) => [counterKey(name, at), amount]));

  it('R137: reads what was paid since its window began, of fixed points whole ones alone', () => {
    const periodStart = NOON - HOUR + 1;
    const onwards = true;
    expect(basketNeeds(visits, NOON)).toEqual([{ counter: 'visit/basket', periodStart, onwards }]);
    expect(basketNeeds(rates, NOON).map(({ counter }) => counter)).toEqual([
      'rate/basket',
      'rate/basket-part',
    ]);
  });

  it('R137: has what its own group paid from just after the window began up to the purchase', () => {
    const counters = used([
      ['visit/basket', NOON - HOUR, 1],
      ['visit/basket', NOON - HOUR + 1, 2],
      ['visit/basket', NOON, 4],
      ['visit/basket', NOON + 1, 8],
      ['visit/basket-part', NOON, 16],
      ['visit', NOON, 32],
      ['rate/basket', NOON, 64],
    ]);
    expect(paidBefore(counters, visits, NOON)).toBe(6n * BILLION);
    expect(paidBefore(counters, { ...visits, level: 'amount' }, NOON)).toBe(6n * BILLION + 16n);
    expect(paidBefore(new Map(), visits, NOON)).toBe(0n);
  });

  it('R139: counts what a purchase was paid by its place', () => {
    expect(basketPlace(visits, 7)).toEqual({ points: 'visit/basket', part: undefined, start: 7 });
    expect(basketPlace(rates, 7).part).toBe('rate/basket-part');
    const caps = new Map([[counterKey('visit/basket', 7), { billionths: 5n }]]);
    expect(paidFor({ caps }, visits, 7)).toBe(5n);
    expect(paidFor({ caps }, visits, 8)).toBe(0n);
  });

  it('R137: gives what is missing to the best of it, and says what it had', () => {
    const item = (billionths: bigint): ExplanationItem => [
      ...([2, -1, 'step_applied', billionths.toString(), 5_000] as const),
    ];
    const had = 10n * BILLION;
    expect(beyond([item(had)], 0n)).toEqual([item(had)]);
    expect(beyond([item(had)], had)).toEqual([[2, -1, 'basket_paid_before', '0', 10]]);
    expect(beyond([item(had + 1n)], had)).toEqual([[2, -1, 'basket_topped_up', '1', 10]]);
    expect(beyond([item(0n)], had)).toEqual([item(0n)]);
  });
});

const basic: EarningRule = { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' };

/** Fixed points and a capped rate, alone or in a lane, with or without a longer cool-down. */
const anyGuarded: fc.Arbitrary<Programme> = fc
  .record({
    steps: fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 20 })), {
      minLength: 1,
      maxLength: 3,
    }),
    visit: fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 60 })),
    laned: fc.boolean(),
    cap: fc.integer({ min: 1, max: 40 }),
    hours: fc.constantFrom(undefined, 1, 3),
  })
  .map(({ steps, visit: [points, minimum], laned, cap, hours }) => {
    let step = { minimumAmount: 0, points: 0 };
    const rising = steps.map(([amount, more]) => {
      step = { minimumAmount: step.minimumAmount + amount * 100, points: step.points + more };
      return step;
    });
    const limits = {
      caps: [{ period: 'lifetime' as const, points: 100_000 }],
      ...(hours !== undefined && { coolDownHours: hours }),
    };
    const own = laned ? { lane: 'fixed' } : limits;
    const earningRules: EarningRule[] = [
      basic,
      { kind: 'steps', id: 'steps', name: 'Steps', steps: rising, ...own },
      {
        kind: 'per_purchase',
        id: 'visit',
        name: 'Visit',
        points,
        minimumAmount: minimum * 100,
        ...own,
      },
      {
        ...{ kind: 'per_amount', id: 'extra', name: 'Extra', rate: '0.7', qualifies: false },
        caps: [{ period: 'purchase', points: cap }],
        ...(hours !== undefined && { coolDownHours: hours }),
      },
    ];
    const lanes = laned ? [{ code: 'fixed', name: 'Fixed', ...limits }] : [];
    const guards = { basketWindow: { minutes: WINDOW } };
    return aProgramme({ earningRules, lanes, guards, rewards: [], returnWindowDays: 0 });
  });

const bought = (id: number, minutes: number, amount: number): Bought => ({
  ...{ kind: 'accrue', id, occurredAt: NOON - 20 * HOUR + minutes * MINUTE },
  purchase: aPurchase([amount]),
});

const earned = (programme: Programme, story: readonly Happening[]): bigint =>
  arrive(programme, inTime(story)).postings.reduce((sum, { billionths }) => sum + billionths, 0n);

const amount = fc.integer({ min: 1, max: 9_000 });
const before = fc.array(fc.tuple(fc.nat(300), amount), { maxLength: 3 });

describe('a programme with a basket window', () => {
  it('R138: pays parts within the window no more than the whole, when the best moment is taken', () => {
    fc.assert(
      fc.property(
        anyGuarded,
        before,
        fc.array(fc.tuple(fc.integer({ min: 300, max: 300 + WINDOW - 1 }), amount), {
          minLength: 2,
          maxLength: 4,
        }),
        (programme, others, parts) => {
          const past = others.map(([minutes, each], id) => bought(id, minutes, each));
          const split = parts.map(([minutes, each], id) => bought(10 + id, minutes, each));
          const sum = parts.reduce((total, [, each]) => total + each, 0);
          const whole = parts.map(([minutes]) =>
            earned(programme, [...past, bought(10, minutes, sum)]),
          );
          const best = whole.reduce((most, each) => (each > most ? each : most), 0n);
          expect(earned(programme, [...past, ...split])).toBeLessThanOrEqual(best);
        },
      ),
      { numRuns },
    );
  });

  it('R138: never pays less in all for more of one of several purchases, nor for one more', () => {
    fc.assert(
      fc.property(
        anyGuarded,
        fc.array(fc.tuple(fc.nat(400), amount), { minLength: 1, maxLength: 5 }),
        fc.nat(4),
        fc.tuple(fc.nat(400), amount),
        (programme, drawn, place, [minutes, more]) => {
          const story = drawn.map(([at, each], id) => bought(id, at, each));
          const larger = drawn.map(([at, each], id) =>
            bought(id, at, id === place % drawn.length ? each + more : each),
          );
          const least = earned(programme, story);
          expect(earned(programme, larger)).toBeGreaterThanOrEqual(least);
          const further = earned(programme, [...story, bought(20, minutes, more)]);
          expect(further).toBeGreaterThanOrEqual(least);
        },
      ),
      { numRuns },
    );
  });

  it('R139: leaves nothing of what came back, and ends the same in whatever order news arrives', () => {
    fc.assert(
      fc.property(
        anyGuarded,
        fc.array(fc.tuple(fc.nat(200), amount, fc.nat(300), fc.integer({ min: 1, max: 3 })), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.array(fc.nat(), { minLength: 16, maxLength: 16 }),
        (programme, drawn, keys) => {
          const story = drawn.flatMap(([at, each, after, share], id): Happening[] => {
            const first = bought(id, at * 4 + id, each);
            const returned = first.occurredAt + after * MINUTE + 1 + id;
            const lines = share === 1 ? undefined : [{ line: 0, amount: Math.ceil(each / share) }];
            const back = { kind: 'return', of: id, lines } as const;
            return [first, { ...back, id: 50 + id, occurredAt: returned }];
          });
          const calm = arrive(programme, inTime(story));
          expect(endOf(arrive(programme, shuffled(story, keys)))).toEqual(endOf(calm));
          const rest = inTime(story).map((each): Happening => {
            return each.kind === 'return' ? { ...each, lines: undefined } : each;
          });
          const end = arrive(programme, rest);
          expect(end.postings.reduce((sum, { billionths }) => sum + billionths, 0n)).toBe(0n);
          expect([...end.member.counters].filter(([, used]) => used !== 0)).toEqual([]);
        },
      ),
      { numRuns },
    );
  });
});
