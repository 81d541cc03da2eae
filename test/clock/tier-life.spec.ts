import { NestFactory } from '@nestjs/core';
import { AppModule } from '../../src/app.module.js';
import { ASilenceIsNotEndedByAReview1797090000000 } from '../../migrations/1797090000000-a-silence-is-not-ended-by-a-review.js';
import { RebuildService } from '../../src/ledger/rebuild/rebuild.service.js';
import { JobDesk } from '../../src/jobs/desk/job-desk.service.js';
import { Secrets } from '../../src/platform/config/secrets.js';
import { owningDataSource } from '../../src/platform/database/data-source.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import type { GrantedView, StandingHistoryView } from '../../src/tiers/tiers.views.js';
import { aPurchase, Api, expected } from '../support/api.js';
import { TestClock } from '../support/clock.js';
import { apiProgramme, deploy, secrets, type Deployment } from '../support/server.js';

/** The first whole year that the test clock can show. */
const YEAR = new Date().getUTCFullYear() + 1;

let deployment: Deployment;
let shop: Api;
let staff: Api;
let clock: TestClock;

beforeAll(async () => {
  const programme = apiProgramme({
    returnWindowDays: 30,
    tiers: [
      { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
      { code: 'silver', name: 'Silver', threshold: 500, keep: 400, multiplier: '1' },
      {
        ...{ code: 'gold', name: 'Gold', threshold: 1_000, keep: 800, multiplier: '1' },
        benefits: [
          {
            ...{ code: 'lounge', name: 'A seat in the greenhouse' },
            value: { amount: 4_000, currency: 'GBP' },
            cost: { amount: 900, currency: 'GBP' },
          },
        ],
      },
    ],
    ladder: {
      window: { kind: 'calendar', period: 'year' },
      nearMiss: { kind: 'share', percent: 10 },
      graceMonths: 2,
      warningDays: 60,
    },
  });
  deployment = await deploy({ programme, env: { JOBS: 'off', TEST_CLOCK: 'on' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
  staff = shop.as(deployment.credentials.staff);
  clock = new TestClock(staff);
});

afterAll(async () => {
  const { differences } = await deployment.verify();
  await deployment.close();
  expect([deployment.complaints(), differences]).toEqual(['', []]);
});

/** Local noon, or another time, of a day so many years from the first one. */
const on = (years: number, day: string, time = '12:00:00'): number =>
  Date.parse(`${String(YEAR + years)}-${day}T${time}Z`);

/** Pounds spent on a `home` line at the clock's now; 1 point each. */
async function buy(member: string, pounds: number): Promise<string> {
  const at = new Date(await clock.now()).toISOString();
  const basket = aPurchase(member, { at, amount: pounds * 100 });
  return expected(await shop.purchase(basket), 201).purchase ?? '';
}

async function standing(member: string): Promise<StandingHistoryView> {
  return expected(await staff.get<StandingHistoryView>(`/v1/members/${member}/standing`), 200);
}

const codes = ({ history }: StandingHistoryView): string[] =>
  history.map(({ tier, why: { code } }) => `${tier}: ${code}`);

/** What an engine beside the servers says and does. */
async function engine<T>(use: (desk: JobDesk, rebuild: RebuildService) => Promise<T>) {
  const context = await NestFactory.createApplicationContext(
    AppModule.on({
      settings: parseSettings({ LOG_LEVEL: 'error', JOBS: 'off', TEST_CLOCK: 'on' }),
      secrets: new Secrets(secrets.HANDLE_SECRET, secrets.TOKEN_SECRET),
      databaseUrl: deployment.database.serverUrl,
    }),
    { logger: false, abortOnError: false },
  );
  try {
    return await use(context.get(JobDesk), context.get(RebuildService));
  } finally {
    await context.close();
  }
}

it('T3, R40: up, warned, near miss kept, grace, one down, back; the standing tells each', async () => {
  const member = await shop.enrol();
  await clock.to(on(0, '03-05'));
  await buy(member, 900);
  const silver = await standing(member);
  expect(silver.next).toMatchObject({ code: 'gold', threshold: 1_000, missing: 100 });
  await buy(member, 100);
  const up = await standing(member);
  expect(up).toMatchObject({
    tier: { code: 'gold' },
    next: null,
    provisionalUntil: expect.stringContaining(`${String(YEAR)}-04-04`),
    keeping: { by: `${String(YEAR + 1)}-01-01T00:00:00.000Z`, ifNothingChanges: 'tier_kept' },
    benefits: [{ code: 'lounge', value: { amount: 4_000, currency: 'GBP' } }],
  });

  // The next year: warned in November, and a near miss kept.
  await clock.to(on(1, '05-01'));
  await buy(member, 700);
  expect((await standing(member)).keeping).toMatchObject({ isAtRisk: false });
  await clock.to(on(1, '11-05'));
  const warned = await standing(member);
  expect(warned.keeping).toMatchObject({
    ...{ isAtRisk: true, isInGrace: false, ifNothingChanges: 'grace_started' },
    ways: [{ metric: 'qualifying_points', keep: 800, counted: 700, missing: 100 }],
    says: `Gold is at risk: 100 points more by 31 December ${String(YEAR + 1)} keep it.`,
  });
  await buy(member, 30);
  await clock.to(on(2, '01-02'));
  const kept = await standing(member);
  expect(kept.history[0]).toMatchObject({
    ...{ fromPosting: null, tier: 'gold', at: `${String(YEAR + 2)}-01-01T00:00:00.000Z` },
    why: { code: 'near_miss_kept', counted: 730, keep: 800 },
    says: expect.stringContaining('730 points of 800 points, so 70 points are forgiven.'),
  });

  // Nobody has posted it yet; the sweep does, and the standing says the same.
  await engine(async (desk) => {
    const { items } = await desk.foresee('tier-reviews', undefined, {
      cursor: undefined,
      limit: 9,
    });
    expect(items.map(({ memberId }) => memberId)).toContain(member);
    expect((await desk.runThrough('tier-reviews', undefined, 'test')).done).toBeGreaterThan(0);
    expect((await desk.runThrough('tier-reviews', undefined, 'test')).done).toBe(0);
  });
  expect(codes(await standing(member)).slice(0, 2)).toEqual([
    'gold: near_miss_kept',
    'gold: tier_kept',
  ]);

  // A missed review: a grace of two months, then one down.
  await clock.to(on(3, '01-15'));
  expect((await standing(member)).keeping).toMatchObject({ isInGrace: true, isAtRisk: true });
  expected(await staff.send('POST', `/v1/members/${member}/review`, ''), 200);
  await clock.to(on(3, '02-28', '23:59:58'));
  expect((await standing(member)).tier.code).toBe('gold');
  await clock.to(on(3, '03-01', '00:00:00'));
  const down = await standing(member);
  expect(down).toMatchObject({ tier: { code: 'silver' }, next: { code: 'gold', missing: 1_000 } });

  // And back.
  await clock.to(on(3, '04-01'));
  await buy(member, 1_000);
  expect(codes(await standing(member))).toEqual([
    'gold: threshold_reached',
    'silver: tier_lowered',
    'gold: grace_started',
    'gold: near_miss_kept',
    'gold: tier_kept',
    'gold: threshold_reached',
    'silver: threshold_reached',
  ]);
  const [, rebuilt] = await engine(async (_, rebuild) => [null, await rebuild.check()] as const);
  expect(rebuilt.differences).toEqual([]);
});

it('T4: a tier given by hand ends by itself, and the audit trail says who gave it', async () => {
  const member = await shop.enrol();
  const grant = { tier: 'gold', until: `${String(YEAR + 3)}-06-30`, reason: 'goodwill' };
  const given = await staff.post<GrantedView>(`/v1/members/${member}/grants`, grant);
  expect(expected(given, 201)).toMatchObject({ grant: { code: 'gold' }, tier: { code: 'gold' } });
  expect(await standing(member)).toMatchObject({
    tier: { code: 'gold' },
    grant: { code: 'gold', until: `${String(YEAR + 3)}-06-30T23:00:00.000Z` },
    keeping: null,
  });
  await clock.to(on(3, '07-01'));
  const over = await standing(member);
  expect(over).toMatchObject({ tier: { code: 'blue' }, grant: null });
  expect(over.history[0]).toMatchObject({ why: { code: 'grant_ended' }, fromPosting: null });
  await buy(member, 10);
  expect((await standing(member)).history[0]?.fromPosting).not.toBeNull();
  const [{ count } = { count: 0 }] = await deployment.sql<{ count: number }>(
    `SELECT count(*)::int AS count FROM audit_log WHERE action = 'tier.granted' AND subject = $1`,
    [`member/${member}`],
  );
  expect(count).toBe(1);
  const [, rebuilt] = await engine(async (_, rebuild) => [null, await rebuild.check()] as const);
  expect(rebuilt.differences).toEqual([]);
});

it('R11: what arrives after the review counts as if it had come before, and a return undoes it', async () => {
  const member = await shop.enrol();
  await clock.to(on(4, '12-20'));
  await buy(member, 1_000);
  await clock.to(on(5, '12-28'));
  const late = new Date(await clock.now()).toISOString();
  await clock.to(on(6, '01-05'));
  expected(await staff.send('POST', `/v1/members/${member}/review`, ''), 200);
  expect((await standing(member)).keeping).toMatchObject({ isInGrace: true });
  const basket = aPurchase(member, { at: late, amount: 80_000 });
  const { purchase } = expected(await shop.purchase(basket), 201);
  expect((await standing(member)).keeping).toMatchObject({
    ...{ isInGrace: false, by: `${String(YEAR + 7)}-01-01T00:00:00.000Z` },
  });
  const occurredAt = new Date(await clock.now()).toISOString();
  expected(await shop.post(`/v1/purchases/${purchase ?? ''}/returns`, { occurredAt }), 201);
  expect((await standing(member)).keeping).toMatchObject({
    ...{ isInGrace: true, by: `${String(YEAR + 6)}-03-01T00:00:00.000Z` },
  });
  const [, rebuilt] = await engine(async (_, rebuild) => [null, await rebuild.check()] as const);
  expect(rebuilt.differences).toEqual([]);
});

it('R57: accounts from before learn when something was last heard of whom', async () => {
  const member = await shop.enrol();
  await buy(member, 10);
  const given = { tier: 'gold', until: `${String(YEAR + 7)}-06-30`, reason: 'goodwill' };
  expected(await staff.post(`/v1/members/${member}/grants`, given), 201);
  const owner = owningDataSource(deployment.database.ownerUrl);
  await owner.initialize();
  try {
    const heard = 'SELECT member_id, heard_at FROM accounts ORDER BY member_id';
    const before = await owner.query<{ heard_at: Date | null }[]>(heard);
    const runner = owner.createQueryRunner();
    const migration = new ASilenceIsNotEndedByAReview1797090000000();
    await migration.down(runner);
    await migration.up(runner);
    await runner.release();
    expect(await owner.query(heard)).toEqual(before);
    const [last] = await owner.query<{ behind: number }[]>(
      'SELECT count(*)::int AS behind FROM accounts WHERE heard_at IS DISTINCT FROM newest_at',
    );
    expect(last?.behind).toBeGreaterThan(0);
  } finally {
    await owner.destroy();
  }
});
