import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import {
  columnsOf,
  LeaseTable,
  type Lease,
  type Statement,
} from '../platform/leases/lease-table.js';
import type { Run } from './runs.queries.js';

export const partLeases = new LeaseTable(
  { table: 'job_parts', whose: 'job', part: 'part', holder: 'owner' },
  30,
);

/** When a part that failed is tried again, within the seconds of a lease, and how often in one run. */
const RETRY_SECONDS = 30;
const TRIES_MAX = 3;

/** How somebody's work on a part ended: `left` is what was not begun, or broken off to stop. */
export type Ending = 'done' | 'failed' | 'left';

export interface Ended {
  lease: Lease;
  ending: Ending;
  /** What the part did that its run does not say yet. */
  done: number;
}

export interface EndedPart {
  part: number;
  /** It has failed as often as it may in one run. */
  isGivenUp: boolean;
}

type RunKey = Pick<Run, 'job' | 'no'>;

/** The parts of jobs: who holds which, and what has become of them. */
@Injectable()
export class PartsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Makes sure the parts of a job are there, 0 to `count` - 1. */
  async prepare(job: string, count: number): Promise<void> {
    await this.dataSource.query(
      `INSERT INTO job_parts (job, part) SELECT $1, part FROM generate_series(0, $2 - 1) s (part)
       ON CONFLICT DO NOTHING`,
      [job, count],
    );
  }

  /** Some parts of a run that nobody holds; none where there are none, or the job is paused. */
  async take({ job, no }: RunKey, holder: string, atMost: number): Promise<Lease[]> {
    const wanted = `finished_run < $5
      AND EXISTS (SELECT FROM job_states WHERE job = $1 AND paused_at IS NULL)`;
    const asked = { whose: job, holder, atMost };
    return this.changed(partLeases.take(asked, { text: wanted, values: [no] }));
  }

  /** Says that the holder is alive; returns those that are not somebody else's. */
  async renew(leases: readonly Lease[]): Promise<Lease[]> {
    return this.changed(partLeases.renew(leases));
  }

  /** Adds to what a run says it has done. */
  async tell({ job, no }: RunKey, done: number): Promise<void> {
    await this.dataSource.query('UPDATE job_runs SET done = done + $3 WHERE job = $1 AND no = $2', [
      job,
      no,
      done,
    ]);
  }

  /**
   * Ends the work on parts, in one statement, as a run has many that are quickly done. One that failed
   * is nobody's until its next try, and after the last one it is left to the next run. Returns how each
   * of them ended that was not somebody else's by then. Law J30: it is not waited for until that is on
   * disk, and so the next one who ends parts of the run does not wait for this one's disk either.
   */
  async end({ job, no }: RunKey, ended: readonly Ended[]): Promise<EndedPart[]> {
    return this.dataSource.query<EndedPart[]>(
      `WITH held AS (${partLeases.held}),
       ended AS (
         UPDATE job_parts l
            SET tries = CASE WHEN ${isOver} THEN 0 ELSE tries + (ending = 'failed')::int END,
                finished_run = CASE WHEN ${isOver} THEN $6 ELSE finished_run END,
                ${partLeases.free(`CASE WHEN ending <> 'failed' OR ${isOver} THEN 'epoch'
                  ELSE clock_timestamp() + make_interval(secs => $7) END`)}
           FROM held JOIN unnest($2::smallint[], $4::int[], $5::text[]) AS told (part, done, ending)
                USING (part)
          WHERE ${partLeases.isOf('held')}
         RETURNING l.part, told.done, ending, finished_run),
       counted AS (
         UPDATE job_runs r SET done = r.done + u.done, failures = r.failures + u.failures
           FROM (SELECT sum(done) AS done, count(*) FILTER (WHERE ending = 'failed') AS failures
                   FROM ended) u
          WHERE r.job = $9 AND r.no = $6 AND (u.done > 0 OR u.failures > 0))
       SELECT part, ending = 'failed' AND finished_run >= $6 AS "isGivenUp",
              set_config('synchronous_commit', 'off', true) AS commits FROM ended`,
      [
        ...columnsOf(ended.map(({ lease }) => lease)),
        ended.map(({ done }) => done),
        ended.map(({ ending }) => ending),
        ...[no, RETRY_SECONDS, TRIES_MAX, job],
      ],
    );
  }

  /**
   * Ends a run whose parts have all ended. Whoever finds no part to take does so: of two that end
   * their last parts at once, the later one sees the other's.
   */
  async close({ job, no }: RunKey): Promise<void> {
    await this.dataSource.query(
      `UPDATE job_runs SET finished_at = clock_timestamp()
        WHERE job = $1 AND no = $2 AND finished_at IS NULL
          AND NOT EXISTS (SELECT FROM job_parts WHERE job = $1 AND finished_run < $2)`,
      [job, no],
    );
  }

  private async changed({ text, values }: Statement): Promise<Lease[]> {
    return (await this.dataSource.query<[Lease[], number]>(text, values))[0];
  }
}

/** Whether a part is done with in this run. */
const isOver = "(ending = 'done' OR ending = 'failed' AND tries + 1 >= $8)";
