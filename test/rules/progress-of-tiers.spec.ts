import type { Review } from '../../src/rules/ladder.js';
import type { Programme } from '../../src/rules/programme.js';
import { progressOf, type Keeping } from '../../src/rules/standing/progress.js';
import {
  aReview,
  blue,
  gold,
  granted,
  on,
  points,
  quarterly,
  silver,
  standing,
} from '../support/ladders.js';
import { DAY } from '../support/state.js';

const otherWays = [{ metric: 'purchases', threshold: 6, keep: 4 } as const];
const programme = quarterly({ warningDays: 20 }, [blue, { ...silver, otherWays }, gold]);
const [, second] = programme.tiers;
const [april, may, july] = [on('2026-04'), on('2026-05-20'), on('2026-07')];

const months = [
  ['2026-04', 'points', 30],
  ['2026-05', 'points', 20],
  ['2026-05', 'days', 2],
  ['2026-06', 'points', 900],
] as const;

describe('what a member is told of where they stand', () => {
  it('R42: is what the window that counts has, and what each way still takes to keep the tier', () => {
    const before = standing('silver', aReview({ at: july }), months);
    const [byPoints, byDays] = second?.ways ?? [];
    const nearest = { way: byPoints, have: points(50), missing: points(30) };
    expect(progressOf(programme, before, may)).toEqual({
      ...{ point: before, due: [], window: { from: april, until: july } },
      tally: { qualifying_points: points(950), spend: 0n, purchases: 2n },
      keeping: {
        ...{ tier: second, at: july, isInGrace: false, verdict: 'tier_lowered', isAtRisk: false },
        ...{ ways: [nearest, { way: byDays, have: 2n, missing: 2n }], nearest },
      },
    });
  });

  it('R41: is what a review that is due leaves, whoever posts it', () => {
    const before = standing('silver', aReview({ at: april }), months);
    const { point, due, keeping } = progressOf(programme, before, may);
    expect(due.map(({ at, why }) => [at, why.code])).toEqual([[april, 'tier_lowered']]);
    expect([point, keeping]).toEqual([{ ...before, held: 'blue', review: undefined }, undefined]);
  });

  it('R42: has no window of a lifetime, in which a tier stays for good', () => {
    const plain = quarterly({ window: { kind: 'lifetime' } });
    const before = { ...standing('silver'), qualifying: points(120) };
    expect(progressOf(plain, before, may)).toEqual({
      ...{ point: before, due: [], window: undefined, keeping: undefined },
      tally: { qualifying_points: points(120), spend: 0n, purchases: 0n },
    });
  });
});

describe('what a member is told of keeping a tier', () => {
  const keeping = (
    review: Review,
    now: number,
    { held = 'silver', by = programme }: { held?: string; by?: Programme } = {},
  ): Keeping | undefined => progressOf(by, standing(held, review, months), now).keeping;
  const dated = aReview({ at: july });

  it('R40: is nothing of the first tier, nor of one that is not reviewed', () => {
    expect(keeping(dated, may, { held: 'blue' })).toBeUndefined();
    expect(keeping(dated, may)?.tier.code).toBe('silver');
    const plain = quarterly({ window: { kind: 'lifetime' } });
    const grant = granted('gold', '2027-01');
    expect(keeping(aReview({ own: 'silver', grant }), may, { by: plain })).toBeUndefined();
  });

  it('R47: is of the tier reached, not of the one given by hand', () => {
    const grant = granted('gold', '2027-01');
    const told = keeping(aReview({ own: 'silver', at: july, grant }), may, { held: 'gold' });
    expect(told?.tier.code).toBe('silver');
  });

  it('R40: goes by what is counted so far, in this month and those before', () => {
    const verdicts = [april, may, on('2026-06')].map((now) => keeping(dated, now)?.verdict);
    expect(verdicts).toEqual(['tier_lowered', 'tier_lowered', 'tier_kept']);
    const have = [april, may, on('2026-06')].map((now) => keeping(dated, now)?.nearest.have);
    expect(have).toEqual([points(30), points(50), points(950)]);
    // A review that is far ahead judges a window that has only begun.
    expect(keeping(aReview({ at: on('2026-10') }), may)?.nearest.have).toBe(0n);
  });

  it('R48: says when the window was not counted in full', () => {
    const since = (instant: number): unknown => {
      const by = { ...programme, ladder: { ...programme.ladder, since: instant } };
      const { verdict, isAtRisk } = keeping(dated, on('2026-05-31'), { by }) ?? {};
      return [verdict, isAtRisk];
    };
    expect(since(april)).toEqual(['tier_lowered', false]);
    expect(since(april + 1)).toEqual(['not_counted_in_full', false]);
  });

  it('R40: is at risk if it would be missed, from so many days before on', () => {
    const risk = (now: number, by = calm): unknown => keeping(dated, now, { by })?.isAtRisk;
    const calm = quarterly({ warningDays: 40 }, [blue, { ...silver, threshold: 900, keep: 60 }]);
    expect([july - 40 * DAY - 1, july - 40 * DAY].map((now) => risk(now))).toEqual([false, true]);
    const graceful = { ...calm, ladder: { ...calm.ladder, graceMonths: 1 } };
    expect(risk(may, graceful)).toBe(false);
    expect(risk(july - 35 * DAY, graceful)).toBe(true);
    // What keeps it is there in June.
    expect(risk(on('2026-06'))).toBe(false);
  });

  it('R45: is at risk all through a grace, unless that has made up for it', () => {
    const graceful = quarterly({ graceMonths: 3, warningDays: 1 });
    const grace = aReview({ at: july, missedAt: april });
    const told = (now: number): unknown => {
      const { isInGrace, isAtRisk, verdict } = keeping(grace, now, { by: graceful }) ?? {};
      return [isInGrace, isAtRisk, verdict];
    };
    expect(told(may)).toEqual([true, true, 'tier_lowered']);
    expect(told(on('2026-06'))).toEqual([true, false, 'tier_kept']);
  });
});
