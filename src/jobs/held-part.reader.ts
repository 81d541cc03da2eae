import type { Tx } from '../ledger/command.js';
import type { Lease } from '../platform/leases/lease-table.js';
import type { MemberState } from '../rules/state.js';
import type { Fence } from './job.js';
import { partLeases } from './parts.queries.js';

/** Law J4: a part was given to somebody else, or given back as the process stops. */
export class LeaseLost extends Error {
  constructor(job: string) {
    super(`The lease of ${job} is lost.`);
    this.name = 'LeaseLost';
  }
}

/** A part that this process holds, under a number that no other lease of the part ever has. */
export class HeldPart implements Fence {
  private isLost = false;
  private untold = 0;
  private all = 0;

  constructor(readonly lease: Lease) {}

  /**
   * The lock it takes is kept until the work commits, and whoever is to have the part next waits for
   * it. Lock order: accounts, then this; whoever takes a part has no account locked.
   */
  async read(tx: Tx): Promise<Map<string, Partial<MemberState>>> {
    const standing = partLeases.standing([this.lease]);
    const { rows } = await tx.query({ name: 'hold-job-part', ...standing });
    // Once lost it stays lost: another lane may have read before somebody took the part over.
    if (rows.length === 0) this.lose();
    return new Map();
  }

  hold(): void {
    if (this.isLost) throw new LeaseLost(this.lease.whose);
  }

  lose(): void {
    this.isLost = true;
  }

  get lost(): boolean {
    return this.isLost;
  }

  count(done: number): void {
    this.untold += done;
    this.all += done;
  }

  /** All that it has done. */
  get total(): number {
    return this.all;
  }

  /** What it has done and nobody was told of; from here on it counts as told. */
  news(): number {
    const { untold } = this;
    this.untold = 0;
    return untold;
  }
}
