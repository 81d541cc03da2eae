/** COUNT, BOUNDED and FARM: what is had in a year for nothing that was spent. */
import { figure, money } from '../words.js';
import type { Found } from '../finding.js';
import { pointerTo, storyOf, type Subject } from '../subject.js';
import type { Bench } from '../probes/bench.js';
import { placeFor, tierFor, timeFor } from '../probes/activities.js';
import { askedBy } from '../probes/asks.js';
import { leastIfAny } from '../least.js';
import { housesOf, isMetered, readingOf, type MeteredRule } from '../probes/meters.js';
import type { EarningRule } from '../../programmes/document.js';
import { DAY_MS, periodStart } from '../../rules/period.js';
import type { Step } from '../world/step.js';
import { World } from '../world/world.js';

/** A year that is no older than this is looked at; else the next one is. */
const NEW_YEAR_DAYS = 7;
/** Acts of one rule that are played; what goes beyond is as if it were not there. */
const ACTS_MAX = 10_000;
const HOUR_MS = 3_600_000;
/** Steps of a witness that are shown. */
const SHOWN = 12;

/** COUNT: activities that cost nothing give more in a year than is allowed. */
export function count({ whole, document }: Subject): Found[] {
  const activities = whole.rules.filter(
    (rule): rule is Activity => rule.kind === 'per_activity' || isMetered(rule),
  );
  const years = activities.map((rule) => ({ rule, ...yearOf(whole, rule) }));
  const points = years.reduce((sum, year) => sum + year.points, 0);
  const { accounts, allowance } = whole.bounds;
  // As few memberships as take more than is allowed.
  const members = leastIfAny(accounts, (many) => many * points * whole.worth.best > allowance);
  const [most] = years.sort((a, b) => b.points - a.points);
  if (most === undefined || members === undefined) return [];
  const worth = members * points * whole.worth.best;
  const { rule, times } = most;
  return [
    {
      check: 'COUNT',
      severity: 'high',
      claim: 'replayed',
      about: years.filter((year) => year.points > 0).map((year) => year.rule.id),
      pointer: pointerTo(document, rule.id),
      title: `"${rule.name}" pays for doing something again and again`,
      explanation:
        `Nothing is spent for it, so the same thing is done ${figure(times)} times in a year. ` +
        `With all other activities that is ${figure(points)} points` +
        (members === 1 ? ', ' : `, and by ${figure(members)} memberships as often again, `) +
        `worth ${money(document, worth)}, and a queue.`,
      gain: { minor: Math.round(worth), growth: 'per_year' },
      witness: most.shown,
    },
  ];
}

interface Year {
  points: number;
  times: number;
  /** How it begins. */
  shown: Found['witness'];
}

type Activity = Extract<EarningRule, { kind: 'per_activity' }> | MeteredRule;

/** One rule's activity, done as soon as it pays again, for a year. */
function yearOf(bench: Bench, rule: Activity): Year {
  const { from, until } = calendarYear(bench);
  const asked = askedBy(rule.when ?? []);
  const start = isMetered(rule) ? from : timeFor(bench, rule, from);
  const world = isMetered(rule)
    ? emptyHouse(bench, rule, from)
    : bench.world(tierFor(bench, rule), { at: start, ...asked });
  const lane = bench.document.lanes?.find(({ code }) => code === rule.lane);
  const coolDown = Math.max((lane ?? rule).coolDownHours ?? 0, 1) * HOUR_MS;
  const named = (rule.when ?? []).find(({ kind }) => kind === 'activity');
  const activity =
    named !== undefined && 'activities' in named ? (named.activities[0] ?? 'visit') : 'visit';
  const year = { points: 0, times: 0 };
  for (let n = 0; n < ACTS_MAX && world.now < until; n += 1) {
    const how = { at: world.now, ...asked, ...placeFor(bench, rule, year.times) };
    const step: Step = isMetered(rule)
      ? readingOf(rule, 'me', world.now)
      : { kind: 'do', who: 'me', activity, value: rule.minimumValue ?? 0, how };
    const done = bench.count(world.take(step));
    const paid = Number(done.rules.get(rule.id) ?? 0n) / 1e9;
    year.points += paid;
    if (paid > 0) year.times += 1;
    const isAgain = paid > 0 && !isMetered(rule);
    const next = isAgain ? world.now + coolDown : nextPeriod(bench, rule, world.now);
    world.take({ kind: 'wait', until: isMetered(rule) ? next : timeFor(bench, rule, next) });
  }
  return { ...year, shown: [storyOf(world).slice(0, SHOWN)] };
}

/** A member of the best tier whose use is known, at an instant. */
function emptyHouse(bench: Bench, rule: MeteredRule, at: number): World {
  const world = housesOf(bench, [rule], 'me');
  if (bench.topTier !== bench.tiers[0]) {
    world.take({ kind: 'grant', who: 'me', tier: bench.topTier });
  }
  world.take({ kind: 'wait', until: at });
  return world;
}

/** A calendar year of the programme, of which at most a few days are over. */
function calendarYear({ programme: { timeZone }, domain }: Bench): { from: number; until: number } {
  const { at } = domain.plain;
  const startOfYear = (instant: number): number => periodStart(timeZone, instant, 'year');
  const next = (start: number): number => startOfYear(start + 370 * DAY_MS);
  const begun = startOfYear(at);
  const from = at - begun <= NEW_YEAR_DAYS * DAY_MS ? at : next(begun);
  return { from, until: next(startOfYear(from)) };
}

/** When the shortest of the periods begins anew that a rule's caps count, or the next day. */
function nextPeriod({ programme, document }: Bench, rule: Activity, now: number): number {
  const lane = document.lanes?.find(({ code }) => code === rule.lane);
  const { caps = [] } = lane ?? rule;
  const order = ['day', 'week', 'month', 'year', 'lifetime'] as const;
  const period = order.find((each) => caps.some((cap) => cap.period === each)) ?? 'day';
  const before = periodStart(programme.timeZone, now, period);
  for (let at = now + DAY_MS; ; at += DAY_MS) {
    const start = periodStart(programme.timeZone, at, period);
    if (start > before || period === 'lifetime') return Math.max(start, now + DAY_MS / 2);
  }
}

/** BOUNDED: coupons give one person more than is allowed. */
export function coupons({ whole, document }: Subject): Found[] {
  const { accounts, allowance } = whole.bounds;
  const world = new World(whole.programme, whole.domain.plain.at);
  // In the order in which they begin.
  const all = [...whole.programme.coupons.values()].sort((a, b) => a.from - b.from);
  const members = Array.from({ length: accounts }, (_, n) => `member-${String(n + 1)}`);
  let points = 0;
  for (const who of members) world.take({ kind: 'enrol', who });
  for (const { code, perMember, from } of all) {
    world.take({ kind: 'wait', until: from });
    for (const who of members) {
      for (let time = 0; time < Math.min(perMember, ACTS_MAX); time += 1) {
        const done = whole.count(world.take({ kind: 'coupon', who, coupon: code }));
        if (done.refused !== undefined) break;
        points += Number(done.billionths) / 1e9;
      }
    }
  }
  const worth = points * whole.worth.best;
  if (worth <= allowance) return [];
  return [
    {
      check: 'BOUNDED',
      severity: 'high',
      claim: 'replayed',
      about: all.map(({ code }) => code),
      pointer: '/giftCaps',
      title: 'Coupons give one person more than you allow',
      explanation:
        `With ${String(accounts)} memberships somebody redeems coupons for ${figure(points)} ` +
        `points without buying anything. They are worth ${money(document, worth)}, and you ` +
        `allow ${money(document, allowance)} a year.`,
      gain: { minor: Math.round(worth), growth: 'per_year' },
      witness: [storyOf(world).slice(0, SHOWN)],
    },
  ];
}

/** FARM: somebody refers themselves, and gets more than is allowed. */
export function farm({ whole, document }: Subject): Found[] {
  const terms = whole.programme.referral;
  const { accounts, allowance } = whole.bounds;
  if (terms === undefined || accounts < 2) return [];
  const world = ring(whole, accounts - 1);
  const points = world.done
    .filter(({ step }) => step.kind === 'refer')
    .reduce((sum, { billionths }) => sum + Number(billionths) / 1e9, 0);
  const worth = points * whole.worth.best;
  if (worth <= allowance) return [];
  return [
    {
      check: 'FARM',
      severity: 'critical',
      claim: 'replayed',
      about: ['referral'],
      pointer: '/referral',
      title: 'Referring oneself pays more than you allow',
      explanation:
        `Somebody opens ${String(accounts - 1)} more memberships and buys with them what they ` +
        `would have bought anyway. For that both sides get ${figure(points)} points, worth ` +
        `${money(document, worth)}; you allow ${money(document, allowance)} a year.`,
      gain: { minor: Math.round(worth), growth: 'per_year' },
      witness: [storyOf(world)],
    },
  ];
}

/** One person's memberships: the first refers the others, which buy twice and wait. */
function ring(bench: Bench, friends: number): World {
  const { programme } = bench;
  const { at } = bench.domain.plain;
  const category = bench.categories[0] ?? '';
  const amount = programme.referral?.minimumMinor ?? 0;
  const world = new World(programme, at);
  world.take({ kind: 'enrol', who: 'me' });
  for (let n = 0; n < friends; n += 1) {
    const who = `friend-${String(n + 1)}`;
    world.take({ kind: 'enrol', who, friendOf: 'me' });
    for (let day = 1; day <= 2; day += 1) {
      world.take({ kind: 'wait', until: world.now + DAY_MS });
      world.take({ kind: 'buy', who, category, amount, how: { at: world.now } });
    }
    const windowMs = (programme.returnWindowDays + 2) * DAY_MS;
    world.take({ kind: 'wait', until: world.now + windowMs });
    bench.count(world.take({ kind: 'refer', who }));
  }
  return world;
}
