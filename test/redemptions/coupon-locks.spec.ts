import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { IdleLimitsQueries } from '../../src/ledger/limits/idle-limits.queries.js';
import { servingOptions } from '../../src/platform/database/data-source.js';
import { Api, expected, problem, tally, type Answer } from '../support/api.js';
import { rebuildCheck } from '../support/rebuilding.js';
import { apiProgramme, deploy, secrets, type Deployment } from '../support/server.js';

const coupons = [
  { code: 'fair', name: 'Fair', points: 5, until: '2090-12-31', budget: 10_000, perMember: 500 },
];
const giftCaps = [{ period: 'lifetime', points: 2_500 }];

let deployment: Deployment;
let shop: Api;

beforeAll(async () => {
  const programme = apiProgramme({ coupons, giftCaps } as never);
  deployment = await deploy({ programme, env: { JOBS: 'off' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
});

afterAll(async () => {
  expect((await deployment.verify()).differences).toEqual([]);
  expect(await rebuildCheck(deployment.database)).toContain('no difference');
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

async function made(count: number): Promise<string[]> {
  const response = await fetch(`${shop.url}/v1/coupons/batches`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${deployment.credentials.staff}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ reference: randomUUID(), coupon: 'fair', count }),
  });
  const lines = (await response.text()).trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { code: string }).code);
}

const redeem = (member: string, code: string): Promise<Answer> =>
  shop.post('/v1/coupons/redeem', { member: { id: member }, code });

async function job(...args: string[]): Promise<string> {
  const { serverUrl, ownerUrl } = deployment.database;
  const urls = { DATABASE_URL: serverUrl, DATABASE_OWNER_URL: ownerUrl };
  const env = { PATH: process.env['PATH'], ...secrets, ...urls };
  const all = ['dist/src/cli/fealty.js', 'job', 'run', 'coupon-locks', ...args];
  return (await promisify(execFile)(process.execPath, all, { env })).stdout;
}

async function locks(): Promise<number> {
  const [row] = await deployment.sql<{ count: string }>(
    `SELECT count(*) FROM rolling_limits WHERE limit_id LIKE 'coupon/%'`,
  );
  return Number(row?.count);
}

it('L12, D16: the locks of coupons are cleared, and what was used stays used', async () => {
  const [member, other] = [await shop.enrol(), await shop.enrol()];
  const codes = await made(40);
  for (const code of codes) expected(await redeem(member, code), 201);
  expect(await locks()).toBe(40);
  expect((await job('--dry-run')).trim().split('\n').length).toBeGreaterThanOrEqual(40);
  expect(await locks()).toBe(40);
  const queuing = new pg.Client({ connectionString: deployment.database.adminUrl });
  await queuing.connect();
  await queuing.query('BEGIN');
  await queuing.query(
    `SELECT FROM rolling_limits WHERE limit_id =
       (SELECT min(limit_id) FROM rolling_limits WHERE limit_id LIKE 'coupon/%') FOR UPDATE`,
  );
  await job();
  expect(await locks()).toBe(1);
  await queuing.end();
  await job();
  expect(await locks()).toBe(0);
  const again = await Promise.all(codes.slice(0, 5).map((code) => redeem(other, code)));
  expect(tally(again)).toEqual({ '422 coupon_already_used': 5 });
});

it('L12, D16: a coupon that is redeemed while they are cleared is redeemed once', async () => {
  const members = await Promise.all([1, 2, 3].map(() => shop.enrol()));
  const codes = await made(60);
  const { serverUrl: url } = deployment.database;
  const dataSource = await new DataSource(servingOptions({ url, poolMax: 1 })).initialize();
  const limits = new IdleLimitsQueries(dataSource);
  let [isOver, cleared] = [false, 0];
  const clearing = (async (): Promise<void> => {
    while (!isOver) cleared += await limits.clear('coupon/', 10);
    await dataSource.destroy();
  })();
  for (const code of codes) {
    const answers = await Promise.all(members.map((member) => redeem(member, code)));
    expect(tally(answers)).toEqual({ '201': 1, '422 coupon_already_used': 2 });
  }
  isOver = true;
  await clearing;
  expect(cleared).toBeGreaterThan(30);
  expect(problem(await redeem(members[0] ?? '', codes[0] ?? '')).code).toBe('coupon_already_used');
});
