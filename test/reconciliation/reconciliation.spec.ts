import { Concerns } from '../../src/platform/health/concerns.service.js';
import { FreezeWatch } from '../../src/reconciliation/freeze-watch.service.js';
import { ClockService } from '../../src/clock/clock.service.js';
import { runJob } from '../jobs/running.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { Api, expected, problem } from '../support/api.js';
import { DAY_MS } from '../support/clock.js';
import { transfers } from '../support/operations/operation.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';
import { openOffice, type Office } from '../support/staff.js';

let deployment: Deployment;
let replica: Engine;
let office: Office;
let shop: Api;
let staff: Api;

beforeAll(async () => {
  const env = { JOBS: 'off', TEST_CLOCK: 'on' };
  deployment = await deploy({ programme: apiProgramme({ transfers, returnWindowDays: 0 }), env });
  replica = await startEngine(env, deployment.database);
  office = await openOffice(deployment);
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
  staff = shop.as(deployment.credentials.staff);
});
afterAll(async () => {
  await office.close();
  await replica.close();
  await deployment.close();
  expect(deployment.complaints()).toBe('');
});

/** A superuser gives somebody points that nobody posted. */
const forge = async (member: string, more: number): Promise<unknown> =>
  deployment.sql(
    'UPDATE lots SET remaining = remaining + $2, amount = amount + $2 WHERE member_id = $1',
    [member, more],
  );

/** All seven nights, as of the days before; what they say they have done. */
async function week(): Promise<number> {
  const { now } = await replica.context.get(ClockService).read();
  let done = 0;
  for (let night = 6; night >= 0; night -= 1) {
    done += await runJob(replica, 'reconciliation', now - night * DAY_MS);
  }
  return done;
}

const frozen = async (): Promise<{ member: string; found: string[] }[]> =>
  expected(await staff.get<{ freezes: { member: string; found: string[] }[] }>('/v1/freezes'), 200)
    .freezes;

it('J14, J15, J16: a week finds what a superuser has edited, and stops that member from spending', async () => {
  const [honest, forged] = [await shop.memberWith(600), await shop.memberWith(600)];
  const before = await shop.held(forged);
  expect(await week()).toBeGreaterThanOrEqual(2);
  expect(await frozen()).toEqual([]);

  await forge(forged, 5_000);
  await week();
  const [found, ...others] = await frozen();
  expect([found?.member, others]).toEqual([forged, []]);
  expect(found?.found).toEqual(expect.arrayContaining(['lots.remaining', 'lots.amount']));

  const refused = await shop.hold(forged);
  expect([refused.status, problem(refused).code]).toEqual([422, 'spending_frozen']);
  const quote = await shop.post('/v1/redemptions/quote', {
    member: { id: forged },
    reward: 'voucher',
  });
  expect(problem(quote).code).toBe('spending_frozen');
  const asked = { scopes: ['me:read', 'me:transfer'] };
  const minted = await shop.post<{ token: string }>(`/v1/members/${forged}/tokens`, asked);
  const giver = shop.as(expected(minted, 201).token);
  const gift = await giver.post('/v1/me/transfers', { member: { id: honest }, points: 20 });
  expect(problem(gift).code).toBe('spending_frozen');
  // What was held before goes on, and so does earning; everybody else is as before.
  expected(await shop.end('capture', before), 200);
  await shop.give(forged, 10);
  expected(await shop.hold(honest), 201);

  const watch = replica.context.get(FreezeWatch);
  await watch.look();
  expect(replica.context.get(Concerns).all()).toHaveLength(1);
  const log = await deployment.sql<{ action: string; actor: string; found: string[] }>(
    `SELECT action, actor, details->'found' AS found FROM audit_log WHERE action LIKE 'spending.%'`,
  );
  expect(log).toMatchObject([{ action: 'spending.frozen', actor: 'job/reconciliation' }]);
  expect(JSON.stringify(log)).not.toContain('5600');
});

it('J17: staff lift it with a reason, never their own; what still differs is found again', async () => {
  const member = await shop.memberWith(600);
  await forge(member, 70);
  await week();
  const path = `/v1/members/${member}/unfreeze`;
  const reason = { reason: 'The edit was undone.' };
  const own = await office.hire('manager', member);
  expect(problem(await own.post(path, reason)).code).toBe('own_account');
  const agent = await office.hire('agent');
  expect((await agent.post(path, reason)).status).toBe(403);
  expect((await shop.post(path, reason)).status).toBe(403);
  const ben = await office.hire('manager');
  expect((await ben.post(path, { reason: '' })).status).toBe(400);
  expect(problem(await shop.hold(member)).code).toBe('spending_frozen');
  expected(await ben.post(path, reason), 200);
  expect(problem(await ben.post(path, reason)).code).toBe('not_frozen');
  expected(await shop.hold(member), 201);

  await forge(member, 70);
  await week();
  expect(problem(await shop.hold(member)).code).toBe('spending_frozen');
  const freezes = await deployment.sql<{ n: number; reason: string | null }>(
    'SELECT n, reason FROM spending_freezes WHERE member_id = $1 ORDER BY n',
    [member],
  );
  expect(freezes).toEqual([
    { n: 1, reason: reason.reason },
    { n: 2, reason: null },
  ]);
});
