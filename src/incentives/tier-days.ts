/**
 * How long a tier lasts that was bought in one go and never kept, by when its buyer began: at the start,
 * in the middle and on the last day of a window. Played on the core; no more is tried.
 */
import { DAY_MS, localDay } from '../rules/period.js';
import { lengthOf, monthsOf, windowOf } from '../rules/standing/months.js';
import { reviewUntil } from '../rules/standing/review.js';
import { pointOf } from '../rules/standing/stand.js';
import { leastIfAny } from './least.js';
import type { Bench } from './probes/bench.js';
import { World } from './world/world.js';

/** How long somebody had a tier, and for what. */
export interface TierDays {
  /** The local day of the first purchase, `2027-01-01`. */
  from: string;
  /** Whole days from the day on which it was reached. */
  days: number;
  /** Minor units that were spent on it. */
  minor: number;
}

/** The most and the fewest days of a tier for the same money. */
export interface TierTiming {
  most: TierDays;
  fewest: TierDays;
}

/** Purchases somebody makes for a tier at most. */
const PURCHASES_MAX = 200;
/** How many years a tier is followed. */
const YEARS_MAX = 12;
const HALF_DAY_MS = DAY_MS / 2;

/** When somebody joined, and when they began to buy. */
interface Start {
  joinedAt: number;
  at: number;
}

/** Undefined = nobody loses the tier again, or it is not reached by buying. */
export function timingOf(bench: Bench, tier: string): TierTiming | undefined {
  const all = startsOf(bench).map((start) => daysOf(bench, tier, start));
  const known = all.filter((each) => each !== undefined);
  const [first, ...others] = known.sort((a, b) => b.days / b.minor - a.days / a.minor);
  const last = others.at(-1);
  if (first === undefined || last === undefined || known.length < all.length) return undefined;
  return { most: first, fewest: last };
}

/** Noon of the first day of a window, of one in its middle, and of its last. */
function startsOf({ programme, at }: Bench): Start[] {
  const { ladder } = programme;
  if (lengthOf(ladder) === undefined) return [];
  const isOwn = ladder.window.kind === 'anniversary';
  const months = monthsOf(programme, at);
  const month = months.placeOf(at);
  // Of windows that roll only the month matters in which it begins.
  const range =
    ladder.window.kind === 'rolling'
      ? { from: month + 1, until: month + 2 }
      : windowOf(ladder, month + (lengthOf(ladder) ?? 0), month);
  const [from, until] = [months.startOf(range.from), months.startOf(range.until)];
  const instants = [from + HALF_DAY_MS, (from + until) / 2, until - HALF_DAY_MS];
  return instants.map((instant) => ({ at: instant, joinedAt: isOwn ? from : instant }));
}

function daysOf(bench: Bench, tier: string, { joinedAt, at }: Start): TierDays | undefined {
  const [category = ''] = bench.categories;
  const world = new World(bench.narrowedTo(category).programme, joinedAt);
  world.take({ kind: 'enrol', who: 'me' });
  world.take({ kind: 'wait', until: at });
  const minor = climb(bench, world, { tier, category });
  if (minor === undefined) return undefined;
  const { timeZone } = bench.programme;
  const reached = world.now;
  const point = pointOf(world.member('me'));
  const horizon = reached + YEARS_MAX * 366 * DAY_MS;
  const { reviews } = reviewUntil(bench.programme, point, horizon);
  const rung = bench.tiers.indexOf(tier);
  const lost = reviews.find(({ after }) => bench.tiers.indexOf(after.held) < rung);
  if (lost === undefined) return undefined;
  return { from: localDay(timeZone, at), days: Math.floor((lost.at - reached) / DAY_MS), minor };
}

/** Buys no more than is needed to stand in a tier; what it cost, or undefined = it is too far. */
function climb(
  { programme, bounds, tiers }: Bench,
  world: World,
  { tier, category }: { tier: string; category: string },
): number | undefined {
  const isByDay = programme.ladder.metrics.includes('purchases');
  const buys = (inIt: World, amount: number): boolean => {
    inIt.take({ kind: 'buy', who: 'me', category, amount, how: { at: inIt.now } });
    return tiers.indexOf(inIt.member('me').tier) >= tiers.indexOf(tier);
  };
  let spent = 0;
  for (let n = 0; n < PURCHASES_MAX; n += 1) {
    const last = leastIfAny(bounds.largestBasket, (amount) => buys(world.fork(), amount));
    const amount = last ?? bounds.largestBasket;
    spent += amount;
    if (buys(world, amount)) return spent;
    if (isByDay) world.take({ kind: 'wait', until: world.now + DAY_MS });
  }
  return undefined;
}
