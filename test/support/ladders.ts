import type { Ladder as WrittenLadder, ProgrammeDocument } from '../../src/programmes/document.js';
import type { Grant, Ladder, Review, Window } from '../../src/rules/ladder.js';
import type { Programme } from '../../src/rules/programme.js';
import { counterKey } from '../../src/rules/state.js';
import type { Standpoint } from '../../src/rules/standing/stand.js';
import { aProgramme } from './programme.js';

export const POINT = 1_000_000_000n;
/** Whole points in billionths. */
export const points = (whole: number): bigint => BigInt(whole) * POINT;

/** A ladder that counts qualifying points in a window, since 1970. */
export const ladderOf = (window: Window, changed: Partial<Ladder> = {}): Ladder => ({
  ...{ metric: 'qualifying_points', metrics: ['qualifying_points'], window, isPlain: false },
  ...{ nearMiss: undefined, graceMonths: 0, warningDays: 0, notices: new Set() },
  ...{ rollsOver: false, since: 0 },
  ...changed,
});

export const blue = { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' };
export const silver = { code: 'silver', name: 'Silver', threshold: 100, keep: 80, multiplier: '1' };
export const gold = { code: 'gold', name: 'Gold', threshold: 220, keep: 200, multiplier: '1' };

/** Quarters of the calendar, which is UTC, of blue, silver from 100 and gold from 220 points. */
export function quarterly(
  ladder: WrittenLadder = {},
  tiers: ProgrammeDocument['tiers'] = [blue, silver, gold],
  version = { no: 1, effectiveAt: 0 },
): Programme {
  const identity = {
    ...{ code: 'test', name: 'Test', currency: 'GBP', timeZone: 'UTC' },
    pointName: { one: 'point', other: 'points' },
  };
  const all = { window: { kind: 'calendar', period: 'quarter' } as const, ...ladder };
  return aProgramme({ identity, tiers, ladder: all, rewards: [] }, version);
}

/** The first instant of a month, as in `2026-04`, or of a day, as in `2026-04-07`. */
export const on = (day: string): number => Date.parse(`${day.padEnd(10, '-01')}T00:00:00Z`);

/** Counters of months of the calendar: `['2026-04', 'points', 120]`. */
export function countersOf(
  months: readonly (readonly [month: string, name: string, used: number])[],
  kind = 'month',
): Map<string, number> {
  return new Map(
    months.map(([month, name, used]) => [counterKey(`*/tier/${kind}/${name}`, on(month)), used]),
  );
}

export const aReview = (changed: Partial<Review> = {}): Review => ({
  ...{ own: null, at: null, missedAt: null, grant: null, rolled: null },
  ...changed,
});

/** Somebody who enrolled on 15 January 2025, with what months have counted of them. */
export const standing = (
  held: string,
  review?: Review,
  months: readonly (readonly [string, string, number])[] = [],
): Standpoint => ({
  ...{ held, review, qualifying: 0n, enrolledAt: on('2025-01-15') },
  counters: countersOf(months),
});

export const granted = (tier: string, until: string): Grant => ({ tier, until: on(until) });
