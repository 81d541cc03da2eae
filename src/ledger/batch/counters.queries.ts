import { counterKey, type CounterNeed } from '../../rules/state.js';
import type { MemberKey, Tx } from '../command.js';
import { rowsOf } from '../../platform/database/columns.js';
import { memberColumns } from '../address.js';

export interface MemberCounter extends CounterNeed {
  bucket: number;
  memberId: string;
}

/** Later than any period. */
const FOR_EVER = Date.UTC(10_000, 0);

const counterNeeds = rowsOf<MemberCounter>({
  bucket: ['int2', ({ bucket }) => bucket],
  member_id: ['uuid', ({ memberId }) => memberId],
  counter: ['text', ({ counter }) => counter],
  period_start: ['timestamptz', ({ periodStart }) => periodStart],
  until: ['timestamptz', ({ periodStart, onwards }) => (onwards === true ? FOR_EVER : periodStart)],
});

/** Used amounts of just the counters asked for, by member. */
export async function readCounters(
  tx: Tx,
  needs: readonly MemberCounter[],
): Promise<Map<string, Map<string, number>>> {
  const { rows } = await tx.query<CounterRow>({
    name: 'read-counters',
    text: `SELECT c.member_id, c.counter, c.period_start, c.used
             FROM ${counterNeeds.source}
             JOIN counters c ON c.bucket = u.bucket AND c.member_id = u.member_id
              AND c.counter = u.counter
              AND c.period_start BETWEEN u.period_start AND u.until`,
    values: counterNeeds.values(needs),
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
