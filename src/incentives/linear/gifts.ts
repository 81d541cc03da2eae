/** Columns of what is had without buying: activities, coupons, referrals, rewards, points for money. */
import { decide } from '../decide.js';
import { DAY_MS } from '../../rules/period.js';
import { costOf } from '../../rules/sales/terms.js';
import { paying } from '../../programmes/laws/payout.js';
import { askedBy } from '../probes/asks.js';
import type { Bench } from '../probes/bench.js';
import { timeFor } from '../probes/activities.js';
import { housesOf, isMetered, readingOf, type MeteredRule } from '../probes/meters.js';
import { Rooms } from '../world/rooms.js';
import type { Done, Step } from '../world/step.js';
import { World } from '../world/world.js';
import { FRIEND_PURCHASES, FRIENDS, MINOR, ONE, POINTS, type Column, type Row } from './column.js';
import { limitersOf, setsOf } from './limiters.js';

/** Saved for so long at least, so that there is something to pay for. */
const SAVED_DAYS = 40;

/** Limits beside those of earning, as rows. */
export function giftRows({ programme, bounds }: Bench): Row[] {
  const { accounts } = bounds;
  const rows: Row[] = [...programme.coupons.values()].map(({ code, name, perMember }) => ({
    id: `coupon/${code}`,
    name: `a coupon of "${name}"`,
    supply: BigInt(perMember * accounts) * ONE,
  }));
  const lifetime = programme.giftCaps.filter(({ period }) => period === 'lifetime');
  for (const { points } of lifetime) {
    const supply = BigInt(points * accounts) * ONE;
    rows.push({ id: 'gifts/lifetime', name: 'a point of room below the cap on gifts', supply });
  }
  const { pointSales } = programme;
  if (pointSales !== undefined) {
    const supply = BigInt(pointSales.perYear * accounts) * ONE;
    rows.push({ id: 'sold/year', name: 'a point that may still be bought in a year', supply });
  }
  return rows;
}

export function giftColumns(bench: Bench): Column[] {
  return [
    ...activities(bench),
    ...meters(bench),
    ...coupons(bench),
    ...referrals(bench),
    ...rewards(bench),
    ...sales(bench),
  ];
}

function activities(bench: Bench): Column[] {
  return bench.rules.flatMap((rule): Column[] => {
    if (rule.kind !== 'per_activity') return [];
    const at = timeFor(bench, rule, bench.domain.plain.at);
    const how = { at, ...askedBy(rule.when ?? []) };
    const asked = (rule.when ?? []).flatMap((each) =>
      each.kind === 'activity' ? each.activities : [],
    );
    const value = rule.minimumValue ?? 0;
    return bench.tiers.flatMap((tier) =>
      (asked.length === 0 ? ['visit'] : asked).flatMap((activity) => {
        const step: Step = { kind: 'do', who: 'me', activity, value, how };
        return done(bench, tier, step);
      }),
    );
  });
}

/** An activity with every limit open, and with each set of them used up. */
function done(bench: Bench, tier: string, step: Extract<Step, { kind: 'do' }>): Column[] {
  const limiters = limitersOf(bench.programme, step.how, undefined);
  const run = (spent: typeof limiters): Column & { met: typeof limiters } => {
    const world = bench.world(tier, step.how);
    world.alter('me', (member) => ({
      ...member,
      counters: spent.reduce((counters, limiter) => limiter.spent(counters), member.counters),
    }));
    const before = world.member('me').counters;
    const { billionths, rules } = bench.count(world.take(step));
    const after = world.member('me').counters;
    const met = limiters.filter((limiter) => limiter.used(before, after).size > 0);
    const uses = new Map(met.flatMap((limiter) => [...limiter.used(before, after)]));
    uses.set(POINTS, -billionths);
    const column = { ...free, family: 'activity' as const, steps: [step], tier, uses };
    return { ...column, rules: [...rules.keys()], met };
  };
  const fresh = run([]);
  return setsOf(fresh.met).map((spent) => (spent.length === 0 ? fresh : run(spent)));
}

const free = { excess: 0n, turnover: 0, rules: [] };

/** What pays less uses less of its caps in the same proportion, so that one reading of each is enough. */
const meters = (bench: Bench): Column[] =>
  bench.rules
    .filter(isMetered)
    .flatMap((rule) => bench.tiers.map((tier) => savedIn(bench, rule, tier)));

function savedIn(bench: Bench, rule: MeteredRule, tier: string): Column {
  const world = housesOf(bench, [rule], 'me');
  const saved = world.now + SAVED_DAYS * DAY_MS;
  if (tier !== bench.tiers[0]) world.take({ kind: 'grant', who: 'me', tier });
  world.take({ kind: 'wait', until: Math.max(bench.domain.plain.at, saved) });
  const step = readingOf(rule, 'me', world.now);
  const before = world.member('me').counters;
  const { billionths, rules } = bench.count(world.take(step));
  const after = world.member('me').counters;
  const limiters = limitersOf(bench.programme, { at: world.now }, undefined);
  const uses = new Map(limiters.flatMap((limiter) => [...limiter.used(before, after)]));
  uses.set(POINTS, -billionths);
  const what = { excess: 0n, turnover: 0, rules: [...rules.keys()] };
  return { ...what, family: 'activity', steps: [step], tier, uses };
}

function coupons(bench: Bench): Column[] {
  return [...bench.programme.coupons.values()].flatMap(({ code, from }): Column[] => {
    const world = bench.world(bench.topTier, bench.domain.plain);
    world.take({ kind: 'wait', until: from });
    const step: Step = { kind: 'coupon', who: 'me', coupon: code };
    const given = bench.count(world.take(step));
    if (given.refused !== undefined) return [];
    const uses = new Map([
      [POINTS, -given.billionths],
      [`coupon/${code}`, ONE],
    ]);
    const isCapped = bench.programme.giftCaps.some(({ period }) => period === 'lifetime');
    if (isCapped) uses.set('gifts/lifetime', given.billionths);
    return [{ ...free, family: 'coupon', steps: [step], tier: bench.topTier, uses }];
  });
}

/** What both sides get when a friend has bought twice and stayed. */
function referrals(bench: Bench): Column[] {
  const { programme, bounds, domain, categories } = bench;
  const { referral } = programme;
  if (referral === undefined || bounds.accounts < 2) return [];
  const world = new World(programme, domain.plain.at);
  const amount = referral.minimumMinor;
  world.take({ kind: 'enrol', who: 'me' });
  world.take({ kind: 'enrol', who: 'friend', friendOf: 'me' });
  for (let day = 1; day <= 2; day += 1) {
    world.take({ kind: 'wait', until: world.now + DAY_MS });
    const how = { at: world.now };
    world.take({ kind: 'buy', who: 'friend', category: categories[0] ?? '', amount, how });
  }
  world.take({ kind: 'wait', until: world.now + (programme.returnWindowDays + 2) * DAY_MS });
  const paid = bench.count(world.take({ kind: 'refer', who: 'friend' }));
  if (paid.billionths === 0n) return [];
  const uses = new Map([
    [POINTS, -paid.billionths],
    [FRIENDS, ONE],
    [FRIEND_PURCHASES, 2n * ONE],
  ]);
  const steps = world.done.map(({ step }) => step);
  return [{ ...free, family: 'referral', steps, tier: '', uses }];
}

/** Rewards that somebody with points enough takes, for what the core takes of them; what else points pay. */
function rewards(bench: Bench): Column[] {
  const taken = [...bench.programme.rewards.values()].flatMap((reward): Column[] => {
    const { code, points, from } = reward;
    const world = rich(bench, points);
    world.take({ kind: 'wait', until: from });
    const step: Step = { kind: 'redeem', who: 'me', reward: code };
    const before = world.member('me').points;
    const had: Done = bench.count(world.take(step));
    if (had.refused !== undefined) return [];
    const uses = new Map([[POINTS, BigInt(before - world.member('me').points) * ONE]]);
    const excess = BigInt(had.worth) * MINOR;
    return [{ ...free, family: 'reward', steps: [step], tier: bench.topTier, excess, uses }];
  });
  const others = paying(bench.document)
    .filter(({ pointer }) => !pointer.startsWith('/rewards/'))
    .map(({ value, points }): Column => {
      // Kept in whole millionths, rounded up: what is had is never made less.
      const excess = (value * MINOR * 1_000n + points - 1n) / points;
      const uses = new Map([[POINTS, 1_000n * ONE]]);
      return { ...free, family: 'conversion', steps: [], tier: '', excess, uses };
    });
  return [...taken, ...others];
}

/** A member with so many points that may be spent, and were earned no earlier than any may be. */
function rich(bench: Bench, points: number): World {
  const { at } = bench.domain.plain;
  const world = bench.world(bench.topTier, bench.domain.plain);
  world.alter('me', (member) => ({
    ...member,
    points,
    lots: [
      {
        seq: 0,
        n: 0,
        funder: 'own',
        accruedAt: at,
        availableFrom: at,
        expiresAt: null,
        amount: points,
        remaining: points,
        held: 0,
      },
    ],
  }));
  return world;
}

/** Points bought for money: the least at once, and each package. */
function sales(bench: Bench): Column[] {
  const { programme } = bench;
  const { pointSales } = programme;
  if (pointSales === undefined) return [];
  const { at } = bench.domain.plain;
  const least = Math.ceil(pointSales.minimumPoints / pointSales.step) * pointSales.step;
  const rooms = new Rooms(programme);
  return [least, ...pointSales.packages.keys()].flatMap((points): Column[] => {
    const members = [bench.world(bench.topTier, bench.domain.plain).member('me')];
    const paid = costOf(pointSales, points);
    const state = { members, left: rooms, rest: rooms };
    const { refusal, postings } = decide(programme, state, { kind: 'sell', at, points, paid });
    if (refusal !== undefined) return [];
    const billionths = postings.reduce((sum, each) => sum + each.billionths, 0n);
    const uses = new Map([
      [POINTS, -billionths],
      ['sold/year', billionths],
    ]);
    const excess = -BigInt(paid) * MINOR;
    return [{ ...free, family: 'sale', steps: [], tier: '', excess, uses }];
  });
}
