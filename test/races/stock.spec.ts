import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { RewardView } from '../../src/redemptions/redemptions.views.js';
import { Api, expected, problem, type Answer } from '../support/api.js';
import { freshDatabase, type FreshDatabase } from '../support/database.js';
import {
  apiProgramme,
  prepare,
  startServer,
  type Credentials,
  type RunningServer,
} from '../support/server.js';

/** `npm run torture -- stock` lets 10,000 take, which is a stock that is spread over all slots. */
const takers = Number(process.env['STOCK_TAKERS'] ?? 400);
const kills = Number(process.env['STOCK_KILLS'] ?? 3);
const CLIENTS = 48;
const MEMBERS = Math.min(200, Math.ceil(takers / 2));
const MINUTE_MS = 60_000;
const FEW = 37;

/** What is not the answer yet: the same key finds it out. */
const passing = new Set(['unavailable', 'overloaded', 'request_in_flight', 'broken']);

const reward = (code: string, stock: number): object => ({
  ...{ code, name: code, points: 1, stock },
  value: { amount: 0, currency: 'GBP' },
});

let database: FreshDatabase;
let credentials: Credentials;
let admin: pg.Client;
const servers: RunningServer[] = [];
let members: string[] = [];

beforeAll(async () => {
  database = await freshDatabase();
  const rewards = [reward('few', FEW), reward('each', takers)] as never[];
  credentials = await prepare(database, apiProgramme({ rewards }));
  admin = new pg.Client({ connectionString: database.adminUrl });
  await admin.connect();
  servers.push(await start(), await start());
  const points = Math.ceil(takers / MEMBERS) + 10;
  members = await Promise.all(
    Array.from({ length: MEMBERS }, (_, index) => shop(index).memberWith(points)),
  );
}, 3 * MINUTE_MS);

afterAll(async () => {
  for (const server of servers) await server.stop();
  await admin.end();
  await database.drop();
});

const start = (): Promise<RunningServer> => startServer({ database, env: { JOBS: 'off' } });
const shop = (index: number): Api =>
  new Api(servers[index % servers.length]?.url ?? '', credentials.shop);

/** Holds one until the answer is known, at whichever server is there. */
async function take(code: string, index: number): Promise<string> {
  const key = `${code}/${String(index)}`;
  for (let attempt = 0; ; attempt += 1) {
    const member = members[index % members.length] ?? '';
    const answer: Answer | undefined = await shop(index + attempt)
      .hold(member, { key }, code)
      .catch(() => undefined);
    const outcome = answer === undefined ? 'broken' : answer.status < 400 ? 'held' : codeOf(answer);
    if (!passing.has(outcome)) return outcome;
    await pause(20);
  }
}

const codeOf = (answer: Answer): string => problem(answer).code;

/** Looks all the time what is used, in one snapshot each. */
function watch(limit: string, total: number): () => Promise<number> {
  const stop = new AbortController();
  const looking = (async () => {
    for (let looks = 0; ; looks += 1) {
      const { rows } = await admin.query<{ used: string }>(
        'SELECT coalesce(sum(used), 0) AS used FROM limit_slots WHERE limit_id = $1',
        [limit],
      );
      if (Number(rows[0]?.used) > total) throw new Error(`${rows[0]?.used ?? ''} of ${total} used`);
      if (stop.signal.aborted) return looks;
      await pause(2);
    }
  })();
  return () => {
    stop.abort();
    return looking;
  };
}

/** Kills one server after the other without a word while work is under way. */
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

async function leftOf(code: string): Promise<number | undefined> {
  const rewards = expected(await shop(0).get<RewardView[]>('/v1/rewards'), 200);
  return rewards.find((each) => each.code === code)?.stock?.left;
}

const tally = (outcomes: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const each of outcomes) counts[each] = (counts[each] ?? 0) + 1;
  return counts;
};

describe('a stock that many take from at once, over two servers', () => {
  it(`D5: gives 64 who come at once for ${String(FEW)} just as many`, async () => {
    const stop = watch('reward/few', FEW);
    const outcomes = await Promise.all(Array.from({ length: 64 }, (_, n) => take('few', n)));
    expect(tally(outcomes)).toEqual({ held: FEW, out_of_stock: 64 - FEW });
    expect(await stop()).toBeGreaterThan(0);
    expect(await leftOf('few')).toBe(0);
  });

  it(
    `D5: refuses none of ${String(takers)} for whom there is just enough, through ${String(kills)} kills`,
    async () => {
      const stop = watch('reward/each', takers);
      const outcomes: string[] = [];
      let next = 0;
      const client = async (): Promise<void> => {
        while (next < takers) outcomes.push(await take('each', next++));
      };
      const [killed] = await Promise.all([
        haunt(() => outcomes.length / takers),
        ...Array.from({ length: CLIENTS }, client),
      ]);
      expect(killed).toBe(kills);
      expect(tally(outcomes)).toEqual({ held: takers });
      const looks = await stop();
      process.stdout.write(`  ${String(looks)} looks, none of more than there is\n`);
      expect(await leftOf('each')).toBe(0);
      const late = await Promise.all([1, 2, 3].map((n) => take('each', takers + n)));
      expect(tally(late)).toEqual({ out_of_stock: 3 });
      const { rows } = await admin.query<{ used: string; held: string; rooms: string }>(
        `SELECT sum(used) AS used, sum(granted - used) AS rooms,
                (SELECT count(*) FROM redemptions WHERE reward = 'each') AS held
           FROM limit_slots WHERE limit_id = 'reward/each'`,
      );
      expect(rows).toEqual([{ used: String(takers), held: String(takers), rooms: '0' }]);
    },
    MINUTE_MS + takers * 1_000,
  );
});
