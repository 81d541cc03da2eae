import fc from 'fast-check';
import { act } from '../../src/rules/act.js';
import { BILLION } from '../../src/rules/points.js';
import type { Tier } from '../../src/programmes/document.js';
import type { Programme } from '../../src/rules/programme.js';
import {
  reachedTier,
  rungOf,
  standingTier,
  tierAt,
  tierProgress,
} from '../../src/rules/earning/tier.js';
import { aProgramme } from '../support/programme.js';
import { aMember, anAccrual, aPurchase, HOUR, lastOf, memberOf, NOON } from '../support/state.js';

const ladder = (...thresholds: number[]): Programme =>
  aProgramme({
    tiers: thresholds.map((threshold, index) => {
      const code = ['blue', 'silver', 'gold', 'black'][index] ?? `tier-${String(index)}`;
      return { code, name: code, threshold, multiplier: '1' };
    }),
    rewards: [{ code: 'all', name: 'All', points: 40, value: { amount: 1, currency: 'GBP' } }],
    returnWindowDays: 0,
  });
const programme = ladder(0, 500, 1_500);
const points = (whole: number, billionths = 0n): bigint => BigInt(whole) * BILLION + billionths;

const anyLadder = fc
  .uniqueArray(fc.integer({ min: 1, max: 3_000 }), { maxLength: 3 })
  .map((thresholds) => ladder(0, ...thresholds.sort((a, b) => a - b)));
const anyQualifying = fc.bigInt({ min: 0n, max: points(4_000) });

describe('the ladder', () => {
  it.each([
    [points(0), 0],
    [points(499, BILLION - 1n), 0],
    [points(500), 1],
    [points(1_499, BILLION - 1n), 1],
    [points(1_500), 2],
    [points(1_000_000), 2],
  ])('R10: %s billionths reach the tier number %s of 0, 500 and 1500', (qualifying, index) => {
    expect(reachedTier(programme, qualifying)).toBe(index);
  });

  it.each([
    [points(480), 20],
    [points(479, 999_999_999n), 21],
    [points(479, 1n), 21],
    [points(0), 500],
    [points(499, 999_999_999n), 1],
  ])('R10: with %s billionths %s whole points are missing to silver', (qualifying, missing) => {
    const progress = tierProgress(programme, 'blue', qualifying);
    expect([progress.tier.code, progress.next?.code, progress.missing]).toEqual([
      'blue',
      'silver',
      missing,
    ]);
  });

  it('R10: at the top nothing is next and nothing missing', () => {
    const { tier, next, missing } = tierProgress(programme, 'gold', points(0));
    expect([tier.code, next, missing]).toEqual(['gold', undefined, 0]);
  });

  it('R10: a tier held stays, whatever the points; a higher one reached is stood in', () => {
    expect(standingTier(programme, 'gold', points(0))).toBe(2);
    expect(standingTier(programme, 'silver', points(1_500))).toBe(2);
    expect(standingTier(programme, 'silver', points(1_499))).toBe(1);
  });

  it('R10: a tier this version does not have, and none at all, count as the one reached', () => {
    expect(standingTier(programme, 'platinum', points(600))).toBe(1);
    expect(standingTier(programme, '', points(0))).toBe(0);
    expect(tierAt(programme, 99).code).toBe('blue');
    expect(tierAt(programme, -1).code).toBe('blue');
  });

  it('R10: just the missing points reach the next tier, one fewer does not', () => {
    fc.assert(
      fc.property(anyLadder, anyQualifying, (made, qualifying) => {
        const { tier, next, missing } = tierProgress(made, '', qualifying);
        expect(qualifying >= points(tier.threshold)).toBe(true);
        if (next === undefined) return;
        expect(missing).toBeGreaterThan(0);
        expect(tierProgress(made, '', qualifying + points(missing)).tier.threshold).toBeGreaterThan(
          tier.threshold,
        );
        expect(tierProgress(made, '', qualifying + points(missing - 1)).tier).toBe(tier);
      }),
    );
  });
});

describe('a standing', () => {
  it('R10: no history of purchases and redemptions lowers qualifying points or tier', () => {
    const step = fc.oneof(fc.nat(60_000), fc.constantFrom('hold', 'capture', 'release'));
    fc.assert(
      fc.property(anyLadder, fc.array(step, { maxLength: 25 }), (made, steps) => {
        let member = aMember();
        steps.forEach((each, index) => {
          const at = NOON + index * HOUR;
          const open = member.redemptions?.findLast(({ state }) => state === 'held');
          if (typeof each !== 'number' && each !== 'hold' && open === undefined) return;
          const action =
            typeof each === 'number'
              ? anAccrual(aPurchase([each]), { at })
              : each === 'hold'
                ? ({ kind: 'hold', at, retailer: 'shop', reward: 'all' } as const)
                : ({ kind: each as 'capture', at, redemption: open?.seq ?? 0 } as const);
          const outcome = act(made, { members: [member] }, action);
          const next = memberOf(outcome);
          const rank = (code: string): number => made.tiers.findIndex((tier) => tier.code === code);
          expect(next.qualifying >= member.qualifying).toBe(true);
          expect(rank(next.tier)).toBeGreaterThanOrEqual(rank(member.tier));
          if (action.kind === 'accrue') {
            expect(rank(next.tier)).toBe(reachedTier(made, next.qualifying));
            expect(lastOf(outcome).standing?.tier).toBe(
              next.tier === member.tier ? undefined : next.tier,
            );
          }
          member = next;
        });
      }),
    );
  });

  it('R10: bonus points of tier and visit do not qualify: 100 pounds at gold are 100', () => {
    const start = aMember({ tier: 'silver', qualifying: points(500) });
    const action = anAccrual(aPurchase([10_000]));
    const after = memberOf(act(aProgramme(), { members: [start] }, action));
    expect([after.points, after.qualifying]).toEqual([145, points(600)]);
  });

  it('R10: two steps climbed at once are one standing, with the threshold that counts', () => {
    const action = anAccrual(aPurchase([160_000]));
    const { standing } = lastOf(act(programme, { members: [aMember()] }, action));
    expect(standing).toMatchObject({ tier: 'gold', why: { threshold: 1_500 } });
  });
});

describe('the rung of a tier that a version no longer has', () => {
  const tier = (code: string, threshold: number, replaces?: string[]): Tier => ({
    ...{ code, name: code, threshold, multiplier: '1' },
    ...(replaces !== undefined && { replaces }),
  });
  const made = (tiers: Tier[], window = true): Programme =>
    aProgramme({
      tiers,
      rewards: [],
      ...(window && { ladder: { window: { kind: 'calendar', period: 'year' } } }),
    });
  const oldest = made([tier('blue', 0), tier('silver', 10), tier('basic', 20), tier('ruby', 30)]);
  const earlier = {
    ...made([tier('basic', 0), tier('silver', 10), tier('gold', 20), tier('platinum', 30)]),
    earlier: oldest,
  };
  const newest = {
    ...made([tier('blue', 0), tier('silver', 10), tier('diamond', 20, ['platinum'])]),
    earlier,
  };

  it.each([
    ['blue', 0],
    ['silver', 1],
    ['diamond', 2],
    // One that takes its place, and the highest that was below it and still is there.
    ['platinum', 2],
    ['gold', 1],
    // The newest version that had it counts, though an older one had more below it.
    ['basic', 0],
    // One that only an older version had.
    ['ruby', 1],
    ['unheard-of', 0],
  ])('R48: %s stands for the rung number %i', (code, rung) => {
    expect(rungOf(newest, code)).toBe(rung);
  });

  it('R48: is found by points alone where tiers are of a lifetime', () => {
    const plain = {
      ...made([tier('blue', 0), tier('silver', 10, ['bronze'])], false),
      earlier: made([tier('blue', 0), tier('gold', 20)], false),
    };
    expect(rungOf(plain, 'gold')).toBe(-1);
    expect(rungOf(plain, 'bronze')).toBe(1);
    expect(standingTier(plain, 'gold', points(10))).toBe(1);
  });
});

describe('a tier that has just been reached', () => {
  const reaching = (returnWindowDays: number, tier: string): number | undefined => {
    const open = aProgramme({ returnWindowDays, rewards: [] });
    const [, silver] = open.tiers;
    const member = aMember({ tier, qualifying: points((silver?.threshold ?? 0) - 1) });
    const { standing } = lastOf(act(open, { members: [member] }, anAccrual(aPurchase([9_000]))));
    return standing?.why.until;
  };

  it('R10: says until when a return of what reached it would undo it', () => {
    expect(reaching(30, 'blue')).toBe(Date.UTC(2026, 6, 16, 23));
    expect(reaching(0, 'blue')).toBeUndefined();
  });

  it('R10: says nothing of the first one, which everybody has', () => {
    const posting = lastOf(
      act(aProgramme(), { members: [aMember()] }, anAccrual(aPurchase([100]))),
    );
    expect(posting.standing?.tier).toBe('blue');
    expect(posting.standing?.why.until).toBeUndefined();
  });
});
