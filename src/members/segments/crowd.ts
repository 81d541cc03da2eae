/** A segment as what its members' rows and accounts have to say. */
import type { AccountTest } from '../../ledger/crowds/account-test.queries.js';
import type { MemberRows } from '../../ledger/crowds/crowds.queries.js';
import { Parameters } from '../../platform/database/parameters.js';
import { periodStart } from '../../rules/period.js';
import type { Programme } from '../../rules/programme.js';
import { boughtName, daysBefore, PURCHASES, SPEND } from '../../rules/segments/deeds.js';
import type { Criterion, Segment } from '../../rules/segments/segment.js';

type Ruler = Pick<Programme, 'timeZone' | 'tiers'>;

/** What of a segment accounts and counters say, as of an instant. */
export function testsOf(programme: Ruler, { all }: Segment, at: number): AccountTest[] {
  return all.flatMap((criterion) => accountTests(programme, criterion, at));
}

function accountTests(programme: Ruler, criterion: Criterion, at: number): AccountTest[] {
  const { timeZone, tiers: ladder } = programme;
  const until = periodStart(timeZone, at, 'day');
  const from = (days: number | undefined): number | undefined =>
    days === undefined ? undefined : daysBefore(timeZone, at, days);
  switch (criterion.kind) {
    case 'tier':
      return [{ kind: 'tier', ladder, tiers: criterion.tiers }];
    case 'balance':
      return [{ kind: 'points', atLeast: criterion.atLeast }];
    case 'purchases': {
      const { days, atLeast, atMost } = criterion;
      const counted = { counters: [PURCHASES], from: from(days), until, atLeast, atMost };
      return [{ kind: 'counted', measure: 'periods', ...counted }];
    }
    case 'spend': {
      const { days, atLeast } = criterion;
      const counted = { counters: [SPEND], from: from(days), until, atLeast };
      return [{ kind: 'counted', measure: 'sum', ...counted }];
    }
    case 'bought': {
      const counters = criterion.categories.map(boughtName);
      const counted = { counters, from: from(criterion.days), until, atLeast: 1 };
      return [{ kind: 'counted', measure: 'periods', ...counted }];
    }
    case 'last_purchase': {
      const { atLeastDays = 1, atMostDays } = criterion;
      const days = { kind: 'counted', measure: 'periods', counters: [SPEND], until } as const;
      const none = { ...days, from: from(atLeastDays - 1), atMost: 0 };
      const some = { ...days, from: from(atMostDays), atLeast: 1 };
      return atLeastDays > 1 ? [none, some] : [some];
    }
    case 'birth_month':
    case 'enrolled_by':
    case 'enrolled':
    case 'persona':
    case 'preference':
      return [];
  }
}

/** Buckets from one to another, both inclusive, behind a member of the first where one is named. */
export interface Stretch {
  first: number;
  last: number;
  after?: string | undefined;
}

/** The active members of some buckets, with a flag for each segment: what their own rows say. */
export function rowsFor(
  { timeZone }: Ruler,
  segments: readonly Segment[],
  { first, last, after }: Stretch,
  at: number,
): MemberRows {
  const parameters = new Parameters();
  const flags = segments.map(({ all }, place) => {
    const tests = all.flatMap((criterion) => memberTests(timeZone, criterion, at, parameters));
    return `, ${tests.length === 0 ? 'true' : tests.join(' AND ')} AS f${String(place)}`;
  });
  const behind =
    after === undefined
      ? ''
      : `AND (m.bucket > ${parameters.add(first)} OR m.member_id > ${parameters.add(after)}::uuid)`;
  const text = `SELECT m.bucket, m.member_id${flags.join('')}
                  FROM members m
                  LEFT JOIN profiles p ON p.bucket = m.bucket AND p.member_id = m.member_id
                 WHERE m.bucket BETWEEN ${parameters.add(first)} AND ${parameters.add(last)} AND m.status = 'active' ${behind}`;
  return { text, parameters };
}

function memberTests(
  timeZone: string,
  criterion: Criterion,
  at: number,
  parameters: Parameters,
): string[] {
  switch (criterion.kind) {
    case 'persona':
      return [`p.persona = ANY(${parameters.add(criterion.personas)}::text[])`];
    case 'preference':
      return [`p.preferences && ${parameters.add(criterion.preferences)}::text[]`];
    case 'birth_month':
      return [`p.birth_month = ANY(${parameters.add(criterion.months)}::int[])`];
    case 'enrolled_by': {
      const callers = criterion.retailers.map((retailer) => `r/${retailer}`);
      return [`m.enrolled_by = ANY(${parameters.add(callers)}::text[])`];
    }
    case 'enrolled': {
      const { atLeastDays, atMostDays } = criterion;
      const instant = (days: number): string =>
        `${parameters.add(new Date(daysBefore(timeZone, at, days)))}::timestamptz`;
      return [
        ...(atLeastDays === undefined ? [] : [`m.enrolled_at < ${instant(atLeastDays - 1)}`]),
        ...(atMostDays === undefined ? [] : [`m.enrolled_at >= ${instant(atMostDays)}`]),
      ];
    }
    case 'balance':
    case 'bought':
    case 'last_purchase':
    case 'purchases':
    case 'spend':
    case 'tier':
      return [];
  }
}
