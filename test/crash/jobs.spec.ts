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

/** `npm run torture -- jobs` reviews 20,000 members through as many kills as fit in, 20 at most. */
const MEMBERS = Number(process.env['JOBS_MEMBERS'] ?? 400);
const KILLS = Number(process.env['JOBS_KILLS'] ?? 2);
const REPLICAS = 3;
const YEARS = 4;
const AT_ONCE = 40;

let database: FreshDatabase;
let credentials: Credentials;
let admin: pg.Client;
const servers: RunningServer[] = [];
let shop: Api;
let staff: Api;

beforeAll(async () => {
  database = await freshDatabase();
  credentials = await prepare(
    database,
    apiProgramme({
      tiers: [
        { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
        { code: 'silver', name: 'Silver', threshold: 500, keep: 400, multiplier: '1' },
        { code: 'gold', name: 'Gold', threshold: 1_000, keep: 800, multiplier: '1' },
      ],
      ladder: { window: { kind: 'calendar', period: 'year' }, graceMonths: 2 },
    }),
  );
  admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  const first = await start();
  servers.push(first);
  shop = new Api(first.url, credentials.shop);
  staff = shop.as(credentials.staff);
  // Each of the days that the clock leaves out would have one of the others.
  for (const job of ['tier-reviews', 'offer-reviews', 'expiry-notices']) {
    expected(await staff.send<JobView>('POST', `/v1/jobs/${job}/pause`, ''), 200);
  }
  for (let from = 0; from < MEMBERS; from += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, MEMBERS - from) }, async (_, index) => {
      const member = await shop.enrol();
      const reference = `jobs/${String(from + index)}`;
      const basket = aPurchase(member, { at: daysAgo(0.001), amount: 120_000, reference });
      expected(await shop.purchase(basket), 201);
    });
    await Promise.all(some);
  }
  const clock = new TestClock(staff);
  await clock.forward(YEARS * 365 * DAY_MS);
}, 20 * MINUTE_MS);

afterAll(async () => {
  for (const server of servers) await server.stop();
  await admin.end();
  await database.drop();
});

const start = (): Promise<RunningServer> =>
  startServer({ database, env: { JOBS: 'on', TEST_CLOCK: 'on', RATE_MEMBERS: 'off' } });

async function one<Row extends object>(statement: string): Promise<Row> {
  const { rows } = await admin.query<Row>(statement);
  const [row] = rows;
  if (row === undefined) throw new Error(`There is no row: ${statement}`);
  return row;
}

const isOpen = async (): Promise<boolean> =>
  (
    await one<{ open: boolean }>(
      `SELECT EXISTS (SELECT FROM job_runs WHERE job = 'tier-reviews' AND finished_at IS NULL)
           OR NOT EXISTS (SELECT FROM job_runs WHERE job = 'tier-reviews') AS open`,
    )
  ).open;

/** Stops a process in the middle of a part, as a machine does that is out of memory. */
async function suspend({ pid }: RunningServer): Promise<void> {
  for (;;) {
    const { held } = await one<{ held: boolean }>(
      `SELECT EXISTS (SELECT FROM job_parts WHERE job = 'tier-reviews' AND owner IS NOT NULL) AS held`,
    );
    if (!held) {
      await pause(1);
      continue;
    }
    process.kill(pid, 'SIGSTOP');
    // What it had sent before it was stopped is done by then.
    await pause(200);
    const { left } = await one<{ left: boolean }>(
      `SELECT EXISTS (SELECT FROM job_parts WHERE job = 'tier-reviews' AND owner IS NOT NULL) AS left`,
    );
    if (left) return;
    process.kill(pid, 'SIGCONT');
  }
}

/** Kills one server after another and starts others; the suspended one is left as it is. */
async function haunt(): Promise<number> {
  let killed = 0;
  for (; killed < KILLS && (await isOpen()); killed += 1) {
    const place = 1 + (killed % REPLICAS);
    await servers[place]?.kill();
    servers[place] = await start();
    await pause(500);
  }
  return killed;
}

it(
  `J1, J2, J4, J5: ${String(MEMBERS)} members are reviewed once through kills, and a holder that was stopped writes nothing when it wakes`,
  async () => {
    const [first] = servers;
    if (first === undefined) throw new Error('There is no server.');
    expected(await staff.send<JobView>('POST', '/v1/jobs/tier-reviews/resume', ''), 200);
    await suspend(first);
    const before = await one<{ parts: number }>(
      `SELECT count(*)::int AS parts FROM job_parts WHERE job = 'tier-reviews' AND finished_run = 0`,
    );
    expect(before.parts).toBeGreaterThan(0);
    for (const started of await Promise.all(Array.from({ length: REPLICAS }, start))) {
      servers.push(started);
    }
    const killed = await haunt();
    // The part of the one that sleeps is free half a minute after its last sign of life.
    while (await isOpen()) await pause(250);
    const held = await one<{ postings: string }>('SELECT count(*) AS postings FROM postings');
    process.kill(first.pid, 'SIGCONT');
    await pause(3_000);
    expect(await one('SELECT count(*) AS postings FROM postings')).toEqual(held);

    const { rows } = await admin.query<{ steps: string; members: number }>(
      `SELECT steps, count(*)::int AS members
         FROM (SELECT p.member_id, string_agg(concat(p.occurred_at, s.tier), ' ' ORDER BY p.seq) AS steps
                 FROM postings p
                 JOIN standings s ON s.member_id = p.member_id AND s.from_seq = p.seq
                WHERE p.kind = 'review' GROUP BY p.member_id) each GROUP BY steps`,
    );
    // All bought alike, so all have the same reviews, and each of them at another instant.
    expect(rows).toMatchObject([{ members: MEMBERS }]);
    const steps = rows[0]?.steps.split('+00') ?? [];
    expect(new Set(steps).size).toBe(steps.length);
    // The one that slept finds its connections ended, and says so; nobody else has a complaint.
    const [, ...others] = servers.map((server) => server.complaints());
    expect(others.join('')).toBe('');
    const run = await one<{ failures: number }>(
      `SELECT sum(failures)::int AS failures FROM job_runs WHERE job = 'tier-reviews'`,
    );
    process.stdout.write(
      `jobs: ${String(MEMBERS)} members, ${String(killed)} kills, ${JSON.stringify({ ...before, ...run })}\n`,
    );
    expect(await rebuildCheck(database)).toContain('no difference');
  },
  30 * MINUTE_MS,
);
