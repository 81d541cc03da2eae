/**
 * Points that come in faster than people shop are withheld for a while, so that somebody can look at
 * them: they are pending like those of an open return window, and become available by themselves.
 * What was withheld is said with the purchase and stays so, whatever comes late. What comes late itself
 * counts by when it happened, in whatever order it is told, and by when it was told.
 */
import { WHOLE_EVENT, WITHHELD, type ExplanationItem } from '../explanation.js';
import { periodStart, startOfHour } from '../period.js';
import { BILLION } from '../points.js';
import type { CounterNeed } from '../state.js';

/** More than so many purchases, or points, of a member in an hour or day of the programme's clock. */
export interface VelocityGuard {
  counts: 'purchases' | 'points';
  most: number;
  per: 'hour' | 'day';
  holdMs: number;
}

interface Watching {
  timeZone: string;
  velocity: readonly VelocityGuard[];
}

interface Place {
  points: string;
  part: string | undefined;
  start: number;
}

/** When an event counts, and when it became known; undefined = at once. */
export interface Known {
  at: number;
  arrivedAt?: number | undefined;
}

/** Where a guard counts what has its place at `at`, and where what arrived in another period than that. */
function placesOf(timeZone: string, { counts, per }: VelocityGuard, known: Known): Place[] {
  const startOf = (instant: number): number =>
    per === 'day' ? periodStart(timeZone, instant, 'day') : startOfHour(timeZone, instant);
  const place = (points: string, start: number): Place => ({
    points,
    part: counts === 'points' ? `${points}/part` : undefined,
    start,
  });
  const name = `*/velocity/${counts}/${per}`;
  const { at, arrivedAt = at } = known;
  const [start, arrived] = [startOf(at), startOf(arrivedAt)];
  return start === arrived
    ? [place(name, start)]
    : [place(name, start), place(`${name}/late`, arrived)];
}

export const velocityNeeds = ({ timeZone, velocity }: Watching, known: Known): CounterNeed[] =>
  velocity.flatMap((guard) => placesOf(timeZone, guard, known).flatMap(needsOf));

/** Those of them that nobody needs to whom an event becomes known when it happens. */
export const lateNeeds = ({ timeZone, velocity }: Watching, known: Known): CounterNeed[] =>
  velocity.flatMap((guard) => placesOf(timeZone, guard, known).slice(1).flatMap(needsOf));

const needsOf = ({ points, part, start }: Place): CounterNeed[] =>
  [points, part].flatMap((counter) =>
    counter === undefined ? [] : { counter, periodStart: start },
  );

/** What guards count of an event that earned so many billionths; a purchase counts as a point. */
export function velocityUses(
  { timeZone, velocity }: Watching,
  known: Known,
  billionths: bigint,
): { at: Place; billionths: bigint }[] {
  if (billionths <= 0n) return [];
  return velocity.flatMap((guard) =>
    placesOf(timeZone, guard, known).map((at) => ({
      at,
      billionths: countedBy(guard, billionths),
    })),
  );
}

const countedBy = ({ counts }: VelocityGuard, billionths: bigint): bigint =>
  counts === 'points' ? billionths : BILLION;

/** Which guards withhold what an event earned; `used` tells what they have counted of all that is known. */
export function withholding(
  { timeZone, velocity }: Watching,
  known: Known,
  billionths: bigint,
  used: (place: Place) => bigint,
): ExplanationItem[] {
  if (billionths <= 0n) return [];
  return velocity.flatMap((guard, no): ExplanationItem[] => {
    const counted = countedBy(guard, billionths);
    const most = BigInt(guard.most) * BILLION;
    if (placesOf(timeZone, guard, known).every((place) => used(place) + counted <= most)) return [];
    const code = guard.counts === 'points' ? 'fast_points' : 'fast_purchases';
    return [[WITHHELD, no, code, '0', guard.most]];
  });
}

/** Until when an event's points are withheld by what is said of it; 0 = they are not. */
export function withheldUntil(
  { velocity }: Pick<Watching, 'velocity'>,
  { occurredAt, arrivedAt = occurredAt }: { occurredAt: number; arrivedAt?: number | undefined },
  items: Iterable<ExplanationItem>,
): number {
  let until = 0;
  const since = Math.max(occurredAt, arrivedAt);
  for (const [rule, no] of items) {
    if (rule === WITHHELD) until = Math.max(until, since + (velocity[no]?.holdMs ?? 0));
  }
  return until;
}

/** Items decided again, withheld or not as they were. */
export const withheldAsBefore = (
  before: readonly ExplanationItem[],
  now: readonly ExplanationItem[],
): ExplanationItem[] => [
  ...now,
  ...before.filter(([rule, place]) => rule === WITHHELD && place !== WHOLE_EVENT),
];
