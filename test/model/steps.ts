/** What members, tills and staff do in a model run, drawn at random; the same for core and HTTP. */
import fc from 'fast-check';
import { DAY, HOUR } from '../support/state.js';
import type { Reference } from './reference.js';
import type { AskedBack, Basket, Hold } from './terms.js';

export const MINUTE = 60_000;

export type Step =
  | { do: 'accrue'; ago: number; basket: Basket; uses: number | null }
  | { do: 'return'; which: number; ago: number; back: BackDrawn; gives: number | null }
  | { do: 'hold'; reward: string }
  | { do: 'capture' | 'release'; which: number }
  | { do: 'adjust'; points: number }
  | { do: 'wait'; ms: number };

/** All, or some lines; each whole, by pieces, by a share of its money, or both. */
type BackDrawn = { line: number; pieces: number | null; share: number | null }[] | null;

const basket = fc
  .record({
    lines: fc.array(
      fc.record({
        category: fc.constantFrom('home', 'home', 'garden', 'garden', 'delivery', 'unheard_of'),
        quantity: fc.integer({ min: 1, max: 3 }),
        amount: fc.oneof(fc.integer({ min: 0, max: 9_000 }), fc.constantFrom(0, 700, 1_500, 2_000)),
        tax: fc.constantFrom(0, 0, 6),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    byPoints: fc.option(fc.integer({ min: 0, max: 10 }), { freq: 4 }),
  })
  .map(({ lines, byPoints }): Basket => {
    const total = lines.reduce((sum, { amount }) => sum + amount, 0);
    const points = Math.floor((total * (byPoints ?? 0)) / 10);
    const tenders = [
      { kind: 'points', amount: points },
      { kind: 'card', amount: total - points },
    ];
    return {
      lines: lines.map((line) => ({
        ...line,
        tax: line.tax === 0 ? 0 : Math.floor(line.amount / 6),
      })),
      tenders: byPoints === null ? [] : tenders,
    };
  });

const ago = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(0, 0, HOUR, 5 * HOUR) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 15 * 24 }).map((hours) => hours * HOUR) },
  { weight: 1, arbitrary: fc.constantFrom(17 * DAY, 25 * DAY, -4 * MINUTE, -6 * MINUTE) },
);

const back = fc.option(
  fc.array(
    fc.record({
      line: fc.nat(2),
      pieces: fc.option(fc.integer({ min: 1, max: 3 })),
      share: fc.option(fc.integer({ min: 1, max: 4 })),
    }),
    { minLength: 1, maxLength: 3 },
  ),
  { freq: 2 },
);

const which = fc.nat(1_000);
const maybe = fc.option(which, { freq: 2 });

const drawn: [weight: number, fc.Arbitrary<Step>][] = [
  [7, fc.record({ do: fc.constant('accrue'), ago, basket, uses: maybe })],
  [5, fc.record({ do: fc.constant('return'), which, ago, back, gives: maybe })],
  [
    4,
    fc.record({
      do: fc.constant('hold'),
      reward: fc.constantFrom('small', 'small', 'large', 'moon'),
    }),
  ],
  [4, fc.record({ do: fc.constantFrom('capture', 'capture', 'release'), which })],
  [
    1,
    fc.record({ do: fc.constant('adjust'), points: fc.constantFrom(5, 25, 60, 70, -3, -20, 100) }),
  ],
  [
    4,
    fc.record({
      do: fc.constant('wait'),
      ms: fc.constantFrom(1, MINUTE, 30 * MINUTE, 5 * HOUR, DAY, 3 * DAY, 8 * DAY),
    }),
  ],
];

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  ...drawn.map(([weight, arbitrary]) => ({ weight, arbitrary })),
);

/** One of a list by any number, the newer ones more often; undefined = there is none. */
export function pick<T>(from: readonly T[], number: number): T | undefined {
  const back = number % 2 === 0 ? number % 8 : number;
  return from[from.length - 1 - (back % Math.max(1, from.length))];
}

/** What a drawn return asks for of the purchase it names. */
export function askedOf(basket: Basket, drawn: BackDrawn): AskedBack[] | undefined {
  return drawn?.map(({ line, pieces, share }) => {
    const amount = basket.lines[line]?.amount ?? 0;
    return {
      line,
      ...(pieces !== null && { quantity: pieces }),
      ...(share !== null && { amount: Math.max(1, Math.floor(amount / share)) }),
    };
  });
}

/** Captured redemptions come up more often than others, when a step is about one. */
export function holdFor({ holds }: Reference, number: number | null): Hold | undefined {
  if (number === null) return undefined;
  const captured = holds.filter(({ state }) => state === 'captured');
  return pick(number % 5 === 0 ? holds : captured, number);
}

/** Terms of lots, and what remains and is held of them. */
export function lotsOf({ lots }: Reference): (number | null)[][] {
  return lots
    .filter(({ hold }) => hold?.state !== 'captured')
    .map(({ accrued, from, expires, left, hold }) => [
      ...[accrued, from, expires === Infinity ? null : expires, left],
      hold?.state === 'held' ? left : 0,
    ]);
}

/** What purchases use of caps and cool-downs, summed under the names of the engine's counters. */
export function countersOf({ story }: Reference): Record<string, number> {
  const used: Record<string, number> = {};
  for (const { items, place } of story.purchases.values()) {
    for (const [key, billionths] of items) {
      if (!key.includes('@') || billionths === 0n) continue;
      used[key] = (used[key] ?? 0) + Number(billionths / 1_000_000_000n);
      used[key.replace(/[/].*/, '/last@0')] = place;
    }
  }
  return used;
}
