import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { Api, expected, problem, tally, type Answer } from '../support/api.js';
import {
  apiProgramme,
  deploy,
  startServer,
  type Deployment,
  type RunningServer,
} from '../support/server.js';

const ROUNDS = 100;
const AT_ONCE = 6;
const value = { amount: 1, currency: 'GBP' };
const slip = { code: 'slip', name: 'Slip', points: 10, value, kind: 'discount_voucher' } as const;

let deployment: Deployment;
let shops: [Api, Api];

beforeAll(async () => {
  const programme = apiProgramme({ rewards: [slip] });
  deployment = await deploy({ replicas: 2, programme, env: { JOBS: 'off' } });
  const [one, two] = deployment.servers.map(({ url }) => new Api(url, deployment.credentials.shop));
  if (one === undefined || two === undefined) throw new Error('There are two servers.');
  shops = [one, two];
});

afterAll(async () => {
  expect((await deployment.verify()).differences).toEqual([]);
  await deployment.close();
});

async function code(of: Api, member: string): Promise<string> {
  const captured = expected(await of.end('capture', await of.held(member, 'slip')), 200);
  return captured.voucher?.code ?? '';
}

const use = (by: Api, of: string, key?: string): Promise<Answer> =>
  by.post(`/v1/vouchers/${of}/use`, {}, { key });

it(`D12: one of ${String(AT_ONCE)} who use it at once on two servers does, ${String(ROUNDS)} times`, async () => {
  const [one, two] = shops;
  const corner = two.as(deployment.credentials.corner);
  const members = await Promise.all(
    Array.from({ length: 10 }, () => one.memberWith((ROUNDS / 10) * 10)),
  );
  const used: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    const of = await code(one, members[round % members.length] ?? '');
    const callers = Array.from({ length: AT_ONCE }, (_, n) => [one, two, corner][n % 3] ?? one);
    const answers = await Promise.all(callers.map((by) => use(by, of)));
    for (const [what, count] of Object.entries(tally(answers))) {
      used[what] = (used[what] ?? 0) + count;
    }
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  }
  expect(used).toEqual({ '200': ROUNDS, '422 voucher_already_used': ROUNDS * (AT_ONCE - 1) });
  const [row] = await deployment.sql<{ used: number; postings: number }>(
    `SELECT (SELECT count(*)::int FROM redemptions WHERE state = 'used') AS used,
            (SELECT count(*)::int FROM postings
              WHERE kind = 'redeem' AND operation = 'use-voucher') AS postings`,
  );
  expect(row).toEqual({ used: ROUNDS, postings: ROUNDS });
});

it('D11: a server killed while it captures leaves no voucher without its code', async () => {
  const [one] = shops;
  const member = await one.memberWith(400);
  const admin = new pg.Client({ connectionString: deployment.database.adminUrl });
  await admin.connect();
  let server: RunningServer | undefined;
  const codes = new Map<string, string>();
  try {
    const ids: string[] = [];
    for (let n = 0; n < 40; n += 1) ids.push(await one.held(member, 'slip'));
    for (let kill = 0; kill < 4; kill += 1) {
      server = await startServer({ database: deployment.database, env: { JOBS: 'off' } });
      const doomed = one.at(server.url);
      const open = ids.filter((id) => !codes.has(id));
      const asked = open.map((id) =>
        doomed.end('capture', id, { key: `capture/${id}` }).catch(() => undefined),
      );
      await pause(4 + kill * 6);
      await server.kill();
      await admin.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE application_name = 'fealty-lane' AND datname = current_database()
            AND state <> 'idle'`,
      );
      for (const [n, answer] of (await Promise.all(asked)).entries()) {
        if (answer?.status === 200) codes.set(open[n] ?? '', answer.body.voucher?.code ?? '');
      }
      const rows = await deployment.sql(
        `SELECT r.seq FROM redemptions r FULL JOIN voucher_codes v
             ON v.bucket = r.bucket AND v.member_id = r.member_id AND v.seq = r.seq
          WHERE (r.usable_until IS NULL) <> (v.hmac IS NULL)`,
      );
      expect(rows).toEqual([]);
    }
    // The same key finds out what became of each, and the code is the one that was told before.
    for (const id of ids) {
      const again = expected(await one.end('capture', id, { key: `capture/${id}` }), 200);
      const of = again.voucher?.code ?? '';
      expect(codes.get(id) ?? of).toBe(of);
      expected(await use(one, of), 200);
      expect(problem(await use(one, of)).code).toBe('voucher_already_used');
    }
  } finally {
    await admin.end();
  }
}, 120_000);
