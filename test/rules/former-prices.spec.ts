import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import { priceOf } from '../../src/rules/spending/price.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { Lot } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { aLot, aMember, DAY, lastOf, NOON } from '../support/state.js';

/** 400 points until a week ago, promised for four weeks more; 500 since. */
const programme = aProgramme({
  rewards: [
    {
      ...{ code: 'mug', name: 'Mug', points: 500, value: { amount: 1, currency: 'GBP' } },
      formerPrices: [{ points: 400, until: '2026-06-09', honouredUntil: '2026-07-14' }],
    },
  ],
});
const RISE = Date.UTC(2026, 5, 9, 23);
const PROMISED_UNTIL = Date.UTC(2026, 6, 14, 23);

const before = (amount: number, more: Partial<Lot> = {}): Lot =>
  aLot({ seq: 1, amount, accruedAt: RISE - 1, availableFrom: 0, ...more });
const after = (amount: number, more: Partial<Lot> = {}): Lot =>
  aLot({ seq: 2, amount, accruedAt: RISE, availableFrom: 0, ...more });

function hold(lots: readonly Lot[], at = NOON): Outcome {
  const points = lots.reduce((sum, { amount }) => sum + amount, 0);
  const member = aMember({ lots, points, version: 9 });
  return act(
    programme,
    { members: [member] },
    { kind: 'hold', at, retailer: 'shop', reward: 'mug' },
  );
}
const costOf = (outcome: Outcome): number | undefined => lastOf(outcome).redemptions[0]?.points;
const told = (outcome: Outcome): unknown[] =>
  lastOf(outcome)
    .explanation.filter(([, , code]) => code === 'former_price_honoured')
    .map((item) => item[4]);

describe('a price that rose', () => {
  it('R33: is not asked for points earned before', () => {
    const outcome = hold([before(400)]);
    expect(costOf(outcome)).toBe(400);
    expect(told(outcome)).toEqual(['400 at 400']);
  });

  it('R33: is asked for points earned since, to the first instant', () => {
    expect(costOf(hold([after(500)]))).toBe(500);
    expect(told(hold([after(500)]))).toEqual([]);
    expect(hold([after(499)]).refusal).toEqual({
      code: 'insufficient_points',
      details: { available: 499, required: 500, missing: 1 },
    });
  });

  it('R33: is asked for the share that older points do not cover', () => {
    const outcome = hold([before(200), after(300)]);
    expect(costOf(outcome)).toBe(450);
    expect(told(outcome)).toEqual(['200 at 400']);
    expect(hold([before(200), after(249)]).refusal?.details).toEqual({
      available: 449,
      required: 450,
      missing: 1,
    });
  });

  it('R33: is asked of all points once the promise is over', () => {
    expect(costOf(hold([before(500)], PROMISED_UNTIL - 1))).toBe(400);
    expect(costOf(hold([before(500)], PROMISED_UNTIL))).toBe(500);
  });

  it('R6: changes nothing about which points are spent first', () => {
    const outcome = hold([before(400), after(400, { expiresAt: NOON + DAY })]);
    expect(lastOf(outcome).entries.map(({ lotSeq, amount }) => [lotSeq, amount])).toEqual([
      [2, 400],
      [1, 80],
    ]);
  });

  it('R33: never costs more than today, nor less than it did, for any lots', () => {
    const reward = programme.rewards.get('mug');
    if (reward === undefined) throw new Error('There is no mug.');
    const lots = fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.boolean()), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(lots, (drawn) => {
        const owned = drawn.map(([amount, isOld], seq) =>
          isOld ? before(amount, { seq }) : after(amount, { seq }),
        );
        const { points, missing, lots: paid } = priceOf(reward, owned, NOON);
        expect(paid.reduce((sum, { amount }) => sum + amount, 0)).toBe(points);
        if (missing > 0) {
          expect(points).toBe(owned.reduce((sum, { amount }) => sum + amount, 0));
          expect(points + missing).toBeLessThanOrEqual(500);
        } else {
          expect(points).toBeLessThanOrEqual(500);
          expect(points).toBeGreaterThanOrEqual(400);
        }
      }),
    );
  });
});
