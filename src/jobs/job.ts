/** What a module hands the engine: when its work is due, and how one part of it is done. */
import type { Command, FactReader } from '../ledger/command.js';
import type { Schedule } from './schedule.js';

/**
 * Whether whoever holds a part still may write. Read on the connection of the work, behind its
 * locks: until that commits, nobody else is given the part.
 */
export interface Fence extends FactReader {
  /** Throws once the part has been given to somebody else, or the process is stopping. */
  hold(): void;
}

/** A part of a run that this process holds. */
export interface Part {
  /** A partition of the members; undefined = the job is done in one piece. */
  bucket: number | undefined;
  /** The programme's instant, in milliseconds, up to which what is due is done. */
  asOf: number;
  fence: Fence;
  /** Adds to what the run says it has done. */
  readonly count: (done: number) => void;
}

/** One thing a run would do. */
export interface Foreseen {
  memberId: string | null;
  /** What would happen, as a code of the job. */
  what: string;
  /** Since when it is due, in milliseconds. */
  dueAt: number;
  details: Readonly<Record<string, string | number | null>>;
}

export interface ForeseenPage {
  items: Foreseen[];
  /** Where the next page of the bucket begins; undefined = there is none. */
  next: string | undefined;
}

export interface Job {
  /** In kebab case; it never changes, as runs are kept under it. */
  readonly name: string;
  readonly schedule: Schedule;
  /** Whether it is cut by bucket, so that several processes share the work. */
  readonly parts: 'buckets' | 'whole';
  /** Does all that is due in a part; doing it again does nothing twice. */
  run(part: Part): Promise<void>;
  /** What a run as of an instant would do, a page at a time; nothing is written. */
  foresee(
    bucket: number | undefined,
    asOf: number,
    page: { after: string | undefined; limit: number },
  ): Promise<ForeseenPage>;
}

/** A command that is refused once the part it belongs to was given to somebody else. */
export const fenced = (command: Command, fence: Fence): Command => ({
  ...command,
  needs: (account, moment) => {
    const needs = command.needs(account, moment);
    return { ...needs, facts: [...needs.facts, fence] };
  },
  decide: (state, moment) => {
    fence.hold();
    return command.decide(state, moment);
  },
});
