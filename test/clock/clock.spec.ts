import type { CreatedKeyView } from '../../src/access/keys/keys.views.js';
import { makeSigningKey } from '../../src/platform/config/signing-key.js';
import { aPurchase, Api, daysAgo, expected, problem } from '../support/api.js';
import { DAY_MS, HOUR_MS, TestClock, type Reading } from '../support/clock.js';
import { freshDatabase } from '../support/database.js';
import { apiProgramme, deploy, startServer, type Deployment } from '../support/server.js';

let deployment: Deployment;
let shop: Api;
let other: Api;
let staff: Api;
let clock: TestClock;

beforeAll(async () => {
  deployment = await deploy({ replicas: 2, env: { JOBS: 'off', TEST_CLOCK: 'true' } });
  const [first, second] = deployment.servers;
  shop = new Api(first?.url ?? '', deployment.credentials.shop);
  other = shop.at(second?.url ?? '');
  staff = shop.as(deployment.credentials.staff);
  clock = new TestClock(staff);
});

afterAll(async () => {
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

const instant = (at: number): string => new Date(at).toISOString();
const read = async (api: Api): Promise<Reading> =>
  expected(await api.get<Reading>('/v1/test-clock'), 200);

describe('the test clock', () => {
  it('N2: shows the real time until it is moved, and goes on ticking when it was', async () => {
    const before = await read(staff);
    expect(before.aheadMs).toBe(0);
    expect(Math.abs(Date.parse(before.now) - Date.now())).toBeLessThan(5_000);
    const target = Date.parse(before.now) + HOUR_MS;
    const moved = await clock.to(target);
    expect(moved).toBeGreaterThanOrEqual(target);
    expect(moved - target).toBeLessThan(5_000);
    const { now, aheadMs } = await read(staff);
    expect(Date.parse(now)).toBeGreaterThanOrEqual(moved);
    expect(Math.abs(aheadMs - HOUR_MS)).toBeLessThan(5_000);
  });

  it('N1: is the same on every replica from the answer on', async () => {
    const target = (await clock.now()) + HOUR_MS;
    const member = await other.enrol();
    await clock.to(target);
    const { now } = await read(staff.at(other.url));
    expect(Date.parse(now)).toBeGreaterThanOrEqual(target);
    expect(Date.parse((await other.balance(member)).asOf)).toBeGreaterThanOrEqual(target);
    const { recordedAt } = await other.give(member, 1);
    expect(Date.parse(recordedAt)).toBeGreaterThanOrEqual(target);
  });

  it('N2: does not go back, nor further than 50 years, and says what is wrong', async () => {
    const before = await clock.now();
    const refusals: [string, string][] = [
      [instant(before - 1_000), 'clock_goes_back'],
      ['1970-01-01T00:00:00Z', 'clock_goes_back'],
      [instant(Date.now() + 51 * 366 * DAY_MS), 'clock_too_far'],
    ];
    for (const [now, code] of refusals) {
      const answer = await clock.put(now);
      expect([answer.status, problem(answer).code]).toEqual([422, code]);
      expect(problem(answer).errors).toMatchObject([{ pointer: '/now', code }]);
    }
    for (const body of ['{}', '{"now":7}', '{"now":"tomorrow"}', '{"now":"2030-01-01"}']) {
      const answer = await staff.send('PUT', '/v1/test-clock', body);
      expect([answer.status, problem(answer).errors?.[0]?.pointer]).toEqual([400, '/now']);
    }
    expect((await clock.now()) - before).toBeLessThan(60_000);
  });

  it('N2: of many moves at once the furthest counts', async () => {
    const start = await clock.now();
    const targets = [3, 1, 5, 2, 4].map((hours) => start + hours * HOUR_MS);
    await Promise.all(targets.map((target) => clock.put(instant(target))));
    const now = await clock.now();
    expect(now).toBeGreaterThanOrEqual(start + 5 * HOUR_MS);
    expect(now).toBeLessThan(start + 6 * HOUR_MS);
  });

  it('N5: who moved it is kept, by the real time', async () => {
    await clock.forward(HOUR_MS);
    const [last] = await deployment.sql<{ moved_by: string; moved_at: Date }>(
      'SELECT moved_by, moved_at FROM clock_moves ORDER BY ahead_ms DESC LIMIT 1',
    );
    expect(last?.moved_by).toMatch(/^user\//);
    expect(Math.abs((last?.moved_at.getTime() ?? NaN) - Date.now())).toBeLessThan(60_000);
  });

  it('N3: is for admins and owners only', async () => {
    const body = JSON.stringify({ now: instant((await clock.now()) + HOUR_MS) });
    for (const credential of [deployment.credentials.shop, deployment.credentials.till]) {
      expect((await shop.as(credential).get('/v1/test-clock')).status).toBe(403);
      expect((await shop.as(credential).send('PUT', '/v1/test-clock', body)).status).toBe(403);
    }
    expect((await new Api(shop.url).get('/v1/test-clock')).status).toBe(401);
  });
});

describe('what moves with it', () => {
  it('N1: points mature, at the instant their window closes', async () => {
    const member = await shop.enrol();
    const bought = instant(await clock.now());
    const { availableFrom } = await shop.give(member, 100, bought);
    expect(await shop.balance(member)).toMatchObject({ available: 0, pending: 100 });
    const matures = Date.parse(availableFrom ?? '');
    await clock.to(matures - HOUR_MS);
    expect(await other.balance(member)).toMatchObject({ available: 0, pending: 100 });
    await clock.to(matures);
    expect(await other.balance(member)).toMatchObject({ available: 100, pending: 0 });
    expect((await shop.ledger(member)).postings).toHaveLength(1);
  });

  it('N1: enrolment, consent and what counts as the future', async () => {
    const tomorrow = instant((await clock.now()) + DAY_MS);
    const early = { textVersion: '1', act: 'ticked_box', channel: 'web', at: tomorrow } as const;
    const refused = await shop.post('/v1/members', { consent: early });
    expect(problem(refused).code).toBe('consent_in_future');
    const member = await shop.enrol();
    const ahead = await shop.purchase(aPurchase(member, { at: tomorrow }));
    expect(problem(ahead).code).toBe('occurred_in_future');
    await clock.to(Date.parse(tomorrow));
    const enrolled = await shop.post<{ enrolledAt: string }>('/v1/members', { consent: early });
    expect(expected(enrolled, 201).enrolledAt >= tomorrow).toBe(true);
    expect((await shop.purchase(aPurchase(member, { at: tomorrow }))).status).toBe(201);
  });

  it('N1: a programme version starts, on every replica', async () => {
    const member = await shop.enrol();
    const now = await clock.now();
    const document = apiProgramme({
      earningRules: [{ kind: 'per_amount', id: 'base', name: 'Treble', rate: '3' }],
    });
    const soon = { document, effectiveAt: instant(now + 1_000) };
    const early = await staff.post('/v1/programme/versions', soon);
    expect(problem(early).code).toBe('programme_starts_too_soon');
    const publication = { document, effectiveAt: instant(now + 30 * DAY_MS) };
    expected(await staff.post('/v1/programme/versions', publication), 201);
    expect((await other.give(member, 100, instant(now))).points).toBe(100);
    await clock.to(now + 30 * DAY_MS);
    const bought = instant(await clock.now());
    expect((await other.give(member, 100, bought)).points).toBe(300);
    expect((await other.give(member, 100, instant(now))).points).toBe(100);
  });

  it('N1: verification finds no difference after all that', async () => {
    expect((await deployment.verify()).differences).toEqual([]);
  });
});

describe('what does not', () => {
  it('N4: keys, member tokens and the audit log go by the real time', async () => {
    const member = await shop.enrol();
    const own = await shop.asMember(member);
    const request = {
      retailer: 'kiosk',
      scopes: ['members:read'],
      expiresAt: instant(Date.now() + HOUR_MS),
    };
    const { id, key } = expected(await staff.post<CreatedKeyView>('/v1/keys', request), 201);
    const kiosk = shop.as(key);
    await clock.forward(365 * DAY_MS);
    expect((await own.get('/v1/me')).status).toBe(200);
    expect((await kiosk.get(`/v1/members/${member}`)).status).toBe(200);
    expect((await own.at(other.url).get('/v1/me')).status).toBe(200);
    expected(await staff.send('DELETE', `/v1/keys/${id}`, undefined), 204);
    const [logged] = await deployment.sql<{ at: Date }>(
      `SELECT at FROM audit_log WHERE action = 'key.revoked'`,
    );
    expect(Math.abs((logged?.at.getTime() ?? NaN) - Date.now())).toBeLessThan(60_000);
    const minted = await shop.post<{ expiresAt: string }>(`/v1/members/${member}/tokens`, {});
    expect(Date.parse(minted.body.expiresAt)).toBeLessThan(Date.now() + HOUR_MS);
  });
});

describe('where there is none', () => {
  it('N3: a server without the setting does not know the route, and goes by the same time', async () => {
    const env = { JOBS: 'off' };
    const plain = await startServer({ database: deployment.database, env });
    try {
      const here = staff.at(plain.url);
      const move = JSON.stringify({ now: '2060-01-01T00:00:00Z' });
      for (const answer of [
        await here.get('/v1/test-clock'),
        await here.send('PUT', '/v1/test-clock', move),
      ]) {
        expect([answer.status, problem(answer).code]).toEqual([404, 'not_found']);
      }
      const { paths } = expected(await here.get<{ paths: object }>('/openapi.json'), 200);
      expect(Object.keys(paths)).not.toContain('/v1/test-clock');
      const member = await shop.at(plain.url).enrol();
      const { asOf } = await shop.at(plain.url).balance(member);
      expect(Date.parse(asOf)).toBeGreaterThan(Date.parse(daysAgo(-300)));
    } finally {
      await plain.stop();
    }
  });

  it('N3: production refuses the setting, and a database whose clock was moved', async () => {
    const database = await freshDatabase();
    const heads = { HEADS_KEY: makeSigningKey() };
    const production = { NODE_ENV: 'production', JOBS: 'off', AUDIT: 'on', ...heads };
    try {
      await expect(
        startServer({ database, env: { ...production, TEST_CLOCK: 'true' } }),
      ).rejects.toThrow(/TEST_CLOCK must be off in production/);
      await (await startServer({ database, env: production })).stop();
      await expect(startServer({ database: deployment.database, env: production })).rejects.toThrow(
        /DATABASE_URL is a database whose clock was moved \d+ ms ahead/,
      );
    } finally {
      await database.drop();
    }
  });
});
