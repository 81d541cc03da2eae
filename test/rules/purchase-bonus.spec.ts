import type { EarningBasis } from '../../src/rules/earning/earn.js';
import { countersNeeded, purchaseBonus } from '../../src/rules/earning/purchase-bonus.js';
import { counterKey } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import { HOUR, NOON } from '../support/state.js';

const RULE = 2;
const MIDNIGHT = NOON - 12 * HOUR;
const withCap = (points: number) =>
  aProgramme({
    earningRules: [
      { kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' },
      { kind: 'per_amount', id: 'garden', name: 'On plants', rate: '2', categories: ['garden'] },
      {
        kind: 'per_purchase',
        id: 'visit',
        name: 'For a visit',
        points: 20,
        minimumAmount: 2_000,
        cap: { period: 'day', points },
        coolDownHours: 1,
      },
    ],
  });
const programme = withCap(50);

const worth = (totalMinor: number): EarningBasis => ({
  lines: [],
  share: { numerator: 1, denominator: 1 },
  totalMinor,
  explanation: [],
});
const cap = counterKey('visit/day', MIDNIGHT);
const last = counterKey('visit/last', 0);
const used = (points: number, at: number): Map<string, number> =>
  new Map([
    [cap, points],
    [last, at],
  ]);

describe('a bonus per purchase', () => {
  it('R5: needs a minimum, which is enough by itself', () => {
    const below = purchaseBonus(programme, new Map(), worth(1_999), NOON);
    expect(below.items).toEqual([[RULE, -1, 'below_minimum_amount', '0', 2_000]]);
    expect(below.counters.size).toBe(0);
    const enough = purchaseBonus(programme, new Map(), worth(2_000), NOON);
    expect(enough.items).toEqual([[RULE, -1, 'purchase_bonus_applied', '20000000000', 50]]);
    expect(enough.counters).toEqual(used(20, NOON));
  });

  it('R5: waits for its cool-down, which is over when it has passed', () => {
    const early = purchaseBonus(programme, used(20, NOON), worth(2_000), NOON + HOUR - 1);
    expect(early.items).toEqual([[RULE, -1, 'cool_down_running', '0', HOUR]]);
    expect(early.counters).toEqual(used(20, NOON));
    const over = purchaseBonus(programme, used(20, NOON), worth(2_000), NOON + HOUR);
    expect(over.items[0]?.[2]).toBe('purchase_bonus_applied');
    expect(over.counters).toEqual(used(40, NOON + HOUR));
  });

  it('R5: has a cap, which cuts the last one short and refuses any more', () => {
    const short = purchaseBonus(programme, used(40, NOON), worth(2_000), NOON + HOUR);
    expect(short.items).toEqual([[RULE, -1, 'purchase_bonus_capped', '10000000000', 50]]);
    expect(short.counters).toEqual(used(50, NOON + HOUR));
    const none = purchaseBonus(programme, used(50, NOON), worth(2_000), NOON + HOUR);
    expect(none.items).toEqual([[RULE, -1, 'cap_reached', '0', 50]]);
    expect(none.counters).toEqual(used(50, NOON));
    const whole = purchaseBonus(withCap(20), new Map(), worth(2_000), NOON);
    expect(whole.items[0]?.[2]).toBe('purchase_bonus_applied');
  });

  it('R5: is decided with two counters, and rules per amount with none', () => {
    expect(countersNeeded(programme, NOON)).toEqual([
      { counter: 'visit/last', periodStart: 0, used: 0 },
      { counter: 'visit/day', periodStart: MIDNIGHT, used: 0 },
    ]);
  });
});
