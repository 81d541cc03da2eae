import { rowsOf } from '../../platform/database/columns.js';
import { readMoment } from '../batch/accounts.queries.js';
import type { ProgrammeBook, Tx } from '../command.js';
import { totalAt, type Total } from './totals.js';
import {
  homeOf,
  poolHas,
  share,
  type Asked,
  type LimitTotals,
  type Shared,
  type Slot,
} from './slots.js';
import { toLimit, toSlot, type LimitRow, type SlotRow } from './slots.queries.js';

const slotRows = rowsOf<Slot & { limit: string }>({
  bucket: ['int2', ({ bucket }) => bucket],
  limit_id: ['text', ({ limit }) => limit],
  granted: ['int8', ({ granted }) => granted],
  used: ['int8', ({ used }) => used],
});

/**
 * Grants the slot of a bucket enough for `amount` more, in a transaction that moves nothing but
 * `granted`, and takes over the total of the version in force. Returns what the whole limit had
 * room for at that moment, or at least `amount` if there was more than that.
 */
export async function refill(
  tx: Tx,
  programmes: ProgrammeBook,
  limit: string,
  asked: Asked,
): Promise<number> {
  await tx.query('BEGIN');
  try {
    const shared = await refillInside(tx, programmes, limit, asked);
    const { command } = await tx.query('COMMIT');
    if (command !== 'COMMIT') throw new Error('invariant: a refill without fault commits');
    return shared;
  } catch (error) {
    await tx.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function refillInside(
  tx: Tx,
  programmes: ProgrammeBook,
  limit: string,
  { bucket, amount }: Asked,
): Promise<number> {
  const foreseen = (await totalNow(tx, programmes, limit)) ?? { total: 0, grain: 1 };
  const stored = await lockLimit(tx, limit, foreseen);
  // Read once more behind the lock: whoever comes later finds no earlier version's total.
  const { total } = (await totalNow(tx, programmes, limit)) ?? stored;
  const current = { ...stored, total };
  const own = { bucket: current.home ?? bucket, amount };
  const slots = await lockSlotsOf(tx, limit, poolHas(current, amount) ? own.bucket : undefined);
  const shared = share(current, slots, own);
  await write(tx, limit, current, shared);
  return shared.room;
}

async function totalNow(
  tx: Tx,
  programmes: ProgrammeBook,
  limit: string,
): Promise<Total | undefined> {
  const { now, revision } = await readMoment(tx);
  if (revision > programmes.revision) await programmes.refresh();
  return totalAt({ now, programmes }, limit);
}

async function lockLimit(tx: Tx, limit: string, { total, grain }: Total): Promise<LimitTotals> {
  const { rows } = await tx.query<LimitRow>({
    name: 'lock-limit',
    text: `INSERT INTO limits (limit_id, total, granted, home) VALUES ($1, $2, 0, $3)
           ON CONFLICT (limit_id) DO UPDATE SET limit_id = EXCLUDED.limit_id
           RETURNING limit_id, total, granted, home`,
    values: [limit, total, homeOf(limit, total / grain)],
  });
  const [row] = rows;
  if (row === undefined) throw new Error('invariant: a limit is there once it is locked');
  return toLimit(row);
}

/** One slot, where the pool suffices; all of them in their order, where others have to give. */
async function lockSlotsOf(tx: Tx, limit: string, only: number | undefined): Promise<Slot[]> {
  const { rows } = await tx.query<SlotRow>({
    name: only === undefined ? 'lock-all-slots' : 'lock-slot',
    text: `SELECT limit_id, bucket, granted, used FROM limit_slots
            WHERE limit_id = $1 ${only === undefined ? '' : 'AND bucket = $2'}
            ORDER BY bucket FOR NO KEY UPDATE`,
    values: only === undefined ? [limit] : [limit, only],
  });
  return rows.map(toSlot);
}

async function write(
  tx: Tx,
  limit: string,
  { total }: LimitTotals,
  { granted, changed }: Shared,
): Promise<void> {
  await tx.query({
    name: 'set-limit',
    text: 'UPDATE limits SET total = $2, granted = $3 WHERE limit_id = $1',
    values: [limit, total, granted],
  });
  if (changed.length === 0) return;
  await tx.query({
    name: 'grant-slots',
    text: `INSERT INTO limit_slots (${slotRows.names}) SELECT ${slotRows.names}
             FROM ${slotRows.source}
           ON CONFLICT (bucket, limit_id) DO UPDATE SET granted = EXCLUDED.granted`,
    values: slotRows.values(changed.map((slot) => ({ ...slot, limit }))),
  });
}
