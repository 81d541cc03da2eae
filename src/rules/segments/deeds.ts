/**
 * What members do, as segments count it: by local day of the event's place, and ever. Days are
 * counters like those of caps, so that returns and late events change them as they change those.
 */
import { localDate, periodStart, startOfDay } from '../period.js';
import type { Programme } from '../programme.js';
import type { LineBasis } from '../earning/occasion.js';
import type { Purchase } from '../purchase.js';
import { counterKey, type CounterNeed } from '../state.js';
import { askedSegments, type Criterion } from './segment.js';

/** None can be a rule's id. */
export const SPEND = '*/spend';
const SPEND_EVER = '*/spend/ever';
export const boughtName = (category: string): string => `*/bought/${category}`;
const boughtEver = (category: string): string => `*/bought/${category}/ever`;
export const PURCHASES = '*/purchases';

type Counting = Pick<Programme, 'segments' | 'timeZone'>;

/** What a purchase at a place adds: minor units spent, and one to each category bought of. */
export function deedsOf(
  { segments, timeZone }: Counting,
  at: number,
  { totalMinor, lines }: { totalMinor: number; lines: readonly LineBasis[] },
): Map<string, number> {
  const { countsSpend, countsBought } = segments;
  const deeds = new Map<string, number>();
  if (!countsSpend && countsBought.size === 0) return deeds;
  const day = periodStart(timeZone, at, 'day');
  if (countsSpend && totalMinor > 0) {
    deeds.set(counterKey(SPEND, day), totalMinor);
    deeds.set(counterKey(SPEND_EVER, 0), totalMinor);
  }
  for (const { category, minor } of lines) {
    if (minor <= 0 || !countsBought.has(category)) continue;
    deeds.set(counterKey(boughtName(category), day), 1);
    deeds.set(counterKey(boughtEver(category), 0), 1);
  }
  return deeds;
}

/** What deciding a purchase reads: what it changes itself, and what rules ask of the days before. */
export function deedsNeeded(programme: Counting, at: number, { lines }: Purchase): CounterNeed[] {
  const { segments, timeZone } = programme;
  const needs = new Map<string, CounterNeed & { onwards: boolean }>();
  const need = (counter: string, from: number, onwards: boolean): void => {
    const known = needs.get(counter) ?? { periodStart: from, onwards };
    needs.set(counter, {
      counter,
      periodStart: Math.min(known.periodStart, from),
      onwards: known.onwards || onwards,
    });
  };
  const day = periodStart(timeZone, at, 'day');
  const bought = new Set(lines.map(({ category }) => category));
  if (segments.countsSpend && lines.length > 0) {
    need(SPEND, day, false);
    need(SPEND_EVER, 0, false);
  }
  for (const category of segments.countsBought) {
    if (!bought.has(category)) continue;
    need(boughtName(category), day, false);
    need(boughtEver(category), 0, false);
  }
  for (const criterion of askedSegments(segments).flatMap(({ all }) => all)) {
    for (const [counter, days] of seriesOf(criterion)) {
      need(counter, days === undefined ? 0 : daysBefore(timeZone, at, days), days !== undefined);
      // What was done on the event's own day, to know what was before it.
      if (days === undefined) need(dayOf(counter), day, true);
    }
  }
  return [...needs.values()];
}

/** Counters that a criterion goes by, with the days it looks back; undefined = the one of ever. */
function seriesOf(criterion: Criterion): [counter: string, days: number | undefined][] {
  switch (criterion.kind) {
    case 'purchases':
      return [[PURCHASES, criterion.days]];
    case 'spend':
      return [[SPEND, criterion.days]];
    case 'last_purchase': {
      const { atLeastDays = 1, atMostDays } = criterion;
      const window: [string, number][] = [[SPEND, Math.max(atLeastDays - 1, atMostDays ?? 0)]];
      return atMostDays === undefined ? [[SPEND_EVER, undefined], ...window] : window;
    }
    case 'bought':
      return criterion.categories.map((category) =>
        criterion.days === undefined
          ? [boughtEver(category), undefined]
          : [boughtName(category), criterion.days],
      );
    case 'balance':
    case 'birth_month':
    case 'enrolled_by':
    case 'enrolled':
    case 'persona':
    case 'preference':
    case 'tier':
      return [];
  }
}

const dayOf = (ever: string): string => ever.slice(0, -'/ever'.length);

/** The first instant of the local day some days before an instant's own. */
export function daysBefore(timeZone: string, at: number, days: number): number {
  const date = localDate(timeZone, at);
  return startOfDay(timeZone, { ...date, day: date.day - days });
}

/** What was done before the local day of an instant, from a member's counters. */
export class Deeds {
  private readonly day: number;

  constructor(
    private readonly timeZone: string,
    private readonly at: number,
    private readonly counters: ReadonlyMap<string, number>,
  ) {
    this.day = periodStart(timeZone, at, 'day');
  }

  /** Used amounts of the last days, each above 0. */
  within(counter: string, days: number): number[] {
    return this.used(counter, daysBefore(this.timeZone, this.at, days), this.day);
  }

  /** Whether there is anything before the day, by the sum of ever and what has come since. */
  isEver(counter: string): boolean {
    const since = this.used(counter, this.day, Infinity).reduce((sum, used) => sum + used, 0);
    return (this.counters.get(counterKey(`${counter}/ever`, 0)) ?? 0) > since;
  }

  private used(counter: string, from: number, until: number): number[] {
    const prefix = counterKey(counter, 0).slice(0, -1);
    const found: number[] = [];
    for (const [key, used] of this.counters) {
      if (used <= 0 || !key.startsWith(prefix)) continue;
      const start = Number(key.slice(prefix.length));
      if (start >= from && start < until) found.push(used);
    }
    return found;
  }
}
