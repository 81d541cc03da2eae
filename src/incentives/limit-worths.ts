/**
 * What each limit of a programme does: what one more of it would bring a household in a year, and
 * whether anybody comes to it who is paid as often as they can be.
 */
import type { ProgrammeDocument } from '../programmes/document.js';
import type { CapPeriod } from '../rules/period.js';
import { DAY_MS } from '../rules/period.js';
import type { Group } from '../rules/programme.js';
import type { Found } from './finding.js';
import type { Column } from './linear/column.js';
import type { Plan } from './linear/plan.js';
import type { Table } from './linear/table.js';
import { capsOf } from './lint/caps.js';
import { figure } from './words.js';

export interface LimitWorth {
  what: string;
  /** Minor units in the year for one more of it, at most: less where another one is full as well. */
  minor: number;
  /** Whether somebody comes to it. */
  isReached: boolean;
}

const HOUR_MS = 3_600_000;

/** The longest there is of each period, as clocks go back. */
const LONGEST_MS: Record<CapPeriod, number> = {
  day: DAY_MS + HOUR_MS,
  week: 7 * DAY_MS + HOUR_MS,
  month: 31 * DAY_MS + HOUR_MS,
  year: 366 * DAY_MS,
  lifetime: Infinity,
};

/** Every limit of a household; empty = there is no end to what it can take, so no limit is worth anything. */
export function limitWorthsOf({ bench, columns, rows }: Table, plan: Plan): LimitWorth[] {
  if (plan.worth.size === 0) return [];
  const unreached = new Set(
    unreachedCaps(bench.document, bench.programme.groups, columns).map(({ row }) => row),
  );
  return [...rows.values()]
    .filter(({ supply }) => supply > 0n)
    .map(({ id, name }) => ({
      what: name,
      minor: Math.round((plan.worth.get(id) ?? 0) * 1e6) / 1e6,
      isReached: !unreached.has(id) && columns.some(({ uses }) => (uses.get(id) ?? 0n) > 0n),
    }));
}

/** SLACKCAP: a cap that one more of is worth nothing, and that nobody comes to by what it caps. */
export function slackByProof({ bench, columns }: Table, plan: Plan): Found[] {
  const { document, programme } = bench;
  return unreachedCaps(document, programme.groups, columns)
    .filter(({ row }) => (plan.worth.get(row) ?? 0) === 0)
    .map(({ id, name, points, period, most, pointer }) => ({
      check: 'SLACKCAP',
      severity: 'low',
      claim: 'sampled',
      about: [id],
      pointer,
      title: `A cap of "${name}" never stops anybody`,
      explanation:
        `${figure(points)} points in a ${period} are never reached: it pays again so late that ` +
        `${figure(most)} are the most there are of it. The cap protects nothing, or the cool-down is a mistake.`,
      gain: { minor: 0, growth: 'once' },
      witness: [],
    }));
}

interface Unreached {
  /** Id of the row, and of the rule, offer or lane. */
  row: string;
  id: string;
  name: string;
  points: number;
  period: CapPeriod;
  /** Points that somebody gets in the period who is paid as often as it pays. */
  most: number;
  pointer: string;
}

/** Caps of what waits long enough for that to be the tighter limit. */
function unreachedCaps(
  document: ProgrammeDocument,
  groups: readonly Group[],
  columns: readonly Column[],
): Unreached[] {
  return capsOf(document).flatMap(({ id, name, caps, pointer }) => {
    const group = groups.find((each) => each.id === id);
    if (group === undefined || group.coolDownMs === 0 || group.topsUp) return [];
    return caps.flatMap((cap, place): Unreached[] => {
      const { period, points } = cap;
      if (period === 'purchase' || cap.perLocation === true) return [];
      const row = `${id}/${period}`;
      const once = Math.max(0, ...columns.map(({ uses }) => Number(uses.get(row) ?? 0n) / 1e9));
      const most = once * (Math.floor((LONGEST_MS[period] - 1) / group.coolDownMs) + 1);
      if (most === 0 || most >= points) return [];
      return [{ row, id, name, points, period, most, pointer: `${pointer}/${String(place)}` }];
    });
  });
}
