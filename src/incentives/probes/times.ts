/** When things are tried: on the days and at the hours that rules ask for, from a first instant on. */
import { DAY_MS, localDate, minuteOfDay, startOfDay } from '../../rules/period.js';
import { weekdays } from '../../rules/event-conditions/weekday.js';
import { dateOf } from '../../programmes/compile/rewards.js';
import type { Condition, ProgrammeDocument } from '../../programmes/document.js';

const MINUTE_MS = 60_000;
const DAY = 24 * 60;
const NOON = DAY / 2;
const WEEK = 7;

type Hours = Extract<Condition, { kind: 'time_of_day' }>;

/**
 * A week from the first instant, and from each day on which something begins, where a rule asks for a
 * day of the week, else a day: when no time of day is on, and as each begins. What is over before its
 * hour comes again is met at the first instant itself, which stands last.
 */
export function instantsOf(
  { identity: { timeZone }, offers = [], surprises = [] }: ProgrammeDocument,
  conditions: readonly Condition[],
  at: number,
): number[] {
  const days = conditions.some(({ kind }) => kind === 'weekday') ? WEEK : 1;
  const hours = conditions.filter((each) => each.kind === 'time_of_day');
  const times = [...new Set([plainTime(hours), ...hours.map(({ from }) => minutes(from))])];
  const begins = [...offers, ...surprises].flatMap(({ from }) =>
    from === undefined ? [] : [startOfDay(timeZone, dateOf(from))],
  );
  const starts = [...new Set([at, ...begins.filter((begin) => begin > at)])];
  const instants = starts.flatMap((start) =>
    Array.from({ length: days + 1 }, (_, day) =>
      times.map((minute) => timeOf(timeZone, start, { day, minute })),
    )
      .flat()
      .filter((instant) => start <= instant && instant < endOf(timeZone, start, instant, days)),
  );
  const first = timeOf(timeZone, at, { day: 0, minute: times[0] ?? NOON });
  return [...new Set(first < at ? [...instants, at] : instants)];
}

/** So many days after an hour of the day of a start, or after it on the next one if it is over. */
function endOf(zone: string, start: number, instant: number, days: number): number {
  const minute = minuteOfDay(zone, instant);
  const day = timeOf(zone, start, { day: 0, minute }) < start ? days + 1 : days;
  return timeOf(zone, start, { day, minute });
}

/** A minute of a local day, counted from the day of an instant. */
function timeOf(
  zone: string,
  start: number,
  { day, minute }: { day: number; minute: number },
): number {
  const date = localDate(zone, start);
  const instant = startOfDay(zone, { ...date, day: date.day + day }) + minute * MINUTE_MS;
  // On a day on which clocks change it is an hour off.
  const off = ((minute - minuteOfDay(zone, instant) + 1.5 * DAY) % DAY) - DAY / 2;
  return instant + off * MINUTE_MS;
}

/** Noon, or else the end of some time of day, at which no rule asks for the time. */
function plainTime(hours: readonly Hours[]): number {
  const isPlain = (minute: number): boolean => hours.every((each) => !isWithin(each, minute));
  return [NOON, ...hours.map(({ until }) => minutes(until))].find(isPlain) ?? NOON;
}

function isWithin({ from: first, until: end }: Hours, minute: number): boolean {
  const [from, until] = [minutes(first), minutes(end)];
  return from <= until ? from <= minute && minute < until : from <= minute || minute < until;
}

function minutes(text: string): number {
  const [hours = 0, rest = 0] = text.split(':').map(Number);
  return hours * 60 + rest;
}

/** Whether an instant is on the days and at the hours that are asked for. */
export function isTime(zone: string, when: readonly Condition[], instant: number): boolean {
  const date = localDate(zone, instant);
  const weekday = weekdays[new Date(Date.UTC(date.year, date.month - 1, date.day)).getUTCDay()];
  return when.every((each) => {
    if (each.kind === 'weekday') return each.days.some((day) => day === weekday);
    return each.kind !== 'time_of_day' || isWithin(each, minuteOfDay(zone, instant));
  });
}

/** The first instant from one on at which they are met, by the hours at which they begin or by noon. */
export function nextTime(zone: string, when: readonly Condition[], from: number): number {
  const hours = when.filter((each) => each.kind === 'time_of_day');
  const times = hours.length === 0 ? [NOON] : hours.map((each) => minutes(each.from));
  const found = Array.from({ length: WEEK + 1 }, (_, day) =>
    times.map((minute) => timeOf(zone, from, { day, minute })),
  )
    .flat()
    .filter((instant) => instant > from);
  return [from, ...found].find((instant) => isTime(zone, when, instant)) ?? from + DAY_MS;
}
