/**
 * Calendar arithmetic in a programme's IANA time zone. Instants are milliseconds since 1970 UTC;
 * a day starts at its first instant, which is not 00:00 where a clock change skips midnight.
 */

export interface LocalDate {
  year: number;
  /** 1 to 12. */
  month: number;
  day: number;
}

export type CapPeriod = 'day' | 'week' | 'month' | 'year' | 'lifetime';

export const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Offsets change on quarter hours only, so one look-up serves a whole quarter of an hour. */
const OFFSET_SLOT_MS = 900_000;
/** Those of more than a year, which a replay of history goes through member by member. */
const CACHED_SLOTS_MAX = 40_000;

interface Zone {
  format: Intl.DateTimeFormat;
  offsets: Map<number, number>;
}
const zones = new Map<string, Zone>();

/** Whether the runtime knows this IANA zone. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

function zoneNamed(name: string): Zone {
  let zone = zones.get(name);
  if (zone === undefined) {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: name,
      calendar: 'gregory',
      numberingSystem: 'latn',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    zone = { format, offsets: new Map() };
    zones.set(name, zone);
  }
  return zone;
}

/** Milliseconds that local time is ahead of UTC at an instant. */
function offsetAt(zoneName: string, instant: number): number {
  const zone = zoneNamed(zoneName);
  const slot = Math.floor(instant / OFFSET_SLOT_MS);
  const known = zone.offsets.get(slot);
  if (known !== undefined) return known;
  const at = slot * OFFSET_SLOT_MS;
  const field = new Map(zone.format.formatToParts(at).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(field.get(type));
  const year = field.get('era') === 'BC' ? 1 - part('year') : part('year');
  const local = new Date(0);
  local.setUTCFullYear(year, part('month') - 1, part('day'));
  local.setUTCHours(part('hour'), part('minute'), part('second'));
  const offset = local.getTime() - at;
  if (zone.offsets.size >= CACHED_SLOTS_MAX) zone.offsets.clear();
  zone.offsets.set(slot, offset);
  return offset;
}

/** The calendar date in the zone at an instant. */
export function localDate(zone: string, instant: number): LocalDate {
  const local = new Date(instant + offsetAt(zone, instant));
  return {
    year: local.getUTCFullYear(),
    month: local.getUTCMonth() + 1,
    day: local.getUTCDate(),
  };
}

/** The local day of an instant, as `2027-03-31`. */
export function localDay(zone: string, instant: number): string {
  const { year, month, day } = localDate(zone, instant);
  const two = (count: number): string => String(count).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** Minutes since local midnight on the zone's clock at an instant, 0 to 1439. */
export function minuteOfDay(zone: string, instant: number): number {
  const local = new Date(instant + offsetAt(zone, instant));
  return local.getUTCHours() * 60 + local.getUTCMinutes();
}

/** The first instant of the zone's hour that an instant is in; 01:30 comes twice in autumn. */
export function startOfHour(zone: string, instant: number): number {
  const minute = Math.floor(instant / MINUTE_MS) * MINUTE_MS;
  return minute - (minuteOfDay(zone, instant) % 60) * MINUTE_MS;
}

/**
 * The first instant of a local date. `day` may lie outside the month and is carried over, as in
 * `{ year: 2026, month: 1, day: 32 }` for 1 February.
 */
export function startOfDay(zone: string, date: LocalDate): number {
  const nominal = Date.UTC(date.year, date.month - 1, date.day);
  const before = nominal - offsetAt(zone, nominal - DAY_MS);
  const isMidnight = (instant: number): boolean => instant + offsetAt(zone, instant) === nominal;
  if (isMidnight(before)) return before;
  const after = nominal - offsetAt(zone, nominal + DAY_MS);
  return isMidnight(after) ? after : before;
}

/** The local midnight that ends the day `days` after the instant's own day. */
export function endOfDayAfter(zone: string, instant: number, days: number): number {
  const date = localDate(zone, instant);
  return startOfDay(zone, { ...date, day: date.day + days + 1 });
}

/**
 * The local midnight that ends the day `months` after the instant's own day; a day the target
 * month lacks becomes its last day (31 January plus 1 month ends 28 or 29 February).
 */
export function endOfDayAfterMonths(zone: string, instant: number, months: number): number {
  const date = localDate(zone, instant);
  const lastDay = new Date(Date.UTC(date.year, date.month + months, 0)).getUTCDate();
  const day = Math.min(date.day, lastDay) + 1;
  return startOfDay(zone, { year: date.year, month: date.month + months, day });
}

/** The first instant of the cap period that contains an instant; weeks start on Monday. */
export function periodStart(zone: string, instant: number, period: CapPeriod): number {
  const date = localDate(zone, instant);
  switch (period) {
    case 'day':
      return startOfDay(zone, date);
    case 'week': {
      const weekday = new Date(Date.UTC(date.year, date.month - 1, date.day)).getUTCDay();
      return startOfDay(zone, { ...date, day: date.day - ((weekday + 6) % 7) });
    }
    case 'month':
      return startOfDay(zone, { ...date, day: 1 });
    case 'year':
      return startOfDay(zone, { ...date, month: 1, day: 1 });
    case 'lifetime':
      return 0;
  }
}
