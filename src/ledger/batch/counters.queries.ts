import type { Counter } from '../../rules/outcome.js';
import type { CounterSince } from '../../rules/standing/tally.js';
import { counterKey } from '../../rules/state.js';
import type { MemberKey, Tx } from '../command.js';
import { rowsOf } from '../../platform/database/columns.js';
import { memberColumns } from '../address.js';

export interface CounterNeed extends Counter {
  bucket: number;
  memberId: string;
}

const counterNeeds = rowsOf<CounterNeed>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  counter: ['text', ({ counter }) => counter],
  period_start: ['timestamptz', ({ periodStart }) => periodStart],
});

/** Used amounts of just the counters asked for, by member. */
export async function readCounters(
  tx: Tx,
  needs: readonly CounterNeed[],
): Promise<Map<string, Map<string, number>>> {
  const { rows } = await tx.query<CounterRow>({
    name: 'read-counters',
    text: `SELECT c.member_id, c.counter, c.period_start, c.used
             FROM ${counterNeeds.source}
             JOIN counters c ON c.bucket = u.bucket AND c.member_id = u.member_id
              AND c.counter = u.counter AND c.period_start = u.period_start`,
    values: counterNeeds.values(needs),
  });
  return byMember(rows);
}

export interface CounterRange extends CounterSince {
  bucket: number;
  memberId: string;
}

const counterRanges = rowsOf<CounterRange>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  counter: ['text', ({ counter }) => counter],
  period_start: ['timestamptz', ({ since }) => since],
});

/** Used amounts of counters in every period since an instant, by member. */
export async function readCounterRanges(
  tx: Tx,
  ranges: readonly CounterRange[],
): Promise<Map<string, Map<string, number>>> {
  const { rows } = await tx.query<CounterRow>({
    name: 'read-counter-ranges',
    text: `SELECT c.member_id, c.counter, c.period_start, c.used
             FROM ${counterRanges.source}
             JOIN counters c ON c.bucket = u.bucket AND c.member_id = u.member_id
              AND c.counter = u.counter AND c.period_start >= u.period_start`,
    values: counterRanges.values(ranges),
  });
  return byMember(rows);
}

/** Every counter of the members, for deciding again what used them. */
export async function readAllCounters(
  tx: Tx,
  keys: readonly MemberKey[],
): Promise<Map<string, Map<string, number>>> {
  const { rows } = await tx.query<CounterRow>({
    name: 'read-all-counters',
    text: `SELECT c.member_id, c.counter, c.period_start, c.used
             FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
             JOIN counters c ON c.bucket = u.bucket AND c.member_id = u.member_id`,
    values: memberColumns(keys),
  });
  return byMember(rows);
}

interface CounterRow {
  member_id: string;
  counter: string;
  period_start: Date;
  used: string;
}

function byMember(rows: readonly CounterRow[]): Map<string, Map<string, number>> {
  const counters = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const own = counters.get(row.member_id) ?? new Map<string, number>();
    own.set(counterKey(row.counter, row.period_start.getTime()), Number(row.used));
    counters.set(row.member_id, own);
  }
  return counters;
}
