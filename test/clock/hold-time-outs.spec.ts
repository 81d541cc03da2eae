import { setTimeout as pause } from 'node:timers/promises';
import type { PostingView } from '../../src/statements/statements.views.js';
import { Api, expected, problem } from '../support/api.js';
import { MINUTE_MS, TestClock } from '../support/clock.js';
import { deploy, type Deployment } from '../support/server.js';

/** The job looks every ten seconds; a busy machine takes longer. */
const JOB_WITHIN_MS = 30_000;
const HOLD_MS = 15 * MINUTE_MS;

let deployment: Deployment;
let one: Api;
let two: Api;
let clock: TestClock;

beforeAll(async () => {
  deployment = await deploy({ replicas: 2, env: { JOBS: 'on', TEST_CLOCK: 'on' } });
  const [first, second] = deployment.servers;
  one = new Api(first?.url ?? '', deployment.credentials.shop);
  two = one.at(second?.url ?? '');
  clock = new TestClock(one.as(deployment.credentials.staff));
});

afterAll(async () => {
  const complaints = deployment.complaints();
  const { differences } = await deployment.verify();
  await deployment.close();
  expect([complaints, differences]).toEqual(['', []]);
});

/** The member's last posting once it is of a kind; nothing is asked that would settle the member. */
async function lastOnce(kind: string, member: string): Promise<PostingView | undefined> {
  const staff = two.as(deployment.credentials.staff);
  for (let waited = 0; waited < JOB_WITHIN_MS; waited += 250) {
    const [last] = (await staff.ledger(member, '?limit=1')).postings;
    if (last?.kind === kind) return last;
    await pause(250);
  }
  return undefined;
}

it('J1, N1: the job releases holds whose time the test clock has ended, and no others', async () => {
  const [member, patient] = [await one.memberWith(600), await one.memberWith(600)];
  const { id, expiresAt } = expected(await one.hold(member), 201);
  await clock.to(Date.parse(expiresAt) - MINUTE_MS);
  const young = expected(await two.hold(patient), 201);
  expect(await two.balance(member)).toMatchObject({ available: 100, held: 500 });

  await clock.to(Date.parse(expiresAt));
  expect(await two.balance(member)).toMatchObject({ available: 600, held: 0 });
  const released = await lastOnce('release', member);
  expect(released).toMatchObject({
    points: 500,
    occurredAt: expiresAt,
    balance: { available: 600, held: 0 },
  });
  expect(Date.parse(released?.recordedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(expiresAt));
  const late = await two.end('capture', id);
  expect([late.status, problem(late).code]).toEqual([422, 'hold_expired']);

  // The one that has fourteen minutes left is still there to capture.
  expect(Date.parse(young.expiresAt) - (await clock.now())).toBeGreaterThan(
    HOLD_MS - 3 * MINUTE_MS,
  );
  expect(expected(await one.end('capture', young.id), 200).state).toBe('captured');
  const [done] = await deployment.sql<{ done: number }>(
    "SELECT sum(done)::int AS done FROM job_runs WHERE job = 'hold-time-outs'",
  );
  expect(done).toEqual({ done: 1 });
});

it('N4: the slots of jobs go by the real time', async () => {
  // Those that run every ten minutes or oftener; days are the programme's.
  const slots = await deployment.sql<{ slot: Date }>(
    `SELECT slot FROM job_runs WHERE job IN ('hold-time-outs', 'voucher-lapses', 'tier-reviews')`,
  );
  expect(slots.length).toBeGreaterThan(0);
  for (const { slot } of slots) {
    expect(Math.abs(slot.getTime() - Date.now())).toBeLessThan(11 * MINUTE_MS);
  }
});
