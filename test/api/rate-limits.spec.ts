import type { OpenAPIObject } from '@nestjs/swagger';
import { setTimeout as pause } from 'node:timers/promises';
import { retailerScopes } from '../../src/access/permissions.js';
import { Api, aPurchase, expected, problem, tally, type Answer } from '../support/api.js';
import { deploy, startServer, type Deployment, type RunningServer } from '../support/server.js';
import { bulk } from './bulk-stream.js';
import { routesOf } from './openapi-contract.js';

const env = {
  JOBS: 'off',
  TRUST_PROXY: 'loopback',
  RATE_READS: '6/60',
  RATE_WRITES: '4/1',
  RATE_PEOPLE: '3/60',
  RATE_BULK: '2/60',
  RATE_HEAVY: '1/60',
  RATE_PUBLIC: '500/60',
};

let deployment: Deployment;
let one: string;
let two: string;

beforeAll(async () => {
  deployment = await deploy({ replicas: 2, env });
  [one = '', two = ''] = deployment.servers.map(({ url }) => url);
});
afterAll(async () => {
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

let address = 0;
/** A client that nobody has heard of yet. */
const somewhere = (): Record<string, string> => {
  address += 1;
  return { 'x-forwarded-for': `203.0.113.${String(address)}` };
};

const times = async <T>(count: number, work: (n: number) => Promise<T>): Promise<T[]> => {
  const done: T[] = [];
  for (let n = 0; n < count; n += 1) done.push(await work(n));
  return done;
};

/** A new key of a retailer of its own, made at a server without limits. */
async function aKey(server: RunningServer): Promise<string> {
  const staff = new Api(server.url, deployment.credentials.staff);
  const scopes = retailerScopes.filter((scope) => scope !== 'tokens:mint');
  const retailer = `shop-${String((address += 1))}`;
  const made = await staff.post<{ key: string }>('/v1/keys', { retailer, scopes });
  return expected(made, 201).key;
}

function limited(answer: Answer, limit: string, policy: string): number {
  expect([answer.status, problem(answer).code]).toEqual([429, 'rate_limited']);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  expect(answer.headers.get('ratelimit-policy')).toBe(`"${limit}";${policy}`);
  const seconds = Number(answer.headers.get('retry-after'));
  expect(answer.headers.get('ratelimit')).toBe(`"${limit}";r=0;t=${String(seconds)}`);
  expect(Number.isInteger(seconds) && seconds >= 1).toBe(true);
  return seconds;
}

describe('what a caller may ask of a replica', () => {
  let free: RunningServer;

  beforeAll(async () => {
    const { database } = deployment;
    free = await startServer({ database, env: { JOBS: 'off' } });
  });
  afterAll(async () => free.stop());

  it('H17: is counted by key and kind of route: what is too many is 429 and says when', async () => {
    const shop = new Api(one, await aKey(free));
    const answers = await times(7, () => shop.get('/v1/rewards'));
    expect(tally(answers)).toEqual({ 200: 6, '429 rate_limited': 1 });
    // From half on each answer says what is left.
    const left = answers.map(({ headers }) => headers.get('ratelimit')?.replace(/t=.*/, ''));
    expect(left).toEqual([
      ...[null, null, null].map(() => undefined),
      ...['"reads";r=2;', '"reads";r=1;', '"reads";r=0;', '"reads";r=0;'],
    ]);
    const [last] = answers.slice(-1) as [Answer];
    expect(limited(last, 'reads', 'q=6;w=60')).toBeLessThanOrEqual(60);
    // Another kind of route, another key, and another replica are other counts.
    expect((await shop.post('/v1/members/find', { card: 'none' })).status).toBe(404);
    expect((await new Api(one, await aKey(free)).get('/v1/rewards')).status).toBe(200);
    expect((await shop.at(two).get('/v1/rewards')).status).toBe(200);
  });

  it('H17: begins anew when the window is over', async () => {
    const shop = new Api(one, await aKey(free));
    const find = async (): Promise<Answer> => shop.post('/v1/members/find', { card: 'none' });
    const answers = await Promise.all(Array.from({ length: 8 }, find));
    expect(tally(answers)['429 rate_limited']).toBeGreaterThanOrEqual(1);
    const waits = answers.flatMap(({ headers }) => headers.get('retry-after') ?? []);
    expect(new Set(waits)).toEqual(new Set(['1']));
    await pause(1_000);
    expect((await find()).status).toBe(404);
  });

  it('H17: members are counted each for themselves, with reads and writes together', async () => {
    const shop = new Api(free.url, deployment.credentials.shop);
    const [ada, ben] = [await shop.enrol(), await shop.enrol()];
    // Two tokens are one member.
    const apps = [await shop.asMember(ada), await shop.asMember(ada)];
    const answers = await times(4, (n) => {
      const app = apps[n % 2]?.at(one);
      return n < 2
        ? (app as Api).get('/v1/me')
        : (app as Api).post('/v1/me/redemptions', { reward: 'none' });
    });
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 422, 429]);
    limited(answers[3] as Answer, 'people', 'q=3;w=60');
    expect((await (await shop.asMember(ben)).at(one).get('/v1/me')).status).toBe(200);
  });

  it('H17: bulk counts streams, not lines; what is expensive counts apart', async () => {
    const shop = new Api(one, await aKey(free));
    const members = new Api(free.url, deployment.credentials.shop);
    const member = await members.enrol();
    const line = (): string => {
      const idempotencyKey = `k-${String((address += 1))}`;
      return `${JSON.stringify({ ...aPurchase(member), idempotencyKey })}\n`;
    };
    for (let stream = 0; stream < 2; stream += 1) {
      const lines = await bulk(shop, Array.from({ length: 20 }, line).join(''));
      expect(lines.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
    }
    const headers = { 'content-type': 'application/x-ndjson' };
    const third = await shop.send('POST', '/v1/purchases/bulk', line(), { headers });
    limited(third, 'bulk', 'q=2;w=60');
    const staff = new Api(one, deployment.credentials.staff);
    const publish = async (): Promise<Answer> => staff.post('/v1/programme/versions', {});
    expect((await publish()).status).toBe(400);
    limited(await publish(), 'heavy', 'q=1;w=60');
  });

  it('H17: strangers are counted by address; health and metrics never', async () => {
    const { database } = deployment;
    const strict = await startServer({ database, env: { ...env, RATE_PUBLIC: '3/60' } });
    try {
      const paths = ['/v1/heads/key', '/openapi.json', '/nothing', '/docs/', '/v1/heads/key'];
      const nobody = new Api(strict.url);
      const at = somewhere();
      const statuses: number[] = [];
      for (const path of paths) {
        const response = await fetch(`${strict.url}${path}`, { headers: at });
        statuses.push(response.status);
        await response.text();
      }
      expect(statuses).toEqual([200, 200, 404, 429, 429]);
      limited(await nobody.send('GET', '/v1/me', undefined, { headers: at }), 'public', 'q=3;w=60');
      for (const path of ['/health/live', '/health/ready', '/metrics']) {
        const health = await times(8, async () => fetch(`${strict.url}${path}`, { headers: at }));
        expect(new Set(health.map(({ status }) => status))).toEqual(new Set([200]));
      }
      const elsewhere = await fetch(`${strict.url}/v1/heads/key`, { headers: somewhere() });
      expect(elsewhere.status).toBe(200);
      const metrics = await (await fetch(`${strict.url}/metrics`)).text();
      expect(metrics).toMatch(/^fealty_rate_limited_total\{limit="public"\} 3$/m);
    } finally {
      await strict.stop();
    }
  });

  it('H17: what is switched off is not counted', async () => {
    const { database } = deployment;
    const off = { RATE_READS: 'off', RATE_PUBLIC: 'off' };
    const open = await startServer({ database, env: { ...env, ...off } });
    try {
      const shop = new Api(open.url, await aKey(free));
      const answers = await times(20, () => shop.get('/v1/rewards'));
      expect(tally(answers)).toEqual({ 200: 20 });
      expect(answers[19]?.headers.get('ratelimit-policy')).toBeNull();
    } finally {
      await open.stop();
    }
  });

  it('H14: the document says of every operation which limit it is, and the 429 of it once', async () => {
    const document = expected(await new Api(free.url).get<OpenAPIObject>('/openapi.json'), 200);
    const limits = routesOf(document).map(({ name, operation }) => {
      const limit = (operation as { 'x-rate-limit'?: string })['x-rate-limit'];
      const refusal = limit === 'none' ? undefined : { $ref: '#/components/responses/RateLimited' };
      expect([name, operation.responses['429']]).toEqual([name, refusal]);
      return [name, limit] as const;
    });
    const none = limits.flatMap(([name, limit]) => (limit === 'none' ? [name] : []));
    expect(none.sort()).toEqual(['GET /health/live', 'GET /health/ready', 'GET /metrics']);
    expect(Object.fromEntries(limits)).toMatchObject({
      'GET /v1/heads/key': 'public',
      'GET /v1/members/{id}/balance': 'reads',
      'POST /v1/purchases': 'writes',
      'POST /v1/purchases/bulk': 'bulk',
      'POST /v1/programme/versions': 'heavy',
    });
    const { headers = {} } = { ...document.components?.responses?.['RateLimited'] } as {
      headers?: object;
    };
    expect(Object.keys(headers)).toEqual(['Retry-After', 'RateLimit-Policy', 'RateLimit']);
  });
});
