import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** A part of a run that a process holds until a time, or until its `fence` is no longer the part's. */
export interface Lease {
  job: string;
  part: number;
  run: number;
  fence: string;
}

/** How long a holder may be silent before somebody else takes its part over. */
export const LEASE_SECONDS = 30;
/** When a part that failed is tried again, and how often in one run. */
const RETRY_SECONDS = 30;
export const TRIES_MAX = 3;

/** The parts of jobs: who holds which, by the database's clock. */
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

  /**
   * A part of a run that nobody holds; undefined when there is none, or the job is paused. Law J20: a
   * lease that ends later than any may is of a clock that was set back since, and is over.
   */
  async claim(job: string, run: number, owner: string): Promise<Lease | undefined> {
    const [rows] = await this.dataSource.query<[{ part: number; fence: string }[], number]>(
      `UPDATE job_parts p
          SET fence = fence + 1, owner = $3, until = clock_timestamp() + make_interval(secs => $4)
        WHERE job = $1 AND part = (
              SELECT part FROM job_parts
               WHERE job = $1 AND finished_run < $2
                 AND (until IS NULL OR until < clock_timestamp()
                      OR until > clock_timestamp() + make_interval(secs => $5))
                 AND EXISTS (SELECT FROM job_states WHERE job = $1 AND paused_at IS NULL)
               ORDER BY part LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING part, fence`,
      [job, run, owner, LEASE_SECONDS, Math.max(LEASE_SECONDS, RETRY_SECONDS) + 1],
    );
    return rows[0] === undefined ? undefined : { job, run, ...rows[0] };
  }

  /** Says that the holder is alive, and what it has done since; false = the part is somebody else's. */
  async extend({ job, part, run, fence }: Lease, done: number): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const [, held] = await tx.query<[unknown, number]>(
        `UPDATE job_parts SET until = clock_timestamp() + make_interval(secs => $4)
          WHERE job = $1 AND part = $2 AND fence = $3`,
        [job, part, fence, LEASE_SECONDS],
      );
      if (held === 0) return false;
      await tx.query('UPDATE job_runs SET done = done + $3 WHERE job = $1 AND no = $2', [
        job,
        run,
        done,
      ]);
      return true;
    });
  }

  /** Ends a part; false = it is somebody else's. One statement, as each run has as many as parts. */
  async finish({ job, part, run, fence }: Lease, done: number): Promise<boolean> {
    const [, held] = await this.dataSource.query<[unknown, number]>(
      `WITH held AS (
         UPDATE job_parts SET finished_run = $4, tries = 0, owner = NULL, until = NULL
          WHERE job = $1 AND part = $2 AND fence = $3 RETURNING job)
       UPDATE job_runs r SET done = r.done + $5 FROM held WHERE r.job = held.job AND r.no = $4`,
      [job, part, fence, run, done],
    );
    return held > 0;
  }

  /**
   * Ends a run whose parts have all ended. Whoever finds no part to take does so: of two that end
   * their last parts at once, the later one sees the other's.
   */
  async close(job: string, run: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE job_runs SET finished_at = clock_timestamp()
        WHERE job = $1 AND no = $2 AND finished_at IS NULL
          AND NOT EXISTS (SELECT FROM job_parts WHERE job = $1 AND finished_run < $2)`,
      [job, run],
    );
  }

  /**
   * Gives a part back: at once, or after a failure for another try. Tells how often it has failed in
   * this run; 0 = it is somebody else's, or did not fail.
   */
  async giveBack(
    { job, part, run, fence }: Lease,
    { done, failed }: { done: number; failed: boolean },
  ): Promise<number> {
    return this.dataSource.transaction(async (tx) => {
      const [rows] = await tx.query<[{ tries: number }[], number]>(
        `UPDATE job_parts SET owner = NULL, tries = tries + $5,
                until = clock_timestamp() + make_interval(secs => $4)
          WHERE job = $1 AND part = $2 AND fence = $3 RETURNING tries`,
        [job, part, fence, failed ? RETRY_SECONDS : 0, failed ? 1 : 0],
      );
      if (rows[0] === undefined) return 0;
      await tx.query(
        'UPDATE job_runs SET done = done + $3, failures = failures + $4 WHERE job = $1 AND no = $2',
        [job, run, done, failed ? 1 : 0],
      );
      return failed ? rows[0].tries : 0;
    });
  }
}
