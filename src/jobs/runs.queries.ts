import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Clock } from './schedule.js';

export interface Run {
  job: string;
  no: number;
  /** When the schedule said; undefined = somebody started it by hand. */
  slot: number | undefined;
  asOf: number;
  startedBy: string;
  startedAt: number;
  finishedAt: number | undefined;
  /** What its parts have said they did. */
  done: number;
  /** Parts that failed and were tried again. */
  failures: number;
  parts: { finished: number; all: number };
}

export interface JobState {
  /** The newest slot that was begun. */
  slot: number | undefined;
  pausedAt: number | undefined;
  pausedBy: string | undefined;
  newest: Run | undefined;
}

interface RunRow {
  job: string;
  no: number;
  slot: Date | null;
  as_of: Date;
  started_by: string;
  started_at: Date;
  finished_at: Date | null;
  done: number;
  failures: number;
  parts_finished: number;
  parts_all: number;
}

type StateRow = Partial<RunRow> & {
  state_of: string;
  last_slot: Date | null;
  paused_at: Date | null;
  paused_by: string | null;
};

const runColumns = `r.job, r.no, r.slot, r.as_of, r.started_by, r.started_at, r.finished_at, r.done,
  r.failures,
  (SELECT count(*)::int FROM job_parts p WHERE p.job = r.job AND p.finished_run >= r.no) AS parts_finished,
  (SELECT count(*)::int FROM job_parts p WHERE p.job = r.job) AS parts_all`;

/** Why a run begins: a slot of the schedule, and the clock it is of, or somebody's will. */
export type Cause = { slot: number; of: 'real' | 'programme' } | { by: string };

/** Runs kept whatever they did, and days for which those are kept that did something. */
const KEPT_RUNS = 1_000;
const KEPT_DAYS = 90;
/** Old runs are looked for once in so many. */
const CLEAN_EVERY = 100;

/** The log of what ran, and which jobs are paused. */
@Injectable()
export class RunsQueries {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async clock(): Promise<Omit<Clock, 'zone'>> {
    const [row] = await this.dataSource.query<{ real: Date; programme: Date }[]>(
      'SELECT clock_timestamp() AS real, programme_now() AS programme',
    );
    if (row === undefined) throw new Error('invariant: the database tells the time');
    return { real: row.real.getTime(), programme: row.programme.getTime() };
  }

  /** What is known of each job; one that never ran and was never paused has no entry. */
  async states(): Promise<Map<string, JobState>> {
    const rows = await this.dataSource.query<StateRow[]>(
      `SELECT s.job AS state_of, s.slot AS last_slot, s.paused_at, s.paused_by, ${runColumns}
         FROM job_states s LEFT JOIN job_runs r ON r.job = s.job AND r.no = s.newest_run`,
    );
    return new Map(
      rows.map((row) => [
        row.state_of,
        {
          slot: row.last_slot?.getTime(),
          pausedAt: row.paused_at?.getTime(),
          pausedBy: row.paused_by ?? undefined,
          newest: isRun(row) ? toRun(row) : undefined,
        },
      ]),
    );
  }

  /**
   * Begins a run for a slot that is newer than the last, or by hand; undefined when one is open, when
   * somebody else has begun the slot, or while the job is paused. Law J20: a last slot that lies ahead
   * of now is passed over, as the clock was set back since.
   */
  async start(job: string, { asOf, ...cause }: Cause & { asOf: number }): Promise<Run | undefined> {
    return this.dataSource.transaction(async (tx) => {
      const found = await lockState(tx, job);
      const open = await tx.query<object[]>(
        'SELECT 1 FROM job_runs WHERE job = $1 AND finished_at IS NULL',
        [job],
      );
      const last = found.slot?.getTime() ?? -Infinity;
      const begun = 'slot' in cause && last <= found[cause.of].getTime() && cause.slot <= last;
      if (begun || found.paused_at !== null || open.length > 0) return undefined;
      const no = found.newest_run + 1;
      const slot = 'slot' in cause ? new Date(cause.slot) : null;
      await tx.query(
        `INSERT INTO job_runs (job, no, slot, as_of, started_by, started_at)
         VALUES ($1, $2, $3, $4, $5, clock_timestamp())`,
        [job, no, slot, new Date(asOf), 'by' in cause ? cause.by : 'schedule'],
      );
      await tx.query(
        'UPDATE job_states SET newest_run = $2, slot = coalesce($3, slot) WHERE job = $1',
        [job, no, slot],
      );
      if (no % CLEAN_EVERY === 0) await clean(tx, job, no);
      return this.run(job, no, tx);
    });
  }

  async run(
    job: string,
    no: number,
    from: Pick<EntityManager, 'query'> = this.dataSource,
  ): Promise<Run | undefined> {
    const rows = await from.query<RunRow[]>(
      `SELECT ${runColumns} FROM job_runs r WHERE r.job = $1 AND r.no = $2`,
      [job, no],
    );
    return rows[0] === undefined ? undefined : toRun(rows[0]);
  }

  /** Runs of a job below a number, newest first. */
  async page(job: string, below: number, limit: number): Promise<Run[]> {
    const rows = await this.dataSource.query<RunRow[]>(
      `SELECT ${runColumns} FROM job_runs r
        WHERE r.job = $1 AND r.no < $2 ORDER BY r.no DESC LIMIT $3`,
      [job, below, limit],
    );
    return rows.map(toRun);
  }

  /** Pauses a job or lets it go on; false = it was so already. */
  async setPaused(tx: EntityManager, job: string, by: string | undefined): Promise<boolean> {
    const { paused_at } = await lockState(tx, job);
    if ((paused_at !== null) === (by !== undefined)) return false;
    await tx.query(
      `UPDATE job_states SET paused_by = $2::text,
              paused_at = CASE WHEN $2::text IS NULL THEN NULL ELSE clock_timestamp() END
        WHERE job = $1`,
      [job, by ?? null],
    );
    return true;
  }
}

interface LockedState {
  newest_run: number;
  slot: Date | null;
  paused_at: Date | null;
  /** Both clocks, now that nobody else begins a run. */
  real: Date;
  programme: Date;
}

async function lockState(tx: EntityManager, job: string): Promise<LockedState> {
  await tx.query('INSERT INTO job_states (job) VALUES ($1) ON CONFLICT DO NOTHING', [job]);
  const [row] = await tx.query<LockedState[]>(
    `SELECT newest_run, slot, paused_at, clock_timestamp() AS real, programme_now() AS programme
       FROM job_states WHERE job = $1 FOR UPDATE`,
    [job],
  );
  if (row === undefined) throw new Error('invariant: a job has a state once it is asked for');
  return row;
}

async function clean(tx: EntityManager, job: string, newest: number): Promise<void> {
  await tx.query(
    `DELETE FROM job_runs WHERE job = $1 AND no <= $2
        AND (done = 0 OR finished_at < clock_timestamp() - make_interval(days => $3))`,
    [job, newest - KEPT_RUNS, KEPT_DAYS],
  );
}

const isRun = (row: Partial<RunRow>): row is RunRow => typeof row.no === 'number';

const toRun = (row: RunRow): Run => ({
  job: row.job,
  no: row.no,
  slot: row.slot?.getTime(),
  asOf: row.as_of.getTime(),
  startedBy: row.started_by,
  startedAt: row.started_at.getTime(),
  finishedAt: row.finished_at?.getTime(),
  done: row.done,
  failures: row.failures,
  parts: { finished: row.parts_finished, all: row.parts_all },
});
