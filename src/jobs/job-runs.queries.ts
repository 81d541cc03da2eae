import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';

/** Runs older than this are forgotten when a new one finishes. */
const KEPT_DAYS = 7;

/** One row per job and time slot: whoever inserts it runs the slot, by the database's clock. */
@Injectable()
export class JobRunsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** The slot this process won, or undefined when another one has it. */
  async start(job: string, slotSeconds: number): Promise<Date | undefined> {
    const rows = await this.dataSource.query<{ slot: Date }[]>(
      `INSERT INTO job_runs (job, slot, started_at)
       SELECT $1, date_bin(make_interval(secs => $2), clock_timestamp(), 'epoch'), clock_timestamp()
       ON CONFLICT DO NOTHING RETURNING slot`,
      [job, slotSeconds],
    );
    return rows[0]?.slot;
  }

  async finish(job: string, slot: Date, done: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE job_runs SET finished_at = clock_timestamp(), done = $3
        WHERE job = $1 AND slot = $2`,
      [job, slot, done],
    );
    await this.dataSource.query(
      `DELETE FROM job_runs WHERE job = $1 AND slot < clock_timestamp() - make_interval(days => $2)`,
      [job, KEPT_DAYS],
    );
  }
}
