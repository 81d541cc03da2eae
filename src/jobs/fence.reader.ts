import type { Tx } from '../ledger/command.js';
import type { MemberState } from '../rules/state.js';
import type { Fence } from './job.js';

/** Law J4: a part was given to somebody else, or given back as the process stops. */
export class LeaseLost extends Error {
  constructor(job: string) {
    super(`The lease of ${job} is lost.`);
    this.name = 'LeaseLost';
  }
}

/** One for each lease, whose number no other lease of the part ever has. */
export class PartFence implements Fence {
  private isLost = false;

  constructor(
    private readonly job: string,
    private readonly part: number,
    private readonly fence: string,
  ) {}

  /**
   * The lock it takes is kept until the work commits, and whoever is to have the part next waits for
   * it. Lock order: accounts, then this; whoever takes a part has no account locked.
   */
  async read(tx: Tx): Promise<Map<string, Partial<MemberState>>> {
    const { rows } = await tx.query<{ fence: string }>({
      name: 'hold-job-part',
      text: 'SELECT fence FROM job_parts WHERE job = $1 AND part = $2 FOR SHARE',
      values: [this.job, this.part],
    });
    // Once lost it stays lost: another lane may have read before somebody took the part over.
    if (rows[0]?.fence !== this.fence) this.lose();
    return new Map();
  }

  hold(): void {
    if (this.isLost) throw new LeaseLost(this.job);
  }

  lose(): void {
    this.isLost = true;
  }

  get lost(): boolean {
    return this.isLost;
  }
}
