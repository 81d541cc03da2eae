import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import { explain } from '../../src/programmes/explain.js';
import { sumOf } from '../../src/rules/explanation.js';
import type { Luck } from '../../src/rules/offers/surprise.js';
import { validOffers } from '../../src/rules/offers/valid.js';
import { limitsWanted } from '../../src/rules/offers/wanted.js';
import { blockOf } from '../../src/rules/partners/terms.js';
import type { Outcome, PostingDraft } from '../../src/rules/outcome.js';
import type { Purchase } from '../../src/rules/purchase.js';
import type { MemberState } from '../../src/rules/state.js';
import { withTraits } from '../../src/rules/traits.js';
import { draws } from '../support/draws.js';
import { Left } from '../support/limits.js';
import { aProgramme } from '../support/programme.js';
import {
  anAccrual,
  aPurchase,
  DAY,
  HOUR,
  lastOf,
  memberOf,
  MINUTE,
  NOON,
  versionsOf,
} from '../support/state.js';
import { arrive, anyStory, endOf, fresh, inTime, shuffled, type Happening } from './stories.js';

const numRuns = draws(300);

const programme = aProgramme({
  rewards: [],
  earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' }],
  surprises: [
    {
      ...{ code: 'thanks', name: 'Thanks', audience: { kind: 'all' }, chance: '0.2' },
      ...{ points: 30, minimumAmount: 1_000, caps: [{ period: 'year', points: 90 }] },
      budget: { points: 100_000 },
    },
  ],
});
const versions = versionsOf(programme);
const [ruleNo = -1] = programme.offers.keys();
const lucky: Luck = () => 0;
const unlucky: Luck = () => 200_000;

interface When {
  at: number;
  occurredAt?: number;
  luck?: Luck | undefined;
}

function buy(member: MemberState, basket: Purchase, { at, occurredAt = at, luck }: When): Outcome {
  const purchase = withTraits(programme, member, basket, { at, occurredAt, luck });
  const action = { ...anAccrual(purchase, { at, occurredAt }), versions };
  return act(programme, { members: [member], left: new Left(programme) }, action);
}

function bringBack(member: MemberState, purchase: number, at: number, amount?: number): Outcome {
  const lines = amount === undefined ? undefined : [{ line: 0, amount }];
  const action = { kind: 'return', at, occurredAt: at, purchase, lines, versions } as const;
  return act(programme, { members: [member], left: new Left(programme) }, action);
}

const given = ({ explanation }: Pick<PostingDraft, 'explanation'>): bigint =>
  sumOf(explanation.filter(([rule]) => rule === ruleNo));
const saysNothing = ({ explanation }: PostingDraft): boolean =>
  explanation.every(([rule]) => rule !== ruleNo);

const amounts = fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 1, maxLength: 6 });

describe('surprises', () => {
  it('R90: the same day has the same luck, however often it is asked', () => {
    const asked: string[] = [];
    const luck: Luck = (code, day) => {
      asked.push(`${code} ${day}`);
      return 0;
    };
    let member = fresh();
    for (const hours of [0, 1, 2]) {
      member = memberOf(buy(member, aPurchase([2_000]), { at: NOON + hours * HOUR, luck }));
    }
    expect(new Set(asked)).toEqual(new Set(['thanks 2026-06-16']));
  });

  it('R90: splitting a purchase over a day never wins more than the whole', () => {
    fc.assert(
      fc.property(amounts, fc.boolean(), (parts, isLucky) => {
        const luck = isLucky ? lucky : unlucky;
        const whole = lastOf(buy(fresh(), aPurchase(parts), { at: NOON, luck }));
        let member = fresh();
        let won = 0n;
        for (const [place, part] of parts.entries()) {
          const outcome = buy(member, aPurchase([part]), { at: NOON + place * MINUTE, luck });
          won += given(lastOf(outcome));
          member = memberOf(outcome);
        }
        expect(won <= given(whole)).toBe(true);
      }),
      { numRuns },
    );
  });

  it('R90: more of a purchase never wins less', () => {
    fc.assert(
      fc.property(amounts, fc.integer({ min: 1, max: 4_000 }), (parts, more) => {
        const when = { at: NOON, luck: lucky };
        const some = given(lastOf(buy(fresh(), aPurchase(parts), when)));
        expect(given(lastOf(buy(fresh(), aPurchase([...parts, more]), when))) >= some).toBe(true);
      }),
      { numRuns },
    );
  });

  it('R91: without luck - in previews, late, on another day - nothing comes and nothing is said', () => {
    const before = memberOf(buy(fresh(), aPurchase([500]), { at: NOON, luck: lucky }));
    const basket = aPurchase([2_000]);
    const nothing: When[] = [
      { at: NOON + HOUR },
      { at: NOON + HOUR, luck: unlucky },
      { at: NOON + HOUR, occurredAt: NOON - MINUTE, luck: lucky },
      { at: NOON + DAY, occurredAt: NOON + HOUR, luck: lucky },
    ];
    for (const when of nothing) {
      expect(saysNothing(lastOf(buy(before, basket, when)))).toBe(true);
    }
    expect(given(lastOf(buy(before, basket, { at: NOON + HOUR, luck: lucky })))).toBe(
      30n * 10n ** 9n,
    );
    const visit: Purchase = { lines: [], tenders: [], activity: { kind: 'visit' } };
    expect(withTraits(programme, before, visit, { at: NOON, occurredAt: NOON, luck: lucky })).toBe(
      visit,
    );
  });

  it('R91: what falls short on a lucky day hears nothing of it', () => {
    const small = buy(fresh(), aPurchase([999]), { at: NOON, luck: lucky });
    expect(saysNothing(lastOf(small))).toBe(true);
    const won = buy(memberOf(small), aPurchase([1_000]), { at: NOON + MINUTE, luck: lucky });
    const again = buy(memberOf(won), aPurchase([1_000]), { at: NOON + HOUR, luck: lucky });
    expect(saysNothing(lastOf(again))).toBe(true);
  });

  it('R91: no surprise is among the offers of a member, and none is locked for nothing', () => {
    expect(validOffers(programme, fresh(), NOON)).toEqual([]);
    const when = { occurredAt: NOON, at: NOON };
    const known = (luck: Luck) => (): Purchase =>
      withTraits(programme, fresh(), aPurchase([2_000]), { ...when, luck });
    expect(limitsWanted(programme, fresh(), known(unlucky), when)).toEqual([]);
    expect(limitsWanted(programme, fresh(), known(lucky), when)).toEqual(['offer/thanks/points']);
  });

  it('R91: what is for a list comes to those who are on it', () => {
    const listed = aProgramme({
      surprises: [
        {
          ...{ code: 'thanks', name: 'Thanks', chance: '0.2', points: 30, minimumAmount: 1_000 },
          ...{ audience: { kind: 'lists', lists: ['vip'] }, budget: { points: 100 } },
          caps: [{ period: 'year', points: 90 }],
        },
      ],
    });
    const when = { at: NOON, occurredAt: NOON, luck: lucky };
    const known = (lists: string[]): Purchase =>
      withTraits(listed, { ...fresh(), lists: new Set(lists) }, aPurchase([2_000]), when);
    expect(known(['others']).traits).toBeUndefined();
    expect(known(['vip']).traits).toEqual({ offers: { thanks: 'open' } });
  });

  it('R91: luck turns no purchase away at a partner whose block is all but empty', () => {
    const terms = { kind: 'prepaid', price: '1', whenEmpty: 'refuse', alertBelow: 0 } as const;
    const prepaid = aProgramme({
      ...{ rewards: [], partners: [{ code: 'wheels', kind: 'partner', terms }] },
      earningRules: [{ kind: 'per_amount', id: 'base', name: 'Base', rate: '1' }],
      surprises: [
        {
          ...{ code: 'thanks', name: 'Thanks', chance: '0.2', points: 30, minimumAmount: 1_000 },
          ...{ audience: { kind: 'all' }, budget: { points: 100 } },
          caps: [{ period: 'year', points: 90 }],
        },
      ],
    });
    const basket = { ...aPurchase([2_000]), retailer: 'wheels' };
    const when = { at: NOON, occurredAt: NOON, luck: lucky };
    const purchase = withTraits(prepaid, fresh(), basket, when);
    const left = new Map([...prepaid.limits, [blockOf('wheels'), 20]]);
    const action = { ...anAccrual(purchase), versions: versionsOf(prepaid), retailer: 'wheels' };
    const outcome = act(prepaid, { members: [fresh()], left }, action);
    expect(outcome.refusal).toBeUndefined();
    expect(memberOf(outcome).points).toBe(20 + 30);
  });

  it('R91: that a budget was spent is told to staff alone, and what it paid is told to all', () => {
    const told = (left: number): unknown[] => {
      const at = { at: NOON, occurredAt: NOON };
      const purchase = withTraits(programme, fresh(), aPurchase([2_000]), { ...at, luck: lucky });
      const room = new Map([['offer/thanks/points', left]]);
      const action = { ...anAccrual(purchase), versions };
      const { explanation } = lastOf(act(programme, { members: [fresh()], left: room }, action));
      return [false, true].map((isForStaff) =>
        explain(explanation, programme, isForStaff).flatMap(({ rule, code }) =>
          rule === 'thanks' ? [code] : [],
        ),
      );
    };
    expect(told(0)).toEqual([[], ['budget_used_up']]);
    expect(told(20_000_000)).toEqual([['budget_capped'], ['budget_capped']]);
    expect(told(30_000_000)).toEqual([['surprise_given'], ['surprise_given']]);
  });

  it('R92: winning and bringing back leaves nothing, and the day as it was', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5_000 }),
        fc.integer({ min: 1, max: 5 }),
        (amount, n) => {
          let member = fresh();
          for (let round = 0; round < n; round += 1) {
            const at = NOON + round * HOUR;
            const bought = buy(member, aPurchase([amount]), { at, luck: lucky });
            expect(given(lastOf(bought))).toBe(amount < 1_000 ? 0n : 30n * 10n ** 9n);
            const back = bringBack(memberOf(bought), memberOf(bought).version, at + MINUTE);
            member = memberOf(back);
            expect([member.points, member.owed, member.remainder]).toEqual([0, 0, 0n]);
            expect([...member.counters.values()].filter((used) => used !== 0)).toEqual([]);
          }
        },
      ),
      { numRuns: draws(50) },
    );
  });

  it('R92: what is left of a purchase has the surprise while it is large enough', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 5_000 }),
        fc.integer({ min: 1, max: 5_000 }),
        (amount, back) => {
          const bought = buy(fresh(), aPurchase([amount]), { at: NOON, luck: lucky });
          const asked = Math.min(amount, back);
          const outcome = bringBack(memberOf(bought), 1, NOON + HOUR, asked);
          const left = amount - asked < 1_000 ? 0 : 30;
          expect(given(lastOf(bought)) + given(lastOf(outcome))).toBe(BigInt(left) * 10n ** 9n);
        },
      ),
      { numRuns },
    );
  });

  it('R92: whatever is bought and brought back in a day, there is one at most, for what is left', () => {
    const step = fc.record({
      buys: fc.boolean(),
      amount: fc.integer({ min: 1, max: 3_000 }),
      which: fc.nat(9),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        let member = fresh();
        const bought = new Map<number, { left: number; given: bigint }>();
        for (const [place, { buys, amount, which }] of steps.entries()) {
          const at = NOON + place * MINUTE;
          const [seq, one] = [...bought][which % Math.max(1, bought.size)] ?? [];
          if (buys || seq === undefined || one === undefined || one.left === 0) {
            const outcome = buy(member, aPurchase([amount]), { at, luck: lucky });
            member = memberOf(outcome);
            bought.set(member.version, { left: amount, given: given(lastOf(outcome)) });
          } else {
            const back = Math.min(amount, one.left);
            const outcome = bringBack(member, seq, at, back);
            member = memberOf(outcome);
            const now = one.given + given(lastOf(outcome));
            bought.set(seq, { left: one.left - back, given: now });
          }
          const have = [...bought.values()].filter((each) => each.given !== 0n);
          expect(have.length).toBeLessThanOrEqual(1);
          for (const each of have) {
            expect([each.given, each.left >= 1_000]).toEqual([30n * 10n ** 9n, true]);
          }
        }
        const worth = [...bought.values()].map((each) => each.left * 10 ** 7 + Number(each.given));
        const exact = member.remainder + BigInt(member.points - member.owed) * 10n ** 9n;
        expect(exact).toBe(BigInt(worth.reduce((sum, each) => sum + each, 0)));
      }),
      { numRuns },
    );
  });

  it('R93: whatever order things become known in, the same member is left', () => {
    const luckOf = fc.array(fc.boolean(), { minLength: 6, maxLength: 6 });
    const keys = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 12,
      maxLength: 12,
    });
    const marked = (story: readonly Happening[], luck: readonly boolean[]): Happening[] =>
      story.map((each) => {
        if (each.kind !== 'accrue' || luck[each.id] !== true) return each;
        return { ...each, purchase: { ...each.purchase, traits: { offers: { thanks: 'open' } } } };
      });
    fc.assert(
      fc.property(anyStory, luckOf, keys, (story, luck, order) => {
        const happened = marked(story, luck);
        const left = new Map([...programme.limits]);
        const right = arrive(programme, inTime(happened), fresh('blue'), left);
        const late = arrive(programme, shuffled(happened, order), fresh('blue'), left);
        expect(endOf(late)).toEqual(endOf(right));
      }),
      { numRuns },
    );
  });
});
