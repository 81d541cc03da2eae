import fc from 'fast-check';
import type { EarningRule } from '../../src/programmes/document.js';
import { act } from '../../src/rules/act.js';
import { termsOf, termsOfItems } from '../../src/rules/earning/decision.js';
import { WITHHELD, type ExplanationItem } from '../../src/rules/explanation.js';
import { BILLION } from '../../src/rules/points.js';
import { counterKey, type MemberState } from '../../src/rules/state.js';
import {
  lateNeeds,
  velocityNeeds,
  velocityUses,
  withheldAsBefore,
  withheldUntil,
  withholding,
  type VelocityGuard,
} from '../../src/rules/velocity/withhold.js';
import { aProgramme } from '../support/programme.js';
import { aPurchase, DAY, HOUR, memberOf, MINUTE, NOON, versionsOf } from '../support/state.js';
import { arrive, endOf, fresh, type Bought, type Run } from './stories.js';

const hourly: VelocityGuard = { counts: 'purchases', most: 2, per: 'hour', holdMs: 5 * HOUR };
const daily: VelocityGuard = { counts: 'points', most: 100, per: 'day', holdMs: 2 * DAY };
const watching = { timeZone: 'Europe/London', velocity: [hourly, daily] };
const MIDNIGHT = NOON - 12 * HOUR;
const known = { at: NOON };

describe('guards of velocity', () => {
  const names = { purchases: '*/velocity/purchases/hour', points: '*/velocity/points/day' };

  it('R140: count by hours and days of the programme, points to the billionth', () => {
    expect(velocityNeeds(watching, { at: NOON + 7 * MINUTE })).toEqual([
      { counter: names.purchases, periodStart: NOON },
      { counter: names.points, periodStart: MIDNIGHT },
      { counter: `${names.points}/part`, periodStart: MIDNIGHT },
    ]);
    expect(velocityUses(watching, { at: NOON + 7 * MINUTE }, 5n)).toEqual([
      { at: { points: names.purchases, part: undefined, start: NOON }, billionths: BILLION },
      {
        at: { points: names.points, part: `${names.points}/part`, start: MIDNIGHT },
        billionths: 5n,
      },
    ]);
    expect([velocityUses(watching, known, 0n), velocityUses(watching, known, -1n)]).toEqual([
      [],
      [],
    ]);
  });

  it('R140: withhold what brings a member above the most, and nothing that earns nothing', () => {
    const withheld = (used: [bigint, bigint], earned: bigint): ExplanationItem[] =>
      withholding(watching, known, earned, ({ points }) => used[points === names.points ? 1 : 0]);
    expect(withheld([BILLION, 0n], 100n * BILLION)).toEqual([]);
    expect(withheld([2n * BILLION, 0n], 1n)).toEqual([[-5, 0, 'fast_purchases', '0', 2]]);
    expect(withheld([0n, 1n], 100n * BILLION)).toEqual([[-5, 1, 'fast_points', '0', 100]]);
    expect(withheld([9n * BILLION, 999n * BILLION], 0n)).toEqual([]);
  });

  it('R140: withhold for the longest time that any of them says, from the event on', () => {
    const item = (no: number): ExplanationItem => [-5, no, 'fast_points', '0', 1];
    expect(withheldUntil(watching, { occurredAt: NOON }, [[0, 0, 'rate_applied', '1']])).toBe(0);
    expect(withheldUntil(watching, { occurredAt: NOON }, [item(0)])).toBe(NOON + 5 * HOUR);
    expect(withheldUntil(watching, { occurredAt: NOON }, [item(1), item(0)])).toBe(NOON + 2 * DAY);
  });

  it('R145: count what becomes known in another hour or day there too, apart from what happened', () => {
    const late = { at: NOON - HOUR, arrivedAt: NOON + 3 * MINUTE };
    const [hours, lateHours, days] = velocityUses(watching, late, BILLION);
    expect([hours?.at.start, days?.at.start]).toEqual([NOON - HOUR, MIDNIGHT]);
    expect(lateHours?.at).toEqual({
      ...{ points: `${names.purchases}/late`, part: undefined, start: NOON },
    });
    expect(lateNeeds(watching, late)).toEqual([
      { counter: `${names.purchases}/late`, periodStart: NOON },
    ]);
    const longAgo = { ...late, at: NOON - 30 * HOUR };
    expect(lateNeeds(watching, longAgo).map(({ counter }) => counter)).toEqual([
      ...[`${names.purchases}/late`, `${names.points}/late`, `${names.points}/late/part`],
    ]);
    expect(lateNeeds(watching, { at: NOON, arrivedAt: NOON + MINUTE })).toEqual([]);
    const judged = (place: string): ExplanationItem[] =>
      withholding(watching, late, 1n, ({ points }) => (points === place ? 2n * BILLION : 0n));
    expect(judged(names.purchases)).toEqual([[-5, 0, 'fast_purchases', '0', 2]]);
    expect(judged(`${names.purchases}/late`)).toEqual([[-5, 0, 'fast_purchases', '0', 2]]);
    expect(judged('other')).toEqual([]);
  });

  it('R145: withhold from when it became known, or from the event where that is later', () => {
    const item: ExplanationItem = [-5, 0, 'fast_purchases', '0', 2];
    const until = (arrivedAt: number): number =>
      withheldUntil(watching, { occurredAt: NOON, arrivedAt }, [item]);
    expect([until(NOON + DAY), until(NOON - MINUTE)]).toEqual([
      ...[NOON + DAY + 5 * HOUR, NOON + 5 * HOUR],
    ]);
  });

  it('R141: an event decided again is withheld if it was', () => {
    const item: ExplanationItem = [-5, 0, 'fast_purchases', '0', 2];
    const other: ExplanationItem = [0, 0, 'rate_applied', '1'];
    expect(withheldAsBefore([item], [other])).toEqual([other, item]);
    expect(withheldAsBefore([other], [other])).toEqual([other]);
  });
});

describe('a programme with guards of velocity', () => {
  const base = { kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' } as const;
  const guard = { counts: 'purchases', most: 2, per: 'hour', holdHours: 48 } as const;
  const velocity = [guard];
  const programme = aProgramme({
    ...{ earningRules: [base], rewards: [], guards: { velocity }, returnWindowDays: 1 },
  });
  const bought = (id: number, minutes: number): Bought => ({
    ...{ kind: 'accrue', id, occurredAt: NOON - DAY + minutes * MINUTE },
    purchase: aPurchase([1_050]),
  });
  /** Ten points, so that no remainder moves between purchases. */
  const whole = (id: number, minutes: number): Bought => ({
    ...bought(id, minutes),
    purchase: aPurchase([1_000]),
  });
  const openedBy = ({ lots = [] }: MemberState): [number, number][] =>
    lots.map(({ amount, accruedAt, availableFrom }) => [
      amount,
      Math.max(0, availableFrom - accruedAt) / HOUR,
    ]);

  it('R140: opens lots that are pending for longer, and available then by themselves', () => {
    const { member } = arrive(programme, [bought(0, 1), bought(1, 2), bought(2, 3)]);
    expect(openedBy(member).map(([, hours]) => hours >= 48)).toEqual([false, false, true]);
    // They became known a day late, and nobody could look before.
    const at = NOON + 48 * HOUR;
    const settle = (instant: number): MemberState =>
      memberOf(act(programme, { members: [member] }, { kind: 'settle', at: instant }));
    expect([settle(at - 1).pending, settle(at).pending]).toEqual([10, 0]);
  });

  it('R140: a return window that is longer goes before', () => {
    const item: ExplanationItem = [-5, 0, 'fast_purchases', '0', 2];
    const long = { ...programme, returnWindowDays: 30 };
    expect(termsOfItems(long, { occurredAt: NOON }, 'shop', [item])).toEqual(
      termsOf(long, NOON, 'shop'),
    );
    expect(termsOfItems(programme, { occurredAt: NOON }, 'shop', [item]).availableFrom).toBe(
      NOON + 2 * DAY,
    );
  });

  it('R141: what comes late is judged by all that is known, and moves nothing of what was judged', () => {
    const inTime = arrive(programme, [bought(0, 1), bought(1, 2), bought(2, 3)]);
    const late = arrive(programme, [bought(0, 1), bought(2, 3), bought(1, 2)]);
    expect(openedBy(late.member).map(([, hours]) => hours >= 48)).toEqual([false, false, true]);
    const { lots: _, ...without } = endOf(late);
    expect(without).toEqual((({ lots: __, ...rest }) => rest)(endOf(inTime)));
  });

  it('R141: as many of an hour are withheld as there are too many, in whatever order they are told', () => {
    const withheldOf = ({ postings }: Run): number =>
      postings.filter(({ kind, explanation }) => {
        return kind === 'accrue' && explanation.some(([rule]) => rule === WITHHELD);
      }).length;
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 7 }),
        fc.boolean(),
        (seconds, isOld) => {
          const since = isOld ? NOON - 5 * DAY : NOON;
          const story = seconds.map((second, id): Bought => {
            return { ...whole(id, 0), occurredAt: since + second * 1_000 };
          });
          const run = arrive(programme, story);
          expect(withheldOf(run)).toBe(Math.max(0, seconds.length - guard.most));
          for (const { availableFrom, amount } of run.member.lots?.slice(guard.most) ?? []) {
            expect([amount > 0, availableFrom >= NOON + 48 * HOUR]).toEqual([true, true]);
          }
        },
      ),
    );
  });

  it('R145: hours told long after do not get round a guard, one in each of them', () => {
    const story = [1, 2, 3, 4].map((id) => whole(id, -60 * id));
    expect(openedBy(arrive(programme, story).member).map(([, hours]) => hours >= 48)).toEqual([
      ...[false, false, true, true],
    ]);
    const back = { kind: 'return', id: 9, of: 2, occurredAt: NOON, lines: undefined } as const;
    const { member } = arrive(programme, [...story.slice(0, 2), back, ...story.slice(2)]);
    expect(openedBy(member).map(([, hours]) => hours >= 48)).toEqual([false, false, false, true]);
    expect(member.counters.get(counterKey('*/velocity/purchases/hour/late', NOON))).toBe(3);
  });

  it('R141: points of a correction wait as long as those of their purchase', () => {
    const bonus: EarningRule = {
      ...{ kind: 'per_purchase', id: 'visit', name: 'Visit', points: 7, minimumAmount: 100 },
      ...{ caps: [{ period: 'day', points: 7 }], coolDownHours: 2 },
    };
    const rewarding = aProgramme({
      ...{ earningRules: [base, bonus], rewards: [], returnWindowDays: 1 },
      guards: { velocity: [{ ...guard, most: 1, per: 'day' }] },
    });
    const { member } = arrive(rewarding, [
      ...[bought(0, 1), bought(1, 2)],
      { kind: 'return', id: 9, of: 0, occurredAt: NOON - DAY + MINUTE + 1, lines: undefined },
    ]);
    // The bonus moves to the second purchase, as the first came back before it.
    const kept = (member.lots ?? []).filter(({ remaining }) => remaining > 0);
    expect(kept.reduce((sum, { remaining }) => sum + remaining, 0)).toBe(10 + 7);
    expect(kept).toHaveLength(2);
    expect(new Set(kept.map(({ availableFrom }) => availableFrom)).size).toBe(1);
    expect(kept[0]?.availableFrom).toBe(NOON + 48 * HOUR);
  });

  it('R141: what comes back is counted no more', () => {
    const { member } = arrive(programme, [
      ...[bought(0, 1), bought(1, 2)],
      { kind: 'return', id: 9, of: 1, occurredAt: NOON - DAY + 3 * MINUTE, lines: undefined },
    ]);
    const key = counterKey('*/velocity/purchases/hour', NOON - DAY);
    expect(member.counters.get(key)).toBe(1);
  });

  it('R140: nothing is counted or read without them', () => {
    const plain = aProgramme({ earningRules: [base], rewards: [] });
    const outcome = act(
      plain,
      { members: [fresh()] },
      {
        ...{ kind: 'accrue', at: NOON, occurredAt: NOON, purchase: aPurchase([1_000]) },
        versions: versionsOf(plain),
      },
    );
    expect(memberOf(outcome).counters).toEqual(new Map());
  });
});
