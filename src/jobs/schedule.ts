/** When jobs are due: every so often, or once in each day of the programme's zone. */
import { localDate, startOfDay, type LocalDate } from '../rules/period.js';

const MINUTE_MS = 60_000;

/** Slots every so many seconds of the real clock, or so many minutes after a local day began. */
export type Schedule = { everySeconds: number } | { minuteOfDay: number };

/** Both clocks, in milliseconds: a test clock moves the programme's ahead. */
export interface Clock {
  real: number;
  programme: number;
  /** The programme's; undefined = no version is in force, and no day has a job. */
  zone: string | undefined;
}

/** The one that the slots of a schedule follow. */
export const followed = (schedule: Schedule): 'real' | 'programme' =>
  'everySeconds' in schedule ? 'real' : 'programme';

/** Law J20: a slot that lies ahead is of a clock that was set back since, and says nothing. */
const knownSlot = (
  schedule: Schedule,
  last: number | undefined,
  clock: Clock,
): number | undefined =>
  last !== undefined && last > clock[followed(schedule)] ? undefined : last;

const slotOf = (zone: string, date: LocalDate, minuteOfDay: number): number =>
  startOfDay(zone, date) + minuteOfDay * MINUTE_MS;

/** The first slot of a day that comes after another one. */
function dailyAfter(zone: string, minuteOfDay: number, last: number): number {
  const date = localDate(zone, last);
  for (let days = 0; ; days++) {
    const slot = slotOf(zone, { ...date, day: date.day + days }, minuteOfDay);
    if (slot > last) return slot;
  }
}

/**
 * The slot to begin now, in milliseconds; undefined = none is due. Of slots every so often only the
 * newest counts, as it finds what the missed ones left; missed days come one after another.
 */
export function dueSlot(
  schedule: Schedule,
  newest: number | undefined,
  clock: Clock,
): number | undefined {
  const { real, programme, zone } = clock;
  const last = knownSlot(schedule, newest, clock);
  if ('everySeconds' in schedule) {
    const every = schedule.everySeconds * 1_000;
    const current = Math.floor(real / every) * every;
    return last === undefined || current > last ? current : undefined;
  }
  if (zone === undefined) return undefined;
  const { minuteOfDay } = schedule;
  if (last === undefined) {
    const date = localDate(zone, programme);
    const today = slotOf(zone, date, minuteOfDay);
    return today <= programme ? today : slotOf(zone, { ...date, day: date.day - 1 }, minuteOfDay);
  }
  const next = dailyAfter(zone, minuteOfDay, last);
  return next <= programme ? next : undefined;
}

/**
 * When the next slot begins, in milliseconds of the job's clock: before now where it was missed;
 * undefined = it is not known.
 */
export function nextSlot(
  schedule: Schedule,
  newest: number | undefined,
  clock: Clock,
): number | undefined {
  const last = knownSlot(schedule, newest, clock);
  if (last === undefined) return dueSlot(schedule, last, clock);
  if ('everySeconds' in schedule) return last + schedule.everySeconds * 1_000;
  return clock.zone === undefined ? undefined : dailyAfter(clock.zone, schedule.minuteOfDay, last);
}

/** How long work may take before somebody should look: ten slots, or a quarter of a day. */
const GRACE_SLOTS = 10;
const GRACE_MIN_MS = 5 * MINUTE_MS;
const GRACE_DAILY_MS = 6 * 60 * MINUTE_MS;

/** By so much a test clock is seen to have been moved. */
const MOVED_MS = MINUTE_MS;

/**
 * Milliseconds that a job is behind, beyond what it may be; 0 = it is in time. Days that a test clock
 * left out have kept nobody waiting, so under one only a run that takes long is behind.
 */
export function lateness(
  schedule: Schedule,
  { slot, openSince }: { slot: number | undefined; openSince: number | undefined },
  clock: Clock,
): number {
  const isDaily = 'minuteOfDay' in schedule;
  const grace = isDaily
    ? GRACE_DAILY_MS
    : Math.max(GRACE_MIN_MS, GRACE_SLOTS * schedule.everySeconds * 1_000);
  const running = openSince === undefined ? 0 : clock.real - openSince;
  const next = nextSlot(schedule, slot, clock);
  const isMoved = isDaily && clock.programme - clock.real > MOVED_MS;
  // One whose slot lies ahead gets another one at once.
  const isAhead = slot !== undefined && knownSlot(schedule, slot, clock) === undefined;
  const waiting = next === undefined || isMoved || isAhead ? 0 : clock.real - next;
  return Math.max(0, running - grace, waiting - grace);
}

/** A schedule in words. */
export function wordsOf(schedule: Schedule): string {
  if ('everySeconds' in schedule) return `every ${String(schedule.everySeconds)} s`;
  const { minuteOfDay } = schedule;
  const two = (count: number): string => String(count).padStart(2, '0');
  return `daily ${two(Math.floor(minuteOfDay / 60))}:${two(minuteOfDay % 60)}`;
}
