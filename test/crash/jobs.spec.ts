import { setTimeout as pause } from 'node:timers/promises';
import { copyMembers } from '../../bench/population/copies.js';
import { live, tellAll, type Course } from '../../bench/population/history.js';
import { nightsProgramme } from '../../bench/population/programme.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { DAY_MS, MINUTE_MS } from '../support/clock.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { drawsOf } from '../support/purchases.js';
import { rebuildCheck } from '../support/rebuilding.js';
import { startServer, type RunningServer } from '../support/server.js';

/** `npm run torture -- jobs` has 100,000 members with 1,000,000 lots, 20 kills and one who sleeps for a minute. */
const MEMBERS = Number(process.env['JOBS_MEMBERS'] ?? 400);
const KILLS = Number(process.env['JOBS_KILLS'] ?? 2);
/** Beyond a lease, so that somebody else has its part by then. */
const SLEEP_MS = 1_000 * Number(process.env['JOBS_SLEEP_SECONDS'] ?? 35);
const SEED = Number(process.env['JOBS_SEED'] ?? 1);
const SERVERS = 4;

/**
 * Those who live; the others are their copies. Four years later all have reviews that are due, and the
 * dates of all their points have passed.
 */
const LIVES = 20;
const course: Course = {
  ...{ lives: LIVES, enrolDays: 10, purchases: 10, amounts: [90_000, 12_000, 30_000] },
  // Points go two months later, of which all are told thirty days before.
  ...{ buyFrom: 11, buyUntil: 16, tellFrom: 38, until: 52 },
};
const YEARS = 4;

let database: FreshDatabase;
let engine: Engine;
let first: RunningServer;
/** Those that are killed and begun anew, each in its place. */
const places: Promise<RunningServer>[] = [];
/** What the killed ones had complained of. */
const complaints: string[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  engine = await startEngine({ TEST_CLOCK: 'on' }, database);
  const { context, admin } = engine;
  const published = { effectiveAt: '2020-01-01T00:00:00Z', by: 'test' };
  await context.get(ProgrammesService).publish(nightsProgramme(2), published);
  const ids = await live(context, course);
  await tellAll(admin);
  await copyMembers(admin, ids, Math.max(1, Math.round(MEMBERS / LIVES) - 1));
  await admin.query(
    `INSERT INTO clock_moves
     SELECT max(ahead_ms) + $1, clock_timestamp(), 'test' FROM clock_moves`,
    [YEARS * 365 * DAY_MS],
  );
}, 30 * MINUTE_MS);

afterAll(async () => {
  for (const server of [first, ...(await Promise.all(places))]) await server.stop();
  await engine.close();
  await database.drop();
});

const start = (): Promise<RunningServer> =>
  startServer({ database, env: { JOBS: 'on', TEST_CLOCK: 'on' } });

async function one<Row extends object>(statement: string, values?: unknown[]): Promise<Row> {
  const [row] = await engine.rows<Row>(statement, values);
  if (row === undefined) throw new Error(`There is no row: ${statement}`);
  return row;
}

const isOpen = async (): Promise<boolean> =>
  (
    await one<{ open: boolean }>(
      `SELECT 2 > count(DISTINCT job) OR bool_or(finished_at IS NULL) AS open FROM job_runs
        WHERE job IN ('tier-reviews', 'point-expiry')`,
    )
  ).open;

interface Held {
  part: number;
  fence: string;
}

const held = async (): Promise<Held | undefined> =>
  (
    await engine.rows<Held>(
      `SELECT part, fence FROM job_parts WHERE job = 'tier-reviews' AND owner IS NOT NULL
        ORDER BY part LIMIT 1`,
    )
  )[0];

/** Stops the only process in the middle of a part, as a machine does that is out of memory. */
async function suspend({ pid }: RunningServer): Promise<Held> {
  for (;;) {
    if ((await held()) === undefined) {
      await pause(1);
      continue;
    }
    process.kill(pid, 'SIGSTOP');
    // What it had sent before it was stopped is done by then.
    await pause(200);
    const left = await held();
    if (left !== undefined) return left;
    process.kill(pid, 'SIGCONT');
  }
}

/** Wakes it once it has slept for its time, and somebody else has what it holds. */
async function wakeLater({ pid }: RunningServer, { part, fence }: Held): Promise<number> {
  const since = performance.now();
  for (;;) {
    await pause(500);
    const now = await one<{ fence: string }>(
      `SELECT fence FROM job_parts WHERE job = 'tier-reviews' AND part = $1`,
      [part],
    );
    const slept = performance.now() - since;
    if (slept < SLEEP_MS || now.fence === fence) continue;
    process.kill(pid, 'SIGCONT');
    return slept;
  }
}

/** Kills one server after another, in no order; each place has another one by its next turn. */
async function haunt(): Promise<number> {
  const draw = drawsOf(SEED);
  for (let killed = 0; killed < KILLS; killed += 1) {
    await pause(500 + 1_000 * draw());
    if (!(await isOpen())) return killed;
    const place = killed % places.length;
    const victim = await places[place];
    await victim?.kill();
    complaints.push(victim?.complaints() ?? '');
    places[place] = start();
  }
  return KILLS;
}

/** Those who have lived alike have the same reviews, each of them at another instant. */
async function checkReviews(): Promise<void> {
  const alike = await engine.rows<{ members: number; courses: number; steps: string }>(
    `SELECT count(*)::int AS members, count(DISTINCT steps)::int AS courses, min(steps) AS steps
       FROM (SELECT m.enrolled_at,
                    string_agg(concat_ws(' ', p.occurred_at, s.tier), '/' ORDER BY p.seq) AS steps
               FROM members m
               JOIN postings p USING (bucket, member_id)
               JOIN standings s ON s.bucket = p.bucket AND s.member_id = p.member_id
                AND s.from_seq = p.seq
              WHERE p.kind = 'review' GROUP BY m.bucket, m.member_id) each
      GROUP BY enrolled_at`,
  );
  expect(alike).toHaveLength(LIVES);
  for (const { members, courses, steps } of alike) {
    expect([members, courses]).toEqual([Math.round(MEMBERS / LIVES), 1]);
    const instants = steps.split('/');
    expect(new Set(instants).size).toBe(instants.length);
  }
  const due = 'SELECT count(*)::int AS due FROM accounts WHERE review_at <= programme_now()';
  expect(await one(due)).toEqual({ due: 0 });
}

/** Each lot has gone once and whole, and by no posting of which there is another. */
async function checkLots(): Promise<number> {
  const { lots, gone, whole, ...twice } = await one<Record<string, number>>(
    `SELECT count(*)::int AS lots, sum(e.n)::int AS gone,
            count(*) FILTER (WHERE l.remaining = 0 AND e.amount = l.amount)::int AS whole,
            count(*) FILTER (WHERE e.n > 1)::int AS twice
       FROM lots l
       LEFT JOIN (SELECT bucket, member_id, lot_seq AS seq, lot_n AS n_of, count(*) AS n,
                         sum(amount) AS amount
                    FROM entries WHERE credit = 'expired' GROUP BY 1, 2, 3, 4) e
         ON e.bucket = l.bucket AND e.member_id = l.member_id AND e.seq = l.seq AND e.n_of = l.n`,
  );
  expect({ gone, whole, ...twice }).toEqual({ gone: lots, whole: lots, twice: 0 });
  return lots ?? NaN;
}

it(
  `J1, J2, J4, J5, Y5: ${String(MEMBERS)} members are reviewed once and their points go once by four processes, through kills and while one sleeps and wakes`,
  async () => {
    first = await start();
    const part = await suspend(first);
    places.push(...Array.from({ length: SERVERS - 1 }, start));
    await Promise.all(places);
    const [killed, slept] = await Promise.all([haunt(), wakeLater(first, part)]);
    while (await isOpen()) await pause(250);
    await checkReviews();
    const lots = await checkLots();
    expect(lots).toBe(MEMBERS * course.purchases);
    expect(killed).toBe(KILLS);
    expect(slept).toBeGreaterThanOrEqual(SLEEP_MS);
    // The one that slept finds its connections ended, and says so; nobody else has a complaint.
    for (const server of await Promise.all(places)) complaints.push(server.complaints());
    expect(complaints.join('')).toBe('');
    const seconds = (slept / 1_000).toFixed(0);
    process.stdout.write(
      `jobs: ${String(MEMBERS)} members, ${String(lots)} lots, ${String(killed)} kills, one slept for ${seconds} s, seed ${String(SEED)}\n`,
    );
    expect(await rebuildCheck(database)).toContain('no difference');
  },
  60 * MINUTE_MS,
);
