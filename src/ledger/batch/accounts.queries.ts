import {
  counterKey,
  type Counter,
  type HeldLot,
  type Lot,
  type Redemption,
} from '../../rules/state.js';
import { arrayOf, rowsOf } from '../../platform/database/columns.js';
import { memberColumns } from '../address.js';
import type { AccountFacts, MemberKey, Tx } from '../command.js';
import type { Figures } from '../../rules/state.js';

export interface Account extends AccountFacts, Figures {
  bucket: number;
  /** Hex hash of the newest posting. */
  head: string;
}

export interface AccountRow {
  bucket: number;
  member_id: string;
  version: number;
  head: Buffer;
  points: string;
  held: string;
  owed: string;
  pending: string;
  qualifying: string;
  remainder: string;
  tier: string;
  changes_at: Date | null;
  newest_at: Date | null;
}

/** Locks the accounts in (bucket, member_id) order; a member without one is simply not returned. */
export async function lockAccounts(
  tx: Tx,
  keys: readonly { bucket: number; memberId: string }[],
): Promise<Map<string, Account>> {
  const { rows } = await tx.query<AccountRow>({
    name: 'lock-accounts',
    text: `SELECT a.bucket, a.member_id, a.version, a.head, a.points, a.held, a.owed, a.pending,
                  a.qualifying, a.remainder, a.tier, a.changes_at, a.newest_at
             FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
             JOIN accounts a ON a.bucket = u.bucket AND a.member_id = u.member_id
            ORDER BY a.bucket, a.member_id FOR NO KEY UPDATE OF a`,
    values: memberColumns(keys),
  });
  return new Map(rows.map((row) => [row.member_id, toAccount(row)]));
}

export function toAccount(row: AccountRow): Account {
  return {
    bucket: row.bucket,
    memberId: row.member_id,
    version: row.version,
    head: row.head.toString('hex'),
    points: Number(row.points),
    held: Number(row.held),
    owed: Number(row.owed),
    pending: Number(row.pending),
    qualifying: BigInt(row.qualifying),
    remainder: BigInt(row.remainder),
    tier: row.tier,
    changesAt: row.changes_at?.getTime() ?? null,
    newestAt: row.newest_at?.getTime() ?? null,
  };
}

/** The database's now in milliseconds, read after the locks, and the newest programme version. */
export async function readMoment(tx: Tx): Promise<{ now: number; newestNo: number }> {
  const { rows } = await tx.query<{ now: Date; newest_no: number }>({
    name: 'moment',
    text: `SELECT date_trunc('milliseconds', clock_timestamp()) AS now,
                  (SELECT coalesce(max(no), 0) FROM programme_versions) AS newest_no`,
    values: [],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('invariant: the database tells the time');
  return { now: row.now.getTime(), newestNo: row.newest_no };
}

export interface LotRow {
  member_id: string;
  seq: number;
  n: number;
  funder: string;
  accrued_at: Date;
  available_from: Date;
  expires_at: Date | null;
  amount: string;
  remaining: string;
  held: string;
}

export function toLot(row: LotRow): Lot {
  return {
    seq: row.seq,
    n: row.n,
    funder: row.funder,
    accruedAt: row.accrued_at.getTime(),
    availableFrom: row.available_from.getTime(),
    expiresAt: row.expires_at?.getTime() ?? null,
    amount: Number(row.amount),
    remaining: Number(row.remaining),
    held: Number(row.held),
  };
}

/** Open lots of the members that spend or whom time has changed. */
export async function readLots(tx: Tx, keys: readonly MemberKey[]): Promise<Map<string, Lot[]>> {
  const { rows } = await tx.query<LotRow>({
    name: 'read-lots',
    text: `SELECT l.member_id, l.seq, l.n, l.funder, l.accrued_at, l.available_from, l.expires_at,
                  l.amount, l.remaining, l.held
             FROM unnest($1::smallint[], $2::uuid[]) AS u (bucket, member_id)
             JOIN lots l ON l.bucket = u.bucket AND l.member_id = u.member_id
            WHERE l.remaining > 0`,
    values: memberColumns(keys),
  });
  const lots = new Map<string, Lot[]>(keys.map(({ memberId }) => [memberId, []]));
  for (const row of rows) {
    lots.get(row.member_id)?.push(toLot(row));
  }
  return lots;
}

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
  const { rows } = await tx.query<{
    member_id: string;
    counter: string;
    period_start: Date;
    used: string;
  }>({
    name: 'read-counters',
    text: `SELECT c.member_id, c.counter, c.period_start, c.used
             FROM ${counterNeeds.source}
             JOIN counters c ON c.bucket = u.bucket AND c.member_id = u.member_id
              AND c.counter = u.counter AND c.period_start = u.period_start`,
    values: counterNeeds.values(needs),
  });
  const counters = new Map<string, Map<string, number>>();
  for (const row of rows) {
    const own = counters.get(row.member_id) ?? new Map<string, number>();
    own.set(counterKey(row.counter, row.period_start.getTime()), Number(row.used));
    counters.set(row.member_id, own);
  }
  return counters;
}

/** Which lots each open hold reserves: the entries of its own posting. */
export async function readHeldLots(
  tx: Tx,
  holds: readonly { bucket: number; memberId: string; redemption: Redemption }[],
): Promise<Map<string, HeldLot[]>> {
  const held = new Map<string, HeldLot[]>();
  if (holds.length === 0) return held;
  const { rows } = await tx.query<{
    member_id: string;
    seq: number;
    lot_seq: number;
    lot_n: number;
    amount: string;
  }>({
    name: 'read-held-lots',
    text: `SELECT e.member_id, e.seq, e.lot_seq, e.lot_n, e.amount
             FROM unnest($1::smallint[], $2::uuid[], $3::int[]) AS u (bucket, member_id, seq)
             JOIN entries e ON e.bucket = u.bucket AND e.member_id = u.member_id AND e.seq = u.seq
            ORDER BY e.member_id, e.seq, e.n`,
    values: [
      ...memberColumns(holds),
      arrayOf(
        'int4',
        holds.map(({ redemption }) => redemption.seq),
      ),
    ],
  });
  for (const row of rows) {
    const key = `${row.member_id}/${String(row.seq)}`;
    const lots = held.get(key) ?? [];
    lots.push({ seq: row.lot_seq, n: row.lot_n, amount: Number(row.amount) });
    held.set(key, lots);
  }
  return held;
}
