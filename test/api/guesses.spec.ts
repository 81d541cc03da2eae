import { SignJWT } from 'jose';
import { checksum, newKey, newUserToken } from '../../src/access/credentials/credential.js';
import { Api, aPurchase, expected, problem, tally, type Answer } from '../support/api.js';
import { deploy, type Deployment } from '../support/server.js';
import { bulk } from './bulk-stream.js';

const env = {
  JOBS: 'off',
  TRUST_PROXY: 'loopback',
  GUESSES_CREDENTIAL: '4/600',
  GUESSES_ADDRESS: '9/600',
  GUESSES_LOOKUPS: '5/600',
  GUESSES_LOOKUPS_BY_PEOPLE: '3/600',
};

let deployment: Deployment;
let one: Api;
let two: Api;

beforeAll(async () => {
  deployment = await deploy({ replicas: 2, env });
  const [first, second] = deployment.servers.map(({ url }) => new Api(url));
  if (first === undefined || second === undefined) throw new Error('There are two servers.');
  [one, two] = [first, second];
});
afterAll(async () => {
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

type Headers = Record<string, string>;

let clients = 0;
/** A client address that nobody has heard of yet. */
const somewhere = (): Headers => {
  clients += 1;
  return { 'x-forwarded-for': `203.0.113.${String(clients)}` };
};

/** The same key or token with another secret, as whoever guesses would spell it. */
function wrong(credential: string): string {
  const named = /^fealtyu_.{8}|^fealty_[a-z]+_\w{12}_/.exec(credential)?.[0] ?? '';
  const stranger = named.startsWith('fealtyu_') ? newUserToken().text : newKey('test').text;
  const body = named + stranger.slice(named.length, -6);
  return body + checksum(body);
}

async function tries(count: number, send: (n: number) => Promise<Answer>): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let n = 0; n < count; n += 1) answers.push(await send(n));
  return answers;
}

const me = async (at: Api, credential: string, headers: Headers): Promise<Answer> =>
  at.as(credential).send('GET', '/v1/rewards', undefined, { headers });

function isLimited(answer: Answer | undefined, limit: string): void {
  expect([answer?.status, answer && problem(answer).code]).toEqual([429, 'rate_limited']);
  expect(answer?.headers.get('ratelimit-policy')).toContain(`"${limit}"`);
  const seconds = Number(answer?.headers.get('retry-after'));
  expect(seconds).toBeGreaterThan(500);
  expect(seconds).toBeLessThanOrEqual(600);
}

describe('wrong credentials', () => {
  it.each(['shop', 'staff'] as const)(
    'A13: too many of one %s credential from one address are not compared any more, on any replica',
    async (who) => {
      const right = deployment.credentials[who];
      const here = somewhere();
      // Right ones in between count for nothing.
      const mixed = [wrong(right), right, wrong(right), right, wrong(right), right, wrong(right)];
      const answers = await tries(mixed.length, (n) =>
        me(n % 4 === 0 ? one : two, mixed[n] ?? '', here),
      );
      expect(answers.map(({ status }) => status)).toEqual([401, 200, 401, 200, 401, 200, 401]);
      // Each replica knows from its own count at the latest: the limit and one more each.
      for (const at of [one, two]) {
        isLimited(await me(at, wrong(right), here), 'credential');
        isLimited(await me(at, right, here), 'credential');
      }
      // Whoever fails here takes nothing from the same credential elsewhere, nor from others here.
      for (const at of [one, two]) expect((await me(at, right, somewhere())).status).toBe(200);
      expect((await me(one, deployment.credentials.corner, here)).status).toBe(200);
    },
  );

  it('A13: too many of any kind from one address are told so, and right ones still get in', async () => {
    const here = somewhere();
    const forged = await new SignJWT({ scope: 'me:read', rtl: 'shop' })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject('0a1b2c3d-0000-4000-8000-000000000000')
      .sign(Buffer.alloc(32, 7));
    const kinds = ['nonsense', newKey('test').text, newUserToken().text, forged];
    const answers = await tries(12, (n) =>
      me(n % 2 === 0 ? one : two, kinds[n % 4] === forged ? forged : fresh(n), here),
    );
    function fresh(n: number): string {
      return [`nonsense-${String(n)}`, newKey('test').text, newUserToken().text][n % 4] ?? '';
    }
    expect(tally(answers)).toEqual({ '401 unauthenticated': 9, '429 rate_limited': 3 });
    isLimited(answers[11], 'address');
    for (const right of [deployment.credentials.shop, deployment.credentials.staff]) {
      expect((await me(one, right, here)).status).toBe(200);
    }
    const elsewhere = await me(one, newKey('test').text, somewhere());
    expect(elsewhere.status).toBe(401);
  });

  it('A13: none, a revoked key and a token out of date are no guesses', async () => {
    const staff = one.as(deployment.credentials.staff);
    const asked = { retailer: 'kiosk', expiresAt: '2020-01-01T00:00:00Z' };
    const { key } = expected(await staff.post<{ key: string }>('/v1/keys', asked), 201);
    const here = somewhere();
    for (const credential of [key, '']) {
      const answers = await tries(15, () => me(two, credential, here));
      expect(tally(answers)).toEqual({ '401 unauthenticated': 15 });
    }
    expect((await me(two, wrong(key), here)).status).toBe(401);
  });

  it('H18: what is kept of them names nobody', async () => {
    const rows = await deployment.sql<{ key: string }>('SELECT key FROM wrong_guesses');
    expect(rows.length).toBeGreaterThan(4);
    for (const { key } of rows) expect(key).toMatch(/^[A-Za-z]+:[\w-]{43}$/);
    const [table] = await deployment.sql(
      `SELECT relpersistence FROM pg_class WHERE relname = 'wrong_guesses'`,
    );
    expect(table).toEqual({ relpersistence: 'u' });
  });
});

describe('members who are looked up', () => {
  const card = 'CARD-1000';
  let member: string;

  beforeAll(async () => {
    member = await one.as(deployment.credentials.shop).enrol({ card });
  });

  const find = async (at: Api, body: object, headers: Headers): Promise<Answer> =>
    at.post('/v1/members/find', body, { headers });

  it('M5: too many that are nobody stop all looking up from there, on any route and replica', async () => {
    const [shop, other] = [one, two].map((at) => at.as(deployment.credentials.shop)) as [Api, Api];
    const here = somewhere();
    const purchase = { ...aPurchase(member), member: { card: 'CARD-0001' } };
    const reward = { member: { email: 'nobody@example.org' }, reward: 'voucher' };
    const answers = [
      await find(shop, { card: 'CARD-0000' }, here),
      await find(shop, { card }, here),
      await other.post('/v1/purchases', purchase, { headers: here }),
      await shop.post('/v1/purchases/preview', purchase, { headers: here }),
      await other.post('/v1/redemptions', reward, { headers: here }),
      await find(other, { phone: '+441134960000' }, here),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 200, 404, 404, 404, 404]);
    for (const at of [shop, other]) {
      isLimited(await find(at, { card: 'CARD-0000' }, here), 'lookups');
      // Not even those that exist, or the limit would be none.
      isLimited(await find(at, { card }, here), 'lookups');
    }
    const byCard = { ...aPurchase(member), member: { card } };
    isLimited(await shop.post('/v1/purchases', byCard, { headers: here }), 'lookups');
    // Ids cannot be guessed; the same key elsewhere and another key here have counts of their own.
    const byId = await shop.post('/v1/purchases', aPurchase(member), { headers: here });
    expect(byId.status).toBe(201);
    expect((await find(shop, { card }, somewhere())).status).toBe(200);
    const corner = one.as(deployment.credentials.corner);
    expect((await find(corner, { card }, here)).status).toBe(200);
  });

  it('M5: lines in bulk are counted too, say when to come back, and use up no key', async () => {
    const shop = one.as(deployment.credentials.till);
    const line = (who: object, key: string): string =>
      `${JSON.stringify({ ...aPurchase(member), member: who, idempotencyKey: key })}\n`;
    const nobody = Array.from({ length: 8 }, (_, n) => line({ card: `NONE-${n}` }, `n${n}`));
    await bulk(shop, nobody.join(''));
    const late = line({ card }, 'late');
    const [limited] = await bulk(shop, late);
    expect(limited).toMatchObject({ status: 429, problem: { code: 'rate_limited' } });
    expect(limited?.problem).toHaveProperty('retryAfter', expect.any(Number));
    await deployment.sql(`UPDATE wrong_guesses SET points = 0`);
    const [done] = await bulk(two.as(deployment.credentials.till), late);
    expect(done).toMatchObject({ status: 201 });
    expect(done).not.toHaveProperty('replayed');
  });

  it('M5: staff may be wrong less often than tills', async () => {
    const staff = one.as(deployment.credentials.staff);
    const here = somewhere();
    const answers = await tries(4, (n) => find(staff, { card: `NONE-${String(n)}` }, here));
    expect(tally(answers)).toEqual({ '404 unknown_member': 3, '429 rate_limited': 1 });
    isLimited(answers[3], 'lookupsByPeople');
  });
});
