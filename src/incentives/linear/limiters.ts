/** What stops rules from paying a member again: caps, cool-downs, first times and silence. */
import {
  capCounters,
  firstKey,
  lastKey,
  memberGroup,
  usedOf,
  type CapCounters,
} from '../../rules/earning/counters.js';
import { DAY_MS, type CapPeriod } from '../../rules/period.js';
import type { Group, Programme } from '../../rules/programme.js';
import { counterKey } from '../../rules/state.js';
import type { Circumstances } from '../world/step.js';
import { ONE, type Row } from './column.js';

type Counters = ReadonlyMap<string, number>;

/** Something that a purchase may use up for the next one. */
export interface Limiter {
  id: string;
  /** What was used of each of its rows, in billionths; empty = it did not matter. */
  used: (before: Counters, after: Counters) => ReadonlyMap<string, bigint>;
  /** Counters of somebody of whom it is used up. */
  spent: (counters: Counters) => Counters;
}

/** Periods of each kind that one calendar year touches at most. */
const PERIODS: Record<CapPeriod, number> = { day: 366, week: 54, month: 12, year: 1, lifetime: 1 };
const YEAR_DAYS = 366;

/** Limits of a programme that are a member's own, as rows; `members` of one household share them. */
export function rowsOf(programme: Programme, members: number): Row[] {
  const rows: Row[] = [];
  for (const group of [...programme.groups, memberGroup(programme)]) {
    for (const { period, points, perLocation } of group.caps) {
      // A member may go from place to place, so what is for each place is as if it had no end.
      if (period === 'purchase' || perLocation) continue;
      const most = BigInt(points) * BigInt(PERIODS[period] * members);
      const name = `a point of room below the cap a ${period} of "${nameOf(programme, group)}"`;
      rows.push({ id: `${group.id}/${period}`, name, supply: most * ONE });
    }
    if (!waits(group)) continue;
    const times = Math.floor((YEAR_DAYS * DAY_MS) / group.coolDownMs) + 1;
    const name = `a time at which "${nameOf(programme, group)}" pays again`;
    rows.push({ id: `${group.id}/last`, name, supply: BigInt(times * members) * ONE });
  }
  for (const category of programme.firsts) {
    const name = `a member's first purchase of "${category}"`;
    rows.push({ id: `first/${category}`, name, supply: BigInt(members) * ONE });
  }
  return rows;
}

/**
 * Whether how often it pays is limited. A capped rate that tops up does not wait: several purchases of
 * a basket may come to a cap that none of them comes to.
 */
const waits = ({ coolDownMs, topsUp, level }: Group): boolean =>
  coolDownMs > 0 && (!topsUp || level === 'event');

function nameOf({ rules }: Programme, { id, rules: places }: Group): string {
  if (places.length === 0) return 'all rules';
  const [place = 0] = places;
  return places.length === 1 ? (rules[place]?.name ?? id) : id;
}

/** Limiters of a purchase in these circumstances. */
export function limitersOf(
  programme: Programme,
  { at, location }: Circumstances,
  category: string | undefined,
): Limiter[] {
  const groups = [...programme.groups, memberGroup(programme)]
    .filter(({ caps, coolDownMs }) => caps.length > 0 || coolDownMs > 0)
    .map((group) => ofGroup(group, capCounters(programme, group, at, { location }), at));
  if (category === undefined || !programme.firsts.has(category)) return groups;
  const key = firstKey(category);
  const first: Limiter = {
    id: `first/${category}`,
    used: (before, after) => {
      const change = ((after.get(key) ?? 0) === 0 ? 0 : 1) - ((before.get(key) ?? 0) === 0 ? 0 : 1);
      return new Map(change === 0 ? [] : [[`first/${category}`, BigInt(change) * ONE]]);
    },
    spent: (counters) => new Map(counters).set(key, at - DAY_MS),
  };
  return [...groups, first];
}

function ofGroup(group: Group, all: readonly CapCounters[], at: number): Limiter {
  const { id, coolDownMs } = group;
  const caps = all.filter(({ cap }) => !cap.perLocation);
  const last = lastKey(id);
  return {
    id,
    used: (before, after) => {
      const used = new Map<string, bigint>();
      for (const place of caps) {
        const amount = usedOf(after, place) - usedOf(before, place);
        if (amount !== 0n) used.set(`${id}/${place.cap.period}`, amount);
      }
      const moved = (after.get(last) ?? 0) - (before.get(last) ?? 0);
      if (waits(group) && moved !== 0) used.set(`${id}/last`, moved > 0 ? ONE : -ONE);
      return used;
    },
    spent: (counters) => {
      const next = new Map(counters);
      for (const { cap, points, part, start } of caps) {
        next.set(counterKey(points, start), cap.points);
        if (part !== undefined) next.set(counterKey(part, start), 0);
      }
      return coolDownMs > 0 ? next.set(last, at) : next;
    },
  };
}

/** Which of these are used up: all sets of a few, or each alone and all others of many. */
export function setsOf<T>(items: readonly T[], most = 4): T[][] {
  if (items.length <= most) {
    return items.reduce<T[][]>(
      (sets, item) => [...sets, ...sets.map((set) => [...set, item])],
      [[]],
    );
  }
  const without = items.map((item) => items.filter((other) => other !== item));
  return [[], [...items], ...items.map((item) => [item]), ...without];
}
