import { netItems, type Award } from '../../src/rules/earning/award.js';
import { decide, termsOf, type Context } from '../../src/rules/earning/decision.js';
import { decideReturn, type ReturnFacts } from '../../src/rules/earning/give-back.js';
import type { Purchase } from '../../src/rules/purchase.js';
import { poolOf } from '../../src/rules/offers/pool.js';
import { BILLION } from '../../src/rules/points.js';
import { counterKey, type ReturnedLine } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aPurchase, HOUR, NOON } from '../support/state.js';

const programme = aProgramme();
const fresh: Context = {
  ...{ held: '', qualifying: 0n, counters: new Map(), enrolledAt: 0 },
  ...{ seenAt: null, pool: poolOf(undefined) },
};
const MIDNIGHT = NOON - 12 * HOUR;
const cap = counterKey('visit/day', MIDNIGHT);
const last = counterKey('visit/last', 0);

function awarded(purchase: Purchase, context = fresh): { award: Award; next: Context } {
  const { items, tier, next } = decide(programme, context, purchase, {
    occurredAt: NOON,
    at: NOON,
  });
  const { held } = context;
  const award = { seq: 1, occurredAt: NOON, at: NOON, versionNo: 1, held, tier, purchase };
  return { award: { ...award, items: netItems(items), returned: [] }, next };
}

const returning = (
  context: Context,
  award: Award,
  returned: readonly ReturnedLine[],
  facts: Partial<ReturnFacts> = {},
) =>
  decideReturn(context, {
    ...{ awarding: programme, programme, newest: programme, award, returned, time: NOON + HOUR },
    ...{ others: { lastGrant: () => 7, firstOf: () => 0, inBasket: () => 0n }, floor: undefined },
    ...facts,
  });
const line = (index: number, amount: number): ReturnedLine => ({
  line: index,
  quantity: 1,
  amount,
});

describe('the terms of points', () => {
  it('R9: pending until the window ends, rolling from the purchase', () => {
    expect(termsOf(programme, NOON)).toEqual({
      funder: 'own',
      accruedAt: NOON,
      availableFrom: Date.UTC(2026, 6, 16, 23),
      expiresAt: Date.UTC(2028, 5, 16, 23),
    });
    const open = aProgramme({ returnWindowDays: 0, expiry: { kind: 'none' } });
    expect(termsOf(open, NOON)).toMatchObject({ availableFrom: NOON, expiresAt: null });
  });
});

describe('net items', () => {
  it('R15: sum what is said of a rule and line, as it was said first, and no mere remarks', () => {
    const net = netItems([
      [0, 1, 'rate_applied', '50', 100],
      [-2, 1, 'category_excluded', '0', 'delivery'],
      [0, 2, 'rate_applied', '7'],
      [0, 1, 'returned', '-20'],
    ]);
    expect([...net]).toEqual([
      ['0/1', [0, 1, 'rate_applied', '30']],
      ['0/2', [0, 2, 'rate_applied', '7']],
    ]);
  });
});

describe('the award of a purchase that comes back', () => {
  it('R15: goes item by item, with what the bonus used of its cap and cool-down', () => {
    const { award, next } = awarded(aPurchase([3_000]));
    const back = returning(next, award, [line(0, 3_000)]);
    expect(back.items).toEqual([
      [0, 0, 'returned', '-30000000000'],
      [2, -1, 'minimum_no_longer_met', '-20000000000'],
    ]);
    expect(back).toMatchObject({ billionths: -50n * BILLION, qualifying: -30n * BILLION });
    expect(back.next).toMatchObject({ held: 'blue', qualifying: 0n });
    expect([back.next.counters.get(cap), back.next.counters.get(last)]).toEqual([0, 7]);
  });

  it('R15: keeps a bonus whose minimum the rest still reaches', () => {
    const { award, next } = awarded(aPurchase([2_000, 1_000]));
    const back = returning(next, award, [line(1, 1_000)]);
    expect(back.items).toEqual([[0, 1, 'returned', '-10000000000']]);
    expect(back.next.counters).toEqual(next.counters);
  });

  it('R15: leaves the cool-down of a later bonus alone, and no cap below nothing', () => {
    const { award } = awarded(aPurchase([2_000]));
    const counters = new Map([
      [cap, 5],
      [last, NOON + 1],
    ]);
    const back = returning({ ...fresh, counters }, award, [line(0, 2_000)]);
    expect([back.next.counters.get(cap), back.next.counters.get(last)]).toEqual([0, NOON + 1]);
  });

  it('R2: says that it came back even where that takes nothing', () => {
    const { award, next } = awarded(aPurchase([0]));
    const back = returning(next, award, [line(0, 0)]);
    expect(back.items).toEqual([[-2, -1, 'returned', '0']]);
    expect(back.next).toEqual({ ...next, seenAt: NOON + HOUR });
  });

  it('R15: takes back the bonus of the tier it was awarded at', () => {
    const { award, next } = awarded(aPurchase([1_000]), { ...fresh, held: 'silver' });
    expect(returning(next, award, [line(0, 400)]).items).toEqual([
      [0, 0, 'returned', '-4000000000'],
      [-1, 0, 'returned', '-1000000000'],
    ]);
  });
});

describe('the tier after a return', () => {
  const { award } = awarded(aPurchase([60_000]));
  const silver: Context = { ...fresh, held: 'silver', qualifying: 600n * BILLION };
  const before = (held: string) => ({ at: NOON, held });
  const whole = [line(0, 60_000)];
  const heldAfter = (returned: ReturnedLine[], facts: Partial<ReturnFacts>, context = silver) =>
    returning(context, award, returned, { floor: before('blue'), ...facts }).next.held;

  it('R19: goes down to what the rest reaches while its purchase can be returned', () => {
    const ends = termsOf(programme, NOON).availableFrom;
    expect(heldAfter(whole, { time: ends - 1 })).toBe('blue');
    expect(heldAfter(whole, { time: ends })).toBe('silver');
    expect(heldAfter([line(0, 10_000)], {})).toBe('silver');
    expect(heldAfter([line(0, 10_001)], {})).toBe('blue');
  });

  it('R19: stays where none can be returned, or was held before the oldest that can', () => {
    expect(heldAfter(whole, { floor: undefined })).toBe('silver');
    expect(heldAfter(whole, { floor: before('silver') })).toBe('silver');
  });

  it('R19: is no other one where nothing goes down', () => {
    expect(heldAfter(whole, {}, { ...silver, held: 'gone' })).toBe('gone');
  });
});
