/** What may be asked of many accounts at once, as conditions of a statement. */
import type { Parameters } from '../../platform/database/parameters.js';
import { BILLION } from '../../rules/points.js';

export type AccountTest =
  /** Stands in one of these tiers of a ladder, as `rules/earning/tier.ts` says it. */
  | {
      kind: 'tier';
      ladder: readonly { code: string; threshold: number }[];
      tiers: readonly string[];
    }
  /** Has so many points at least, pending and held ones included. */
  | { kind: 'points'; atLeast: number }
  /** What counters have counted in periods between two instants, `until` exclusive. */
  | {
      kind: 'counted';
      counters: readonly string[];
      /** Undefined = from the beginning. */
      from: number | undefined;
      until: number;
      /** The sum of what was counted, or the number of periods with anything. */
      measure: 'sum' | 'periods';
      atLeast?: number | undefined;
      atMost?: number | undefined;
    };

/** The test of the account `a`, as a condition. */
export function conditionOf(test: AccountTest, parameters: Parameters): string {
  switch (test.kind) {
    case 'tier': {
      const codes = parameters.add(test.ladder.map(({ code }) => code));
      const thresholds = test.ladder.map(({ threshold }) => String(BigInt(threshold) * BILLION));
      const places = test.ladder.flatMap(({ code }, place) =>
        test.tiers.includes(code) ? [place + 1] : [],
      );
      return `GREATEST(1, array_position(${codes}::text[], a.tier),
                width_bucket(a.qualifying, ${parameters.add(thresholds)}::numeric[]))
              = ANY(${parameters.add(places)}::int[])`;
    }
    case 'points':
      return `a.points + a.held >= ${parameters.add(test.atLeast)}::bigint`;
    case 'counted':
      return counted(test, parameters);
  }
}

function counted(test: Extract<AccountTest, { kind: 'counted' }>, parameters: Parameters): string {
  const { counters, from, until, measure, atLeast = 0, atMost } = test;
  const sum = measure === 'sum' ? 'coalesce(sum(c.used), 0)' : 'count(*)';
  const since =
    from === undefined
      ? ''
      : `AND c.period_start >= ${parameters.add(new Date(from))}::timestamptz`;
  const most = atMost === undefined ? '' : `AND ${parameters.add(atMost)}::bigint`;
  const least = parameters.add(atLeast);
  return `(SELECT ${sum} FROM counters c
            WHERE c.bucket = a.bucket AND c.member_id = a.member_id
              AND c.counter = ANY(${parameters.add(counters)}::text[]) ${since}
              AND c.period_start < ${parameters.add(new Date(until))}::timestamptz AND c.used > 0)
          ${most === '' ? `>= ${least}::bigint` : `BETWEEN ${least}::bigint ${most}`}`;
}
