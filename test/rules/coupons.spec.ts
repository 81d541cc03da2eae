import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import { couponCounters } from '../../src/rules/gifts/award.js';
import type { Outcome } from '../../src/rules/outcome.js';
import type { MemberState } from '../../src/rules/state.js';
import { aProgramme } from '../support/programme.js';
import {
  aMember,
  aPurchase,
  DAY,
  HOUR,
  lastOf,
  memberOf,
  NOON,
  versionsOf,
} from '../support/state.js';

const coupons = [
  { code: 'fair', name: 'Fair', points: 50, until: '2026-06-20', budget: 400, perMember: 2 },
  { code: 'open', name: 'Open', points: 30, until: '2030-01-01', budget: 90, perMember: 9 },
];
const giftCaps = [
  { period: 'month', points: 110 },
  { period: 'lifetime', points: 200 },
] as const;
const programme = aProgramme({ coupons, giftCaps: [...giftCaps] });

interface Given {
  coupon?: string;
  at?: number;
  until?: number;
  used?: number;
  left?: number;
}

function redeem(member: MemberState, given: Given = {}): Outcome {
  const { coupon = 'fair', at = NOON, until = Infinity, used = 0, left = 1_000 } = given;
  const state = {
    members: [member],
    limits: new Map([['coupon/x', used]]),
    left: new Map([[`coupon/${coupon}`, left]]),
  };
  return act(programme, state, { kind: 'coupon', at, coupon, until, single: 'coupon/x' });
}
const codeOf = (member: MemberState, given: Given): unknown => redeem(member, given).refusal?.code;

describe('coupons', () => {
  it('R62: give whole points at once, out of the budget, and count what was given', () => {
    const outcome = redeem(aMember({ version: 3, tier: 'blue', remainder: 5n }));
    expect(lastOf(outcome)).toMatchObject({
      ...{ kind: 'award', seq: 4, billionths: 50_000_000_000n },
      after: { points: 50, pending: 0, qualifying: 0n, remainder: 5n },
      explanation: [[-2, -1, 'coupon_redeemed', '50000000000', 'fair']],
      entries: [{ debit: 'issued', credit: 'points', amount: 50 }],
      opened: [{ funder: 'own', accruedAt: NOON, availableFrom: NOON }],
      shared: [{ limit: 'coupon/fair', amount: 50 }],
      counters: [
        { counter: '*coupon/fair', periodStart: 0, used: 1 },
        { counter: '*gifts/month', used: 50 },
        { counter: '*gifts/lifetime', used: 50 },
      ],
    });
    expect(outcome.state.limits?.get('coupon/x')).toBe(1);
    const asked = couponCounters(programme, 'fair', NOON).map(({ counter }) => counter);
    expect(asked).toEqual(['*coupon/fair', '*gifts/month', '*gifts/lifetime']);
  });

  it('R62: pay what is owed first', () => {
    const outcome = redeem(aMember({ owed: 20 }));
    expect(lastOf(outcome)).toMatchObject({
      after: { points: 30, owed: 0 },
      explanation: [{ 2: 'coupon_redeemed' }, [-2, -1, 'owed_repaid', '0', 20]],
    });
  });

  it('R62: are refused when used, over, or for nobody active', () => {
    const member = aMember();
    const end = NOON + 12 * HOUR + 4 * DAY;
    expect(codeOf(member, { used: 1 })).toBe('coupon_already_used');
    expect(codeOf(member, { coupon: 'none' })).toBe('coupon_not_valid');
    expect(codeOf(member, { at: end - 1 })).toBeUndefined();
    expect(codeOf(member, { at: end })).toBe('coupon_not_valid');
    expect(codeOf(member, { until: NOON })).toBe('coupon_not_valid');
    expect(codeOf(member, { until: NOON + 1 })).toBeUndefined();
    expect(codeOf(aMember({ status: 'left' }), {})).toBe('member_not_active');
    const short = redeem(member, { left: 49 });
    expect([short.refusal?.code, short.short]).toEqual([
      'budget_spent',
      [{ limit: 'coupon/fair', amount: 50 }],
    ]);
    expect(codeOf(member, { left: 50 })).toBeUndefined();
  });

  it('R62: come to so many of a kind, and to so many points of all kinds, and no more', () => {
    const once = memberOf(redeem(aMember()));
    const twice = memberOf(redeem(once));
    expect(redeem(twice).refusal).toEqual({
      ...{ code: 'coupon_limit_reached', details: { limit: 2, used: 2 } },
    });
    // 100 of 110 in the month, and once it is over of 200 ever.
    const other = redeem(twice, { coupon: 'open' });
    expect(other.refusal).toEqual({
      ...{ code: 'gift_limit_reached', details: { limit: 110, used: 100, asked: 30 } },
    });
    expect(other.postings.map(({ kind }) => kind)).toEqual(['refused']);
    let member = twice;
    for (const times of [1, 2, 3]) {
      const outcome = redeem(member, { coupon: 'open', at: NOON + 30 * DAY });
      expect(outcome.refusal).toBeUndefined();
      member = memberOf(outcome);
      expect(member.points).toBe(100 + times * 30);
    }
    expect(redeem(member, { coupon: 'open', at: NOON + 60 * DAY }).refusal).toEqual({
      ...{ code: 'gift_limit_reached', details: { limit: 200, used: 190, asked: 30 } },
    });
    const just = aProgramme({ coupons, giftCaps: [{ period: 'month', points: 50 }] });
    const state = { members: [aMember()], limits: new Map([['coupon/x', 0]]) };
    const left = new Map([['coupon/fair', 50]]);
    const action = { kind: 'coupon', at: NOON, coupon: 'fair', until: Infinity } as const;
    const all = act(just, { ...state, left }, { ...action, single: 'coupon/x' });
    expect(all.refusal).toBeUndefined();
  });

  it('R62: are good from their first instant to their last day', () => {
    const from = '2026-06-16';
    const dated = aProgramme({ coupons: [{ ...coupons[0], from }] as never, giftCaps: [] });
    const state = {
      ...{ members: [aMember()], limits: new Map([['coupon/x', 0]]) },
      left: new Map([['coupon/fair', 400]]),
    };
    const at = (instant: number, coupon = 'fair'): unknown =>
      act(dated, state, {
        ...{ kind: 'coupon', at: instant, coupon, until: Infinity, single: 'coupon/x' },
      }).refusal;
    const midnight = NOON - 12 * HOUR;
    expect(at(midnight)).toBeUndefined();
    expect(at(midnight - 1)).toEqual({ code: 'coupon_not_valid', details: {} });
    expect(at(NOON, 'none')).toEqual({ code: 'coupon_not_valid', details: {} });
    const counters = couponCounters(programme, 'fair', NOON);
    expect(counters.map((each) => each.periodStart)).toEqual([0, Date.UTC(2026, 4, 31, 23), 0]);
  });

  it('R62: never come to more than the caps, whatever is redeemed, bought and brought back when', () => {
    const step = fc.record({
      how: fc.constantFrom('fair', 'open', 'buy', 'return'),
      after: fc.integer({ min: 0, max: 20 }),
    });
    const versions = versionsOf(programme);
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let state: MemberState = aMember({ history: [], purchases: new Map() });
        const [given, bought] = [new Map<string, number>(), [] as number[]];
        let [now, total] = [NOON, 0];
        const count = (key: string, points: number): number => {
          given.set(key, (given.get(key) ?? 0) + points);
          return given.get(key) ?? 0;
        };
        for (const { how, after } of steps) {
          now += after * DAY;
          let outcome: Outcome;
          if (how === 'buy') {
            const accrue = { kind: 'accrue', at: now, occurredAt: now, versions } as const;
            const purchase = aPurchase([3_000]);
            outcome = act(programme, { members: [state] }, { ...accrue, purchase });
            bought.push(memberOf(outcome).version);
          } else if (how === 'return') {
            const purchase = bought.pop();
            if (purchase === undefined) continue;
            const back = { kind: 'return', at: now, occurredAt: now, purchase, versions } as const;
            outcome = act(programme, { members: [state] }, back);
          } else {
            outcome = redeem(state, { coupon: how, at: now });
            if (outcome.refusal === undefined) {
              const points = how === 'fair' ? 50 : 30;
              total += points;
              expect(count('lifetime', points)).toBeLessThanOrEqual(200);
              const month = new Date(now + HOUR).toISOString().slice(0, 7);
              expect(count(month, points)).toBeLessThanOrEqual(110);
              expect(count(how, 1)).toBeLessThanOrEqual(how === 'fair' ? 2 : 9);
            }
          }
          state = memberOf(outcome);
        }
        // All purchases brought back leave just what was given.
        for (const purchase of bought.reverse()) {
          const back = { kind: 'return', at: now, occurredAt: now, purchase, versions } as const;
          state = memberOf(act(programme, { members: [state] }, back));
        }
        expect(state.points - state.owed).toBe(total);
      }),
    );
  });
});
