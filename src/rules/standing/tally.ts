/** What a member has of each thing that tiers are reached by, in a range of months. */
import { counterKey, type CounterNeed } from '../state.js';
import { BILLION } from '../points.js';
import { DAY_MS } from '../period.js';
import type { Metric, Review } from '../ladder.js';
import type { Programme } from '../programme.js';
import { lengthOf, monthsOf, windowOf, type Months, type Range } from './months.js';

/** Billionths of points, minor units, days. */
export type Tally = Readonly<Record<Metric, bigint>>;

/** What counting needs of a member. */
export interface Counted {
  qualifying: bigint;
  counters: ReadonlyMap<string, number>;
  enrolledAt: number;
  review?: Review | undefined;
}

/** Where a month's points, spend and days with a purchase are counted, as far as they are. */
export interface MonthCounters {
  points: { points: string; part: string; start: number } | undefined;
  spend: string | undefined;
  days: string | undefined;
}

const ALL = '*/tier';
const LIFETIME_DAYS = '*/purchase-days';

interface Names {
  points: string;
  part: string;
  spend: string;
  days: string;
}

/** Names of the counters of months of this kind. */
const namesOf = (kind: string): Names => ({
  points: `${ALL}/${kind}/points`,
  part: `${ALL}/${kind}/points/part`,
  spend: `${ALL}/${kind}/spend`,
  days: `${ALL}/${kind}/days`,
});

const MONTHS_MAX = 10_000;
/** Keys of the counters of months, by their kind and first instant. Each decision reads a whole window of them. */
const known = new Map<string, Map<number, Names>>();

/** Keys of the counters of the month of a kind that begins at an instant. */
function keysOf(kind: string, start: number): Names {
  let keys = known.get(kind);
  if (keys === undefined || keys.size >= MONTHS_MAX) {
    keys = new Map();
    known.set(kind, keys);
  }
  const found = keys.get(start);
  if (found !== undefined) return found;
  const { points, part, spend, days } = namesOf(kind);
  const made = {
    points: counterKey(points, start),
    part: counterKey(part, start),
    spend: counterKey(spend, start),
    days: counterKey(days, start),
  };
  keys.set(start, made);
  return made;
}

/** Where an event at an instant is counted; undefined = nothing is counted for tiers. */
export function monthCounters(
  programme: Programme,
  enrolledAt: number,
  at: number,
): MonthCounters | undefined {
  const { metrics, window, isPlain } = programme.ladder;
  if (isPlain) return undefined;
  const counts = (metric: Metric): boolean => metrics.includes(metric);
  if (window.kind === 'lifetime') {
    // Points and days of a lifetime are counted anyway.
    const spend = counts('spend') ? keysOf('ever', 0).spend : undefined;
    return { points: undefined, spend, days: undefined };
  }
  const months = monthsOf(programme, enrolledAt);
  const start = months.startOf(months.placeOf(at));
  const { points, part } = namesOf(months.name);
  const { spend, days } = keysOf(months.name, start);
  return {
    points: counts('qualifying_points') ? { points, part, start } : undefined,
    spend: counts('spend') ? spend : undefined,
    days: counts('purchases') ? days : undefined,
  };
}

/** Longer than any month. */
const MONTH_MS = 31 * DAY_MS;

/**
 * Counters that say, under each of some versions, where a member stands at an instant, windows before
 * included when a review of
 * that window is due. Conservative, as nothing of the member need be known.
 */
export function tierCounters(
  programmes: readonly (Programme | undefined)[],
  at: number,
  isReviewed = false,
): CounterNeed[] {
  const since = new Map<string, number>();
  for (const programme of new Set(programmes)) {
    if (programme === undefined) continue;
    for (const each of countersFor(programme, at, isReviewed)) {
      since.set(each.counter, Math.min(since.get(each.counter) ?? Infinity, each.since));
    }
  }
  return [...since].map(([counter, periodStart]) => ({ counter, periodStart, onwards: true }));
}

function countersFor(
  { ladder }: Programme,
  at: number,
  isReviewed: boolean,
): { counter: string; since: number }[] {
  const { metrics, window, isPlain, graceMonths } = ladder;
  if (isPlain) return [];
  const length = lengthOf(ladder);
  const names = namesOf(window.kind === 'anniversary' ? 'own-month' : 'month');
  if (length === undefined) {
    const { spend } = namesOf('ever');
    return metrics.flatMap((metric) =>
      metric === 'spend'
        ? [{ counter: spend, since: 0 }]
        : metric === 'purchases'
          ? [{ counter: LIFETIME_DAYS, since: 0 }]
          : [],
    );
  }
  const back = isReviewed ? 2 * length + graceMonths : length;
  const since = at - (back + 1) * MONTH_MS;
  return metrics.flatMap((metric) => {
    if (metric === 'spend') return [{ counter: names.spend, since }];
    if (metric === 'purchases') return [{ counter: names.days, since }];
    return [
      { counter: names.points, since },
      { counter: names.part, since },
    ];
  });
}

/** The tally of a range of months; the points that rolled over into it are among it. */
export function tallyIn(
  { ladder }: Programme,
  { qualifying, counters, review }: Counted,
  months: Months,
  { from, until }: Range,
): Tally {
  const used = (key: string): bigint => {
    const count = counters.get(key);
    return count === undefined ? 0n : BigInt(count);
  };
  if (ladder.window.kind === 'lifetime') {
    return {
      qualifying_points: qualifying,
      spend: used(keysOf('ever', 0).spend),
      purchases: used(counterKey(LIFETIME_DAYS, 0)),
    };
  }
  // No tier asks for what is not among them.
  const [hasSpend, hasDays] = [
    ladder.metrics.includes('spend'),
    ladder.metrics.includes('purchases'),
  ];
  let [points, spend, purchases] = [0n, 0n, 0n];
  for (let month = from; month < until; month++) {
    const start = months.startOf(month);
    const keys = keysOf(months.name, start);
    points += used(keys.points) * BILLION + used(keys.part);
    if (hasSpend) spend += used(keys.spend);
    if (hasDays) purchases += used(keys.days);
    if (review?.rolled?.start === start) points += review.rolled.billionths;
  }
  return { qualifying_points: points, spend, purchases };
}

/** The tally of the window that an instant is in. */
export function tallyAt(programme: Programme, counted: Counted, at: number): Tally {
  const months = monthsOf(programme, counted.enrolledAt);
  const enrolled = months.placeOf(counted.enrolledAt);
  return tallyIn(
    programme,
    counted,
    months,
    windowOf(programme.ladder, months.placeOf(at), enrolled),
  );
}

/** An amount of a metric as it is told: whole points rounded down, minor units, days. */
export const whole = (metric: Metric, amount: bigint): number =>
  Number(metric === 'qualifying_points' ? amount / BILLION : amount);
