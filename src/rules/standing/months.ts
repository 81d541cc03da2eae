/**
 * Months in which tiers are counted. They are those of the calendar, or a member's own, which begin
 * on the day of the month on which they enrolled; a month without that day begins on its last.
 */
import { localDate, startOfDay } from '../period.js';
import type { Ladder } from '../ladder.js';
import type { Programme } from '../programme.js';

/** Months by their place; 0 is January of the year 0. */
export interface Months {
  /** What counters of these months are called after. */
  name: string;
  placeOf(instant: number): number;
  /** The first instant of a month, at which the one before ends. */
  startOf(place: number): number;
}

/** A range of months, `until` exclusive. */
export interface Range {
  from: number;
  until: number;
}

const STARTS_MAX = 2_000;
/** First instants of months by their place, for each time zone and day on which months begin. */
const known = new Map<string, Map<number, number>>();

function startsOf(timeZone: string, anchor: number): Map<number, number> {
  const key = `${timeZone}/${String(anchor)}`;
  const found = known.get(key) ?? new Map<number, number>();
  known.set(key, found);
  return found;
}

/** The months of a programme's windows. */
export function monthsOf(
  { timeZone, ladder }: Pick<Programme, 'timeZone' | 'ladder'>,
  enrolledAt: number,
): Months {
  const isOwn = ladder.window.kind === 'anniversary';
  const anchor = isOwn ? localDate(timeZone, enrolledAt).day : 1;
  const starts = startsOf(timeZone, anchor);
  return {
    name: isOwn ? 'own-month' : 'month',
    placeOf: (instant) => {
      const { year, month, day } = localDate(timeZone, instant);
      const place = year * 12 + month - 1;
      return day < dayIn(place, anchor) ? place - 1 : place;
    },
    startOf: (place) => {
      const found = starts.get(place);
      if (found !== undefined) return found;
      const start = startOfDay(timeZone, { ...monthAt(place), day: dayIn(place, anchor) });
      if (starts.size >= STARTS_MAX) starts.clear();
      starts.set(place, start);
      return start;
    },
  };
}

/** A month as one of 1970, beyond whose December are those of the years after it. */
const monthAt = (place: number): { year: number; month: number } => ({
  year: 1970,
  month: place - 1970 * 12 + 1,
});

/** The anchor, or the last day of a month that has no such day. */
function dayIn(place: number, anchor: number): number {
  const { year, month } = monthAt(place);
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return Math.min(anchor, last);
}

/** Months of one window; undefined = a lifetime, which has no end. */
export function lengthOf({ window }: Pick<Ladder, 'window'>): number | undefined {
  if (window.kind === 'lifetime') return undefined;
  return window.kind === 'anniversary' ? 12 : window.months;
}

/** The window that a month is in; of rolling ones the one that ends with it. */
export function windowOf({ window }: Ladder, month: number, enrolled: number): Range {
  switch (window.kind) {
    case 'lifetime':
      return { from: -Infinity, until: Infinity };
    case 'rolling':
      return { from: month - window.months + 1, until: month + 1 };
    case 'calendar':
      return within(month, window.months, window.offset);
    case 'anniversary':
      return within(month, 12, enrolled);
  }
}

function within(month: number, length: number, offset: number): Range {
  const into = (((month - offset) % length) + length) % length;
  return { from: month - into, until: month - into + length };
}

/** The month at whose start a tier reached in a month is reviewed. */
export function firstReview(ladder: Ladder, month: number, enrolled: number): number {
  const { window } = ladder;
  if (window.kind === 'rolling') return month + 1 + window.months;
  return windowOf(ladder, month, enrolled).until;
}

/** The month at whose start comes the review after the one at the start of a month. */
export function nextReview(ladder: Ladder, month: number, enrolled: number): number {
  const { window } = ladder;
  if (window.kind === 'rolling') return month + window.months;
  return windowOf(ladder, month, enrolled).until;
}
