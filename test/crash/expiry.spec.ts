import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { JobView } from '../../src/jobs/desk/jobs.views.js';
import { Api, aPurchase, daysAgo, expected } from '../support/api.js';
import { DAY_MS, MINUTE_MS, TestClock } from '../support/clock.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { rebuildCheck } from '../support/rebuilding.js';
import {
  apiProgramme,
  prepare,
  startServer,
  type Credentials,
  type RunningServer,
} from '../support/server.js';

/** `JOBS_LOTS` lots, two of each member, expire on two servers through `JOBS_KILLS` kills. */
const LOTS = Number(process.env['JOBS_LOTS'] ?? 400);
const KILLS = Number(process.env['JOBS_KILLS'] ?? 2);
const MEMBERS = Math.ceil(LOTS / 2);
const REPLICAS = 2;
const AT_ONCE = 40;

let database: FreshDatabase;
let credentials: Credentials;
let admin: pg.Client;
let staff: Api;
const servers: RunningServer[] = [];

const start = (): Promise<RunningServer> =>
  startServer({ database, env: { JOBS: 'on', TEST_CLOCK: 'on', RATE_MEMBERS: 'off' } });

async function one<Row extends object>(statement: string): Promise<Row> {
  const { rows } = await admin.query<Row>(statement);
  const [row] = rows;
  if (row === undefined) throw new Error(`There is no row: ${statement}`);
  return row;
}

const set = async (job: string, what: 'pause' | 'resume'): Promise<unknown> =>
  expected(await staff.send<JobView>('POST', `/v1/jobs/${job}/${what}`, ''), 200);

beforeAll(async () => {
  database = await freshDatabase();
  const notices = { daysBefore: [7] };
  const expiry = { kind: 'rolling', months: 1, notices } as const;
  credentials = await prepare(database, apiProgramme({ expiry }));
  admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  const first = await start();
  servers.push(first);
  const shop = new Api(first.url, credentials.shop);
  staff = shop.as(credentials.staff);
  for (const job of ['point-expiry', 'expiry-notices']) await set(job, 'pause');
  for (let from = 0; from < MEMBERS; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, MEMBERS - from) }, async () => {
      const member = await shop.enrol();
      for (const at of [daysAgo(0.002), daysAgo(0.001)]) {
        expected(await shop.purchase(aPurchase(member, { at, amount: 5_000 })), 201);
      }
    });
    await Promise.all(some);
  }
  await new TestClock(staff).forward(40 * DAY_MS);
}, 30 * MINUTE_MS);

afterAll(async () => {
  for (const server of servers) await server.stop();
  await admin.end();
  await database.drop();
});

const isOpen = async (job: string): Promise<boolean> =>
  (
    await one<{ open: boolean }>(
      `SELECT EXISTS (SELECT FROM job_runs WHERE job = '${job}' AND finished_at IS NULL)
           OR NOT EXISTS (SELECT FROM job_runs WHERE job = '${job}' AND done > 0) AS open`,
    )
  ).open;

/** Kills whoever may be at it, one server after another, as long as a run is open. */
async function haunt(job: string): Promise<number> {
  let killed = 0;
  for (; killed < KILLS && (await isOpen(job)); killed += 1) {
    const place = killed % REPLICAS;
    const { held } = await one<{ held: number }>(
      `SELECT count(*)::int AS held FROM job_parts WHERE job = '${job}' AND owner IS NOT NULL`,
    );
    if (held === 0) await pause(5);
    await servers[place]?.kill();
    servers[place] = await start();
    staff = new Api(servers[place].url, credentials.staff);
  }
  while (await isOpen(job)) await pause(250);
  return killed;
}

it(
  `Y5, J2, J4: ${String(LOTS)} lots expire once each on two servers through kills`,
  async () => {
    servers.push(await start());
    await set('expiry-notices', 'resume');
    const killed = await haunt('expiry-notices');
    const told = await admin.query(
      `UPDATE notices SET state = 'told', evidence = 'shown', evidence_at = made_at`,
    );
    // Both lots of a member have the same date, and that is told once.
    expect(told.rowCount).toBe(MEMBERS);
    await new TestClock(staff).forward(10 * DAY_MS);
    const before = await one<{ points: string }>('SELECT sum(points) AS points FROM accounts');
    await set('point-expiry', 'resume');
    const more = await haunt('point-expiry');

    const { rows } = await admin.query<{ times: number; lots: number; points: string }>(
      `SELECT times, count(*)::int AS lots, sum(points) AS points
         FROM (SELECT count(*)::int AS times, sum(e.amount) AS points
                 FROM lots l LEFT JOIN entries e
                   ON e.bucket = l.bucket AND e.member_id = l.member_id AND e.lot_seq = l.seq
                  AND e.lot_n = l.n AND e.credit = 'expired'
                GROUP BY l.bucket, l.member_id, l.seq, l.n) each
        GROUP BY times`,
    );
    expect(rows).toEqual([{ times: 1, lots: 2 * MEMBERS, points: before.points }]);
    expect(
      await one(
        `SELECT sum(points)::int AS points, (SELECT count(*)::int FROM postings WHERE kind = 'expire'
                 AND explanation->0->>2 = 'expired') AS postings FROM accounts`,
      ),
    ).toEqual({ points: 0, postings: MEMBERS });
    expect(servers.map((server) => server.complaints()).join('')).toBe('');
    process.stdout.write(
      `expiry: ${String(LOTS)} lots, ${String(killed)} and ${String(more)} kills\n`,
    );
    expect(await rebuildCheck(database)).toContain('no difference');
  },
  30 * MINUTE_MS,
);
