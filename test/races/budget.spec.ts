import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { AccrualView } from '../../src/accrual/accrual.views.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { Api, aPurchase, daysAgo, problem, type Answer } from '../support/api.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import { rebuildCheck } from '../support/rebuilding.js';
import {
  apiProgramme,
  prepare,
  startServer,
  type Credentials,
  type RunningServer,
} from '../support/server.js';

/** `npm run torture -- budget` lets 10,000 purchases race for a million points. */
const purchases = Number(process.env['BUDGET_PURCHASES'] ?? 600);
const kills = Number(process.env['BUDGET_KILLS'] ?? 3);
const CLIENTS = 48;
const MEMBERS = Math.min(200, Math.ceil(purchases / 3));
const MINUTE_MS = 60_000;
/** A purchase asks for 50 to 199 points, so that some five in six of them fit. */
const BUDGET = purchases * 100;
const PARTS = 1_000_000;
const LIMIT = 'offer/race/points';
const asked = (index: number): number => 50 + ((index * 37) % 150);

/** What is not the answer yet: the same key finds it out. */
const passing = new Set(['unavailable', 'overloaded', 'request_in_flight', 'broken']);

type Offer = NonNullable<ProgrammeDocument['offers']>[number];
const race: Offer = {
  ...{ code: 'race', name: 'Race', audience: { kind: 'all' } },
  pays: { kind: 'per_amount', rate: '1' },
  budget: { points: BUDGET },
};

let database: FreshDatabase;
let credentials: Credentials;
let admin: pg.Client;
const servers: RunningServer[] = [];
let members: string[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  const earningRules: ProgrammeDocument['earningRules'] = [
    { kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' },
  ];
  credentials = await prepare(
    database,
    apiProgramme({ earningRules, rewards: [], offers: [race] }),
  );
  admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  servers.push(await start(), await start());
  members = await Promise.all(Array.from({ length: MEMBERS }, (_, index) => shop(index).enrol()));
}, 3 * MINUTE_MS);

afterAll(async () => {
  for (const server of servers) await server.stop();
  await admin.end();
  await database.drop();
});

const start = (): Promise<RunningServer> => startServer({ database, env: { JOBS: 'off' } });
const shop = (index: number): Api =>
  new Api(servers[index % servers.length]?.url ?? '', credentials.shop);

interface Paid {
  asked: number;
  points: number;
  code: string;
}

/** Buys until the answer is known, at whichever server is there. */
async function buy(index: number, pounds = asked(index)): Promise<Paid> {
  const body = aPurchase(members[index % members.length] ?? '', {
    ...{ at: daysAgo(0.001), amount: pounds * 100, reference: `race/${String(index)}` },
  });
  for (let attempt = 0; ; attempt += 1) {
    const answer: Answer<AccrualView> | undefined = await shop(index + attempt)
      .purchase(body, { key: `race/${String(index)}` })
      .catch(() => undefined);
    const isBooked = answer !== undefined && answer.status < 400;
    if (isBooked) {
      const item = answer.body.why.find(({ rule }) => rule === 'race');
      return { asked: pounds, points: Number(item?.points), code: item?.code ?? '' };
    }
    const code = answer === undefined ? 'broken' : problem(answer).code;
    if (!passing.has(code)) throw new Error(code);
    await pause(20);
  }
}

async function used(): Promise<number> {
  const { rows } = await admin.query<{ used: string }>(
    'SELECT coalesce(sum(used), 0) AS used FROM limit_slots WHERE limit_id = $1',
    [LIMIT],
  );
  return Number(rows[0]?.used);
}

/** Looks all the time what is used, in one snapshot each. */
function watch(): () => Promise<number> {
  const stop = new AbortController();
  const looking = (async () => {
    for (let looks = 0; ; looks += 1) {
      const now = await used();
      if (now > BUDGET * PARTS) throw new Error(`${String(now)} of ${String(BUDGET)} used`);
      if (stop.signal.aborted) return looks;
      await pause(2);
    }
  })();
  return () => {
    stop.abort();
    return looking;
  };
}

/** Kills a server, or the connections it writes on, without a word while work is under way. */
async function haunt(progress: () => number): Promise<number> {
  let done = 0;
  for (; done < kills; done += 1) {
    while (progress() < (done + 0.5) / kills) await pause(5);
    const place = done % servers.length;
    await servers[place]?.kill();
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'fealty-lane' AND datname = current_database()`,
    );
    servers[place] = await start();
  }
  return done;
}

const sum = (all: readonly Paid[]): number => all.reduce((total, { points }) => total + points, 0);

describe('a budget that many purchases race for, over two servers', () => {
  it(
    `R50: ${String(purchases)} of them are paid no more than it has, and all of it, through ${String(kills)} kills`,
    async () => {
      const stop = watch();
      const paid: Paid[] = [];
      let next = 0;
      const client = async (): Promise<void> => {
        while (next < purchases) paid.push(await buy(next++));
      };
      const [killed] = await Promise.all([
        haunt(() => paid.length / purchases),
        ...Array.from({ length: CLIENTS }, client),
      ]);
      expect(killed).toBe(kills);
      const looks = await stop();
      process.stdout.write(`  ${String(looks)} looks, none of more than there is\n`);
      expect(sum(paid)).toBeLessThanOrEqual(BUDGET);
      expect(await used()).toBe(sum(paid) * PARTS);
      // Whoever was cut short met less than it asked for, and nothing that fits is left by then.
      const cut = paid.filter((each) => each.points < each.asked);
      expect(cut.length).toBeGreaterThan(0);
      const left = BUDGET - sum(paid);
      expect(left).toBeLessThan(Math.max(...cut.map((each) => each.asked)));
      // What is left fits, and is paid whole: to the last point, and then no more.
      const last = left > 0 ? [await buy(purchases, left)] : [];
      expect(sum(last)).toBe(left);
      expect(await used()).toBe(BUDGET * PARTS);
      expect(await buy(purchases + 1)).toMatchObject({ points: 0, code: 'budget_used_up' });
      const { rows } = await admin.query<{ booked: number; billionths: string }>(
        `SELECT count(*)::int AS booked, sum(billionths) AS billionths FROM postings
          WHERE kind = 'accrue'`,
      );
      const base = [...paid, ...last].reduce((total, each) => total + each.asked, 0);
      const whole = BigInt(base + asked(purchases + 1) + BUDGET) * 1_000_000_000n;
      expect(rows).toEqual([{ booked: purchases + last.length + 1, billionths: whole.toString() }]);
      expect(await rebuildCheck(database)).toContain('no difference');
    },
    2 * MINUTE_MS + purchases * 1_000,
  );
});
