/**
 * How a shared limit is cut into slots. A slot is where the members of a bucket draw from; what a
 * slot has not been granted is in the pool. Only `granted` moves here, never `used`.
 */
import { BUCKETS } from '../address.js';

/** A limit with a smaller total lives in one slot: cut into 64, every slot would soon be empty. */
const SPREAD_FROM = 4_096;
/** Shares that the pool is given out in, so that an empty pool was met 256 times at most. */
const SHARES = 256;

export interface LimitTotals {
  total: number;
  /** What all slots together were granted. */
  granted: number;
  /** The only bucket it has a slot in; null = one in every bucket. Fixed when the limit is made. */
  home: number | null;
}

export interface Slot {
  bucket: number;
  granted: number;
  used: number;
}

/**
 * The bucket of a limit of which there are few, the same in every process; null = it is spread over
 * all.
 */
export function homeOf(limit: string, count: number): number | null {
  if (count >= SPREAD_FROM) return null;
  let sum = 0;
  for (const letter of limit) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  return sum % BUCKETS;
}

export const roomOf = ({ granted, used }: Slot): number => granted - used;

/**
 * What can be drawn from a slot without asking for more. Nothing where more was granted than there
 * is, as a version has lowered the total: a refill first draws the excess in.
 */
export function leftIn({ total, granted }: LimitTotals, slot: Slot): number {
  return granted <= total ? roomOf(slot) : 0;
}

/** Whether a slot has all that is left of a limit of which `used` is used in all slots. */
export function hasAll(limit: LimitTotals, used: number, slot: Slot): boolean {
  return Math.max(0, limit.total - used) <= leftIn(limit, slot);
}

/** Whether the pool alone can give an amount, so that no other slot need be looked at. */
export function poolHas({ total, granted }: LimitTotals, amount: number): boolean {
  return total - granted >= amount;
}

export interface Shared {
  /** Room of the whole limit: in its pool and in all slots looked at. */
  room: number;
  granted: number;
  /** Slots whose `granted` changed. */
  changed: readonly Slot[];
}

/**
 * Grants a slot enough for `amount` more, if the whole limit has it, and all that there is
 * otherwise: from the pool, then from the slots that have most. What was granted beyond a total
 * that has been lowered is drawn in first.
 */
export function share(limit: LimitTotals, slots: readonly Slot[], asked: Asked): Shared {
  const sharing = new Sharing(limit, slots, asked.bucket);
  sharing.drawIn();
  sharing.grant(asked.amount);
  return sharing.done();
}

export interface Asked {
  bucket: number;
  /** More than 0. */
  amount: number;
}

class Sharing {
  private readonly slots: Map<number, Slot>;
  private granted: number;

  constructor(
    private readonly limit: LimitTotals,
    private readonly before: readonly Slot[],
    private readonly bucket: number,
  ) {
    this.slots = new Map(before.map((slot) => [slot.bucket, { ...slot }]));
    this.granted = limit.granted;
    if (!this.slots.has(bucket)) this.slots.set(bucket, { bucket, granted: 0, used: 0 });
  }

  drawIn(): void {
    for (const slot of this.richest()) {
      const amount = Math.min(this.granted - this.limit.total, roomOf(slot));
      if (amount <= 0) return;
      slot.granted -= amount;
      this.granted -= amount;
    }
  }

  grant(amount: number): void {
    const { home, total } = this.limit;
    const own = this.own();
    const pool = Math.max(0, total - this.granted);
    const missing = amount - roomOf(own);
    if (missing <= 0) return;
    const ahead = home === null ? Math.floor(total / SHARES) : total;
    const given = Math.min(pool, missing + ahead);
    own.granted += given;
    this.granted += given;
    if (roomOf(own) >= amount) return;
    // A little more than is missing, or the next one comes for more at once.
    const fair = Math.max(amount, Math.floor(this.room() / BUCKETS));
    for (const slot of this.richest()) {
      const moved = Math.min(fair - roomOf(own), roomOf(slot));
      if (slot === own || moved <= 0) continue;
      slot.granted -= moved;
      own.granted += moved;
    }
  }

  done(): Shared {
    const changed = [...this.slots.values()].filter(
      ({ bucket, granted }) =>
        this.before.find((slot) => slot.bucket === bucket)?.granted !== granted,
    );
    return { room: this.room(), granted: this.granted, changed };
  }

  private own(): Slot {
    const own = this.slots.get(this.bucket);
    if (own === undefined) throw new Error('invariant: the slot that asks is among the slots');
    return own;
  }

  private room(): number {
    const rooms = [...this.slots.values()].map(roomOf);
    return rooms.reduce((sum, room) => sum + room, Math.max(0, this.limit.total - this.granted));
  }

  private richest(): Slot[] {
    return [...this.slots.values()].sort((a, b) => roomOf(b) - roomOf(a) || a.bucket - b.bucket);
  }
}
