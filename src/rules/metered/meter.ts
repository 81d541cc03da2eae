/**
 * Readings of a meter, and what they show to be saved. Each reading is a counter named after its
 * retailer and category, at the instant it was taken; it is kept plus one, as counters of 0 are none.
 */
import { DAY_MS } from '../period.js';
import type { Activity, Purchase } from '../purchase.js';
import type { Refusal } from '../outcome.js';
import { counterKey } from '../state.js';

export interface Reading {
  /** Milliseconds since 1970. */
  at: number;
  /** Whole units on the meter, which only ever grow. */
  units: number;
}

/** How the years of a baseline repeat. */
const YEAR_MS = 365 * DAY_MS;
const MICRO = 1_000_000n;

/** What a member's meter is counted under; undefined = the event is no reading. */
export function meterName({ activity, retailer = '' }: Purchase): string | undefined {
  if (activity?.kind !== 'meter_reading') return undefined;
  return `*/meter/${retailer}/${activity.category ?? ''}`;
}

/** The counter that a reading at an instant leaves. */
export function readingDeed(purchase: Purchase, at: number): [key: string, used: number][] {
  const name = meterName(purchase);
  const { reading } = purchase.activity ?? {};
  return name === undefined || reading === undefined ? [] : [[counterKey(name, at), reading + 1]];
}

/** Readings of an event's meter in the order they were taken. */
export function readingsOf(counters: ReadonlyMap<string, number>, purchase: Purchase): Reading[] {
  const name = meterName(purchase);
  if (name === undefined) return [];
  const prefix = counterKey(name, 0).slice(0, -1);
  const found: Reading[] = [];
  for (const [key, used] of counters) {
    if (used <= 0 || !key.startsWith(prefix)) continue;
    found.push({ at: Number(key.slice(prefix.length)), units: used - 1 });
  }
  return found.sort((a, b) => a.at - b.at);
}

/** Why a reading cannot be right beside the others; `perDay` is the most that is used in a day. */
export function implausible(
  readings: readonly Reading[],
  { at, units }: Reading,
  perDay: number | undefined,
): Refusal | undefined {
  const before = readings.findLast((each) => each.at <= at);
  const after = readings.find((each) => each.at >= at);
  const used = (from: number, to: number): number =>
    (perDay ?? Infinity) * Math.max(1, Math.ceil((to - from) / DAY_MS));
  const least = Math.max(
    before?.units ?? 0,
    after === undefined ? 0 : after.units - used(at, after.at),
  );
  const most = Math.min(
    after?.units ?? Infinity,
    before === undefined ? Infinity : before.units + used(before.at, at),
  );
  const isTwice = before?.at === at;
  if (!isTwice && units >= least && units <= most) return undefined;
  const details = { least, ...(Number.isFinite(most) && { most }) };
  return { code: 'reading_not_plausible', pointer: '/reading', details };
}

/**
 * Millionths of units that a reading shows to be saved beyond what the readings before it have shown.
 * The baseline is the year of the member's own use that ends with the last reading before `until`,
 * repeated: use since then is held against the same days of it. Counted is by how much the sum of what
 * was saved is larger than it ever was, so that using more at any time never counts for more later.
 * Undefined = there is no such year, or the reading belongs to it.
 */
export function savedBy(
  readings: readonly Reading[],
  reading: Reading,
  until: number,
): bigint | undefined {
  const base = readings.filter(({ at }) => at < until);
  const [first, last] = [base[0], base.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < YEAR_MS) return undefined;
  if (reading.at <= last.at) return undefined;
  const start = last.at - YEAR_MS;
  const from = unitsAt(base, start);
  const year = unitsAt(base, last.at) - from;
  const saved = ({ at, units }: Reading): bigint => {
    const years = Math.floor((at - last.at) / YEAR_MS);
    const phase = (at - last.at) % YEAR_MS;
    const usual = BigInt(years) * year + unitsAt(base, start + phase) - from;
    return usual - BigInt(units - last.units) * MICRO;
  };
  const before = readings
    .filter(({ at }) => at > last.at && at < reading.at)
    .reduce((most, each) => larger(most, saved(each)), 0n);
  return larger(0n, saved(reading) - before);
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** Millionths of units on the meter at an instant between readings, as if used evenly; floored. */
function unitsAt(readings: readonly Reading[], at: number): bigint {
  const before = readings.findLast((each) => each.at <= at);
  const after = readings.find((each) => each.at >= at);
  if (before === undefined || after === undefined) {
    throw new Error('invariant: the instant is between two readings');
  }
  const units = BigInt(before.units) * MICRO;
  if (after.at === before.at) return units;
  const grown = BigInt(after.units - before.units) * MICRO * BigInt(at - before.at);
  return units + grown / BigInt(after.at - before.at);
}

/** The reading that an activity says, taken at an instant. */
export const readingAt = ({ reading }: Activity, at: number): Reading | undefined =>
  reading === undefined ? undefined : { at, units: reading };
