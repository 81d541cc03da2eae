/**
 * Points that come in faster than people shop are withheld for a while, so that somebody can look at
 * them: they are pending like those of an open return window, and become available by themselves.
 * What was withheld is said with the purchase and stays so, whatever comes late.
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

/** Where each guard counts what has its place at `at`. */
function places({ timeZone, velocity }: Watching, at: number): [VelocityGuard, Place][] {
  return velocity.map((guard) => {
    const { counts, per } = guard;
    const start = per === 'day' ? periodStart(timeZone, at, 'day') : startOfHour(timeZone, at);
    const points = `*/velocity/${counts}/${per}`;
    return [guard, { points, part: counts === 'points' ? `${points}/part` : undefined, start }];
  });
}

export const velocityNeeds = (programme: Watching, at: number): CounterNeed[] =>
  places(programme, at).flatMap(([, { points, part, start }]) =>
    [points, part].flatMap((counter) =>
      counter === undefined ? [] : { counter, periodStart: start },
    ),
  );

/** What guards count of an event that earned so many billionths; a purchase counts as a point. */
export function velocityUses(
  programme: Watching,
  at: number,
  billionths: bigint,
): { at: Place; billionths: bigint }[] {
  if (billionths <= 0n) return [];
  return places(programme, at).map(([guard, place]) => ({
    at: place,
    billionths: countedBy(guard, billionths),
  }));
}

const countedBy = ({ counts }: VelocityGuard, billionths: bigint): bigint =>
  counts === 'points' ? billionths : BILLION;

/** Which guards withhold what an event earned; `used` tells what they counted before. */
export function withholding(
  programme: Watching,
  at: number,
  billionths: bigint,
  used: (place: Place) => bigint,
): ExplanationItem[] {
  if (billionths <= 0n) return [];
  return places(programme, at).flatMap(([guard, place], no): ExplanationItem[] =>
    used(place) + countedBy(guard, billionths) <= BigInt(guard.most) * BILLION
      ? []
      : [
          [
            WITHHELD,
            no,
            guard.counts === 'points' ? 'fast_points' : 'fast_purchases',
            '0',
            guard.most,
          ],
        ],
  );
}

/** Until when an event's points are withheld by what is said of it; 0 = they are not. */
export function withheldUntil(
  { velocity }: Pick<Watching, 'velocity'>,
  occurredAt: number,
  items: Iterable<ExplanationItem>,
): number {
  let until = 0;
  for (const [rule, no] of items) {
    if (rule === WITHHELD) until = Math.max(until, occurredAt + (velocity[no]?.holdMs ?? 0));
  }
  return until;
}

/** Items decided again, withheld or not as they were. */
export const withheldAsBefore = (
  before: readonly ExplanationItem[],
  now: readonly ExplanationItem[],
): ExplanationItem[] => [
  ...now.filter(([rule]) => rule !== WITHHELD),
  ...before.filter(([rule, place]) => rule === WITHHELD && place !== WHOLE_EVENT),
];
