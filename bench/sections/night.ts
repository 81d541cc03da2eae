import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { tellAll } from '../population/history.js';
import { cpuOf } from '../measures/process-facts.js';
import type { NightStage } from '../stage/night-stage.js';

const DAY_MS = 86_400_000;

/** One night, or several caught up at once. */
export interface Night {
  days: number;
  /** From the beginning of the first job to the end of the last. */
  seconds: number;
  /** Of processor, from the beginning to the check; undefined where nothing tells. */
  engine: number | undefined;
  postgres: number | undefined;
  /** Members who were due a review, dates of members whose points went, and notices that were made. */
  due: number;
  expired: number;
  noticed: number;
  jobs: { job: string; seconds: number; done: number }[];
}

const rowsOf = async <Row extends object>(
  admin: pg.Client,
  text: string,
  values: unknown[] = [],
): Promise<Row[]> => (await admin.query<Row>(text, values)).rows;

async function numberOf(admin: pg.Client, text: string, values: unknown[] = []): Promise<number> {
  const [row] = await rowsOf<{ n: string | number | null }>(admin, text, values);
  return Number(row?.n ?? 0);
}

/** Jobs that read what there is, whoever is due, and are measured by themselves. */
export const apart = ['reconciliation', 'monitors'] as const;

/**
 * Lets days pass at once, and the server do all that they bring to whoever is due. Throws when not
 * everybody who was due was reviewed exactly once, points that were to go did not, or a job failed.
 */
export async function night(stage: NightStage, days: number): Promise<Night> {
  const { admin } = stage;
  const jobs = stage.jobs.filter(({ name }) => !apart.some((each) => each === name));
  await admin.query(
    `INSERT INTO clock_moves SELECT coalesce(max(ahead_ms), 0) + $1, clock_timestamp(), 'bench'
       FROM clock_moves`,
    [days * DAY_MS],
  );
  await admin.query('CHECKPOINT');
  const [{ now } = { now: new Date() }] = await rowsOf<{ now: Date }>(
    admin,
    'SELECT programme_now() AS now',
  );
  const wantedOf = await dueBy(admin, now);
  // The real clock has not moved, and those that follow it have done the slot it is in.
  const frequent = jobs.filter(({ isDaily }) => !isDaily).map(({ name }) => name);
  await admin.query('UPDATE job_states SET slot = NULL WHERE job = ANY ($1)', [frequent]);
  const runs = new Map(
    (
      await rowsOf<{ job: string; newest_run: number; slot: Date | null }>(
        admin,
        'SELECT job, newest_run, slot FROM job_states',
      )
    ).map(({ job, newest_run, slot }) => [job, { from: newest_run, isFirst: slot === null }]),
  );
  const names = jobs.map(({ name }) => name);
  const before = cpuOf(pidsOf(stage));
  await admin.query('UPDATE job_states SET paused_at = NULL WHERE job = ANY ($1)', [names]);
  const wanted = jobs.map(({ name, isDaily }) => {
    const { from = 0, isFirst = true } = runs.get(name) ?? {};
    return from + (isDaily && !isFirst ? days : 1);
  });
  await untilDone(admin, names, wanted);
  const after = cpuOf(pidsOf(stage));
  await admin.query(`UPDATE job_states SET paused_at = clock_timestamp()`);
  const done = await rowsOf<{
    job: string;
    began: Date;
    ended: Date;
    done: number;
    failures: number;
  }>(
    admin,
    `SELECT r.job, min(started_at) AS began, max(finished_at) AS ended, sum(done)::int AS done,
            sum(failures)::int AS failures
       FROM job_runs r JOIN unnest($1::text[], $2::int[], $3::int[]) AS w (job, first, last)
         ON r.job = w.job AND r.no > w.first AND r.no <= w.last GROUP BY 1 ORDER BY 1`,
    [names, names.map((name) => runs.get(name)?.from ?? 0), wanted],
  );
  const failed = done.filter(({ failures }) => failures > 0);
  if (failed.length > 0) throw new Error(`Parts of ${failed.map(({ job }) => job).join()} failed.`);
  await check(admin, wantedOf);
  await tellAll(admin);
  const began = Math.min(...done.map((each) => each.began.getTime()));
  const ended = Math.max(...done.map((each) => each.ended.getTime()));
  return {
    days,
    due: wantedOf.reviews,
    expired: wantedOf.dates,
    noticed: done.find(({ job }) => job === 'expiry-notices')?.done ?? 0,
    seconds: (ended - began) / 1_000,
    engine: after && after.engine - (before?.engine ?? 0),
    postgres: after && after.postgres - (before?.postgres ?? 0),
    jobs: done.map((each) => ({
      job: each.job,
      seconds: (each.ended.getTime() - each.began.getTime()) / 1_000,
      done: each.done,
    })),
  };
}

const pidsOf = ({ engine, postmaster }: NightStage): { engine: number; postmaster: number } => ({
  engine: engine.pid,
  postmaster,
});

export interface Alone {
  job: (typeof apart)[number];
  /** What it did, by its own count. */
  done: number;
  seconds: number;
}

/** The first run of a job that is measured by itself. */
export async function alone({ admin }: NightStage, job: Alone['job']): Promise<Alone> {
  await admin.query('UPDATE job_states SET paused_at = NULL WHERE job = $1', [job]);
  await untilDone(admin, [job], [1]);
  await admin.query('UPDATE job_states SET paused_at = clock_timestamp() WHERE job = $1', [job]);
  const [run] = await rowsOf<{ done: number; seconds: string; failures: number }>(
    admin,
    `SELECT done, failures, extract(epoch FROM finished_at - started_at) AS seconds
       FROM job_runs WHERE job = $1 AND no = 1`,
    [job],
  );
  if (run === undefined || run.failures > 0) throw new Error(`A part of ${job} failed.`);
  return { job, done: run.done, seconds: Number(run.seconds) };
}

const LOOK_MS = 50;
const PATIENCE_MS = 30 * 60_000;

async function untilDone(
  admin: pg.Client,
  names: readonly string[],
  wanted: readonly number[],
): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS; waited += LOOK_MS) {
    const done = await numberOf(
      admin,
      `SELECT count(*) AS n FROM unnest($1::text[], $2::int[]) AS w (job, no)
         JOIN job_runs r USING (job, no) WHERE r.finished_at IS NOT NULL`,
      [names, wanted],
    );
    if (done === names.length) return;
    await pause(LOOK_MS);
  }
  throw new Error('The night does not end.');
}

/** Members to be reviewed by an instant, and dates of members of which they have been told. */
interface Due {
  since: Date;
  reviews: number;
  toldUntil: Date;
  dates: number;
}

const datesDue = `SELECT count(*) AS n FROM (
  SELECT DISTINCT member_id, expires_at FROM lots WHERE remaining > 0 AND expires_at <= $1) dates`;
const reviewsDue = 'SELECT count(*) AS n FROM accounts WHERE review_at <= $1';

async function dueBy(admin: pg.Client, since: Date): Promise<Due> {
  const [last] = await rowsOf<{ until: Date | null }>(
    admin,
    `SELECT least($1, max((about->'facts'->>'expiresAt')::timestamptz)) AS until FROM notices`,
    [since],
  );
  const toldUntil = last?.until ?? since;
  return {
    since,
    reviews: await numberOf(admin, reviewsDue, [since]),
    toldUntil,
    dates: await numberOf(admin, datesDue, [toldUntil]),
  };
}

/** Everybody who was due has one review more, each date one posting, and nothing is due any more. */
async function check(admin: pg.Client, { since, reviews, toldUntil, dates }: Due): Promise<void> {
  const left = [
    await numberOf(admin, reviewsDue, [since]),
    await numberOf(admin, datesDue, [toldUntil]),
  ];
  const [found] = await rowsOf<{ members: string; reviews: string; expired: string }>(
    admin,
    `SELECT count(DISTINCT member_id) FILTER (WHERE kind = 'review') AS members,
            count(*) FILTER (WHERE kind = 'review') AS reviews,
            count(*) FILTER (WHERE kind = 'expire') AS expired
       FROM postings WHERE recorded_at >= $1`,
    [since],
  );
  const posted = [found?.members, found?.reviews, found?.expired].map(Number);
  const isRight = [...left, ...posted].join() === [0, 0, reviews, reviews, dates].join();
  if (isRight) return;
  throw new Error(
    `${reviews} reviews and ${dates} dates were due, ${left.join(' and ')} are left, and there are ` +
      `${posted.join(', ')}: members reviewed, their reviews, and dates posted`,
  );
}
