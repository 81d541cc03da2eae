import type { PostingDraft } from '../../rules/outcome.js';
import type { MemberState, State } from '../../rules/state.js';
import { bucketOf } from '../address.js';
import type { Command, Moment, Needs, Tx, WrittenDraft } from '../command.js';
import { rowsOf } from '../../platform/database/columns.js';
import { totalAt } from './totals.js';
import { hasAll, leftIn, type LimitTotals, type Slot } from './slots.js';

/** A shared limit as the members of one bucket see it. */
interface SlotKey {
  bucket: number;
  limit: string;
}

/** A limit with what all slots together use of it. */
type UsedLimit = LimitTotals & { used: number };

interface Found {
  limits: ReadonlyMap<string, UsedLimit>;
  /** By limit and bucket. */
  slots: ReadonlyMap<string, Slot>;
}

const nameOf = (limit: string, bucket: number): string => `${String(bucket)}/${limit}`;

const keys = rowsOf<SlotKey>({
  bucket: ['int2', ({ bucket }) => bucket],
  limit_id: ['text', ({ limit }) => limit],
});

/** Shared limits that a command may use, by what was read of its first member. */
function sharedBy({ shared = [] }: Needs, member: MemberState | undefined): readonly string[] {
  if (typeof shared !== 'function') return shared;
  return member === undefined ? [] : shared(member);
}

/** The slots commands may use, and those of what redemptions have that may come back. */
export function slotsNeeded(
  live: readonly { command: Command; needs: Needs }[],
  states: ReadonlyMap<string, MemberState>,
): SlotKey[] {
  const needed = new Map<string, SlotKey>();
  const need = (memberId: string, limit: string): void => {
    const bucket = bucketOf(memberId);
    needed.set(nameOf(limit, bucket), { bucket, limit });
  };
  for (const { command, needs } of live) {
    const [memberId] = command.memberIds;
    for (const limit of sharedBy(needs, states.get(memberId))) need(memberId, limit);
  }
  for (const { memberId, redemptions = [] } of states.values()) {
    for (const { shared = [] } of redemptions)
      for (const { limit } of shared) need(memberId, limit);
  }
  return [...needed.values()];
}

/**
 * Locks slots in the one order, limit by limit, until the transaction ends, and then reads what is
 * granted and used of each limit in all, which must not be older than the locks. A slot nobody has
 * used yet has no row.
 */
export async function lockSlots(tx: Tx, needed: readonly SlotKey[]): Promise<Found> {
  if (needed.length === 0) return { limits: new Map(), slots: new Map() };
  const locking = tx.query<SlotRow>({
    name: 'lock-slots',
    text: `SELECT s.limit_id, s.bucket, s.granted, s.used
             FROM (SELECT DISTINCT l.limit_id, coalesce(l.home, u.bucket) AS bucket
                     FROM ${keys.source} JOIN limits l ON l.limit_id = u.limit_id) w
             JOIN limit_slots s ON s.bucket = w.bucket AND s.limit_id = w.limit_id
            ORDER BY s.limit_id, s.bucket FOR NO KEY UPDATE OF s`,
    values: keys.values(needed),
  });
  const reading = tx.query<LimitRow & { used: string }>({
    name: 'read-shared-limits',
    text: `SELECT l.limit_id, l.total, l.granted, l.home,
                  (SELECT coalesce(sum(s.used), 0) FROM limit_slots s
                    WHERE s.limit_id = l.limit_id) AS used
             FROM limits l WHERE l.limit_id = ANY ($1)`,
    values: [[...new Set(needed.map(({ limit }) => limit))]],
  });
  await Promise.allSettled([locking, reading]);
  const [slots, limits] = await Promise.all([locking, reading]);
  return {
    slots: new Map(slots.rows.map((row) => [nameOf(row.limit_id, row.bucket), toSlot(row)])),
    limits: new Map(
      limits.rows.map((row) => [row.limit_id, { ...toLimit(row), used: Number(row.used) }]),
    ),
  };
}

export interface LimitRow {
  limit_id: string;
  total: string;
  granted: string;
  home: number | null;
}

export interface SlotRow {
  limit_id: string;
  bucket: number;
  granted: string;
  used: string;
}

export const toSlot = ({ bucket, granted, used }: SlotRow): Slot => ({
  bucket,
  granted: Number(granted),
  used: Number(used),
});

export const toLimit = ({ total, granted, home }: LimitRow): LimitTotals => ({
  total: Number(total),
  granted: Number(granted),
  home,
});

/** A slot that nobody has been granted anything of. */
const EMPTY: Slot = { bucket: -1, granted: 0, used: 0 };

/** The slots of a batch, with what its decisions so far have used of them. */
export class BatchSlots {
  private readonly used = new Map<string, number>();
  /** The same by limit. */
  private readonly usedInAll = new Map<string, number>();

  constructor(
    private readonly found: Found,
    private readonly moment: Moment,
  ) {}

  /**
   * Left of the limits that a command needs: in the slots from which this member draws, and in all
   * slots and the pool together.
   */
  rooms(needs: Needs, member: MemberState): Required<Pick<State, 'left' | 'rest'>> {
    const bucket = bucketOf(member.memberId);
    const [left, rest] = [new Map<string, number>(), new Map<string, number>()];
    for (const limit of sharedBy(needs, member)) {
      left.set(limit, this.leftOf(limit, bucket));
      const { total, used } = this.found.limits.get(limit) ?? { total: 0, used: 0 };
      rest.set(limit, total - used - (this.usedInAll.get(limit) ?? 0));
    }
    return { left, rest };
  }

  /** Whether a refill could not find more of a limit for this member than is here. */
  isAll(memberId: string, limit: string): boolean {
    const { totals, slot = EMPTY } = this.at(limit, bucketOf(memberId));
    const total = this.totalOf(limit);
    if (totals === undefined) return total === undefined;
    return !isOutdated(totals, total) && hasAll(totals, totals.used, slot);
  }

  use(memberId: string, { shared = [] }: PostingDraft): void {
    for (const { limit, amount } of shared) {
      const { name } = this.at(limit, bucketOf(memberId));
      this.used.set(name, (this.used.get(name) ?? 0) + amount);
      this.usedInAll.set(limit, (this.usedInAll.get(limit) ?? 0) + amount);
    }
  }

  private leftOf(limit: string, bucket: number): number {
    const { totals, slot, name } = this.at(limit, bucket);
    if (totals === undefined || slot === undefined) return 0;
    if (isOutdated(totals, this.totalOf(limit))) return 0;
    const used = slot.used + (this.used.get(name) ?? 0);
    return leftIn(totals, { ...slot, used });
  }

  private at(
    limit: string,
    memberBucket: number,
  ): { totals: UsedLimit | undefined; slot: Slot | undefined; name: string } {
    const totals = this.found.limits.get(limit);
    const name = nameOf(limit, totals?.home ?? memberBucket);
    return { totals, slot: this.found.slots.get(name), name };
  }

  private totalOf(limit: string): number | undefined {
    return totalAt(this.moment, limit)?.total;
  }
}

/** Whether a version has changed the total since; a refill takes the new one over. */
const isOutdated = ({ total }: LimitTotals, inForce: number | undefined): boolean =>
  inForce !== undefined && inForce !== total;

interface SlotUse extends SlotKey {
  amount: number;
}

const uses = rowsOf<SlotUse>({
  bucket: ['int2', ({ bucket }) => bucket],
  limit_id: ['text', ({ limit }) => limit],
  amount: ['int8', ({ amount }) => amount],
});

/** Adds what the postings of a batch use, or give back, to the slots it has locked. */
export function writeShared(
  tx: Tx,
  written: readonly WrittenDraft[],
): Promise<unknown> | undefined {
  const used = new Map<string, SlotUse>();
  for (const { bucket, draft } of written) {
    for (const { limit, amount } of draft.shared ?? []) {
      const name = nameOf(limit, bucket);
      used.set(name, { bucket, limit, amount: amount + (used.get(name)?.amount ?? 0) });
    }
  }
  if (used.size === 0) return undefined;
  return tx.query({
    name: 'use-slots',
    text: `UPDATE limit_slots s SET used = s.used + w.amount
             FROM (SELECT l.limit_id, coalesce(l.home, u.bucket) AS bucket, sum(u.amount) AS amount
                     FROM ${uses.source} JOIN limits l ON l.limit_id = u.limit_id GROUP BY 1, 2) w
            WHERE s.bucket = w.bucket AND s.limit_id = w.limit_id`,
    values: uses.values([...used.values()]),
  });
}
