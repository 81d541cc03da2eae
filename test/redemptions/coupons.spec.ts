import { randomUUID } from 'node:crypto';
import type { RedeemedCouponView } from '../../src/redemptions/coupons/coupons.views.js';
import { Api, expected, problem, tally, type Answer } from '../support/api.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

const until = '2090-12-31';
const coupon = (code: string, more: object = {}): object => ({
  ...{ code, name: code, points: 50, until, budget: 100_000, perMember: 3 },
  ...more,
});
const coupons = [
  coupon('fair', { name: 'Thanks for visiting the fair' }),
  coupon('over', { until: '2025-01-01' }),
  coupon('once', { perMember: 1 }),
  coupon('few', { budget: 120 }),
  coupon('large', { points: 200 }),
] as never[];
const giftCaps = [{ period: 'lifetime', points: 400 }] as never[];

let deployment: Deployment;
let shop: Api;

beforeAll(async () => {
  const programme = apiProgramme({ coupons, giftCaps });
  const env = { JOBS: 'off', GUESSES_VOUCHERS: '5/600', TRUST_PROXY: 'loopback' };
  deployment = await deploy({ replicas: 2, programme, env });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
});

afterAll(async () => {
  expect((await deployment.verify()).differences).toEqual([]);
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

async function batch(body: object): Promise<{ status: number; codes: string[]; text: string }> {
  const response = await fetch(`${shop.url}/v1/coupons/batches`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${deployment.credentials.staff}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const codes = response.ok
    ? text
        .trim()
        .split('\n')
        .map((line) => (JSON.parse(line) as { code: string }).code)
    : [];
  return { status: response.status, codes, text };
}

const made = async (kind: string, count: number): Promise<string[]> =>
  (await batch({ reference: randomUUID(), coupon: kind, count })).codes;

const redeem = (
  by: Api,
  member: string,
  code: string,
  key?: string,
): Promise<Answer<RedeemedCouponView>> =>
  by.post('/v1/coupons/redeem', { member: { id: member }, code }, { key });

describe('coupons', () => {
  it('D15: are made in batches, and the same reference tells the same codes again', async () => {
    const wanted = { reference: 'flyer-1', coupon: 'fair', count: 1_203 };
    const { status, codes } = await batch(wanted);
    expect([status, codes.length, new Set(codes).size]).toEqual([200, 1_203, 1_203]);
    expect(codes[0]).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
    expect((await batch(wanted)).codes).toEqual(codes);
    const other = await batch({ ...wanted, count: 9 });
    expect([other.status, JSON.parse(other.text)]).toMatchObject([
      409,
      { code: 'duplicate_reference' },
    ]);
    expect((await batch({ ...wanted, reference: 'x', coupon: 'none' })).status).toBe(422);
    expect((await batch({ ...wanted, count: 10_001 })).status).toBe(400);
    const log = await deployment.sql(`SELECT 1 FROM audit_log WHERE action = 'coupons.made'`);
    expect(log).toHaveLength(1);
    const again = await deployment.sql(
      `SELECT 1 FROM audit_log WHERE action = 'coupons.told_again'`,
    );
    expect(again).toHaveLength(1);
    // A kind that the programme has no more.
    await deployment.sql(`UPDATE coupon_batches SET coupon = 'gone' WHERE reference = 'flyer-1'`);
    expect((await batch({ ...wanted, coupon: 'gone' })).codes).toEqual(codes);
    await deployment.sql(`UPDATE coupon_batches SET coupon = 'fair' WHERE reference = 'flyer-1'`);
    expect(problem(await shop.post('/v1/coupons/batches', wanted)).code).toBe('forbidden');
    const rows = await deployment.sql(`SELECT 1 FROM coupon_codes`);
    expect(rows).toHaveLength(1_203);
  });

  it('D16: give their points once, by the member or by a retailer, and say the same again', async () => {
    const [code = '', second = ''] = await made('fair', 2);
    const member = await shop.enrol();
    const key = randomUUID();
    const first = await redeem(shop, member, code.toLowerCase(), key);
    expect(expected(first, 201)).toMatchObject({
      coupon: { code: 'fair', name: 'Thanks for visiting the fair' },
      points: 50,
      balance: { available: 50, pending: 0 },
    });
    const again = await redeem(shop, member, code, key);
    expect([again.body, again.headers.get('idempotency-replayed')]).toEqual([first.body, 'true']);
    const own = await shop.asMember(await shop.enrol());
    const late = await own.post('/v1/me/coupons/redeem', { code });
    expect(problem(late).code).toBe('coupon_already_used');
    expected(await own.post('/v1/me/coupons/redeem', { code: second }), 201);
    const { postings } = await shop.ledger(member);
    expect(postings[0]).toMatchObject({ kind: 'award', points: 50, exactPoints: '50' });
    const why = await shop.get(`/v1/postings/${postings[0]?.id ?? ''}/explanation`);
    expect(why.body).toMatchObject({
      why: [{ code: 'coupon_redeemed', name: 'Thanks for visiting the fair', detail: 'fair' }],
    });
  });

  it('R62: are refused beyond what one member may have, or the budget, and are still good then', async () => {
    const [a = '', b = ''] = await made('once', 2);
    const member = await shop.enrol();
    expected(await redeem(shop, member, a), 201);
    expect((await redeem(shop, member, b)).body).toMatchObject({
      ...{ code: 'coupon_limit_reached', limit: 1, used: 1 },
    });
    expected(await redeem(shop, await shop.enrol(), b), 201);
    const large = await made('large', 3);
    expected(await redeem(shop, member, large[0] ?? ''), 201);
    expect((await redeem(shop, member, large[1] ?? '')).body).toMatchObject({
      ...{ code: 'gift_limit_reached', limit: 400, used: 250, asked: 200 },
    });
    const few = await made('few', 3);
    const answers: Answer[] = [];
    for (const code of few) answers.push(await redeem(shop, await shop.enrol(), code));
    expect(tally(answers)).toEqual({ '201': 2, '422 budget_spent': 1 });
    const [old = ''] = await made('over', 1);
    expect(problem(await redeem(shop, member, old)).code).toBe('coupon_not_valid');
    const ending = { reference: 'ended', coupon: 'fair', count: 1, until: '2026-01-01T00:00:00Z' };
    const [ended = ''] = (await batch(ending)).codes;
    expect(problem(await redeem(shop, member, ended)).code).toBe('coupon_not_valid');
  });

  it('D15: are guessed at a few times only, and their codes are in no table', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    const member = await shop.enrol();
    const guess = (code: string): Promise<Answer> =>
      shop.post('/v1/coupons/redeem', { member: { id: member }, code }, { headers });
    const statuses: number[] = [];
    for (let n = 0; n < 7; n += 1) statuses.push((await guess('00000-00000-00000-00000')).status);
    expect(statuses).toEqual([404, 404, 404, 404, 404, 429, 429]);
    const [code = ''] = await made('fair', 1);
    expected(await redeem(shop, member, code), 201);
    const tables = await deployment.sql<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    for (const { name } of tables) {
      const like = [`%${code}%`, `%${code.replaceAll('-', '')}%`];
      const found = await deployment.sql(
        `SELECT 1 FROM ${name} t WHERE t::text ILIKE ANY ($1::text[])`,
        [like],
      );
      expect([name, found]).toEqual([name, []]);
    }
  });

  it('D16: one of many who redeem the same coupon at once, on two servers, does', async () => {
    const two = shop.at(deployment.servers[1]?.url ?? '');
    const codes = await made('fair', 12);
    for (const code of codes) {
      const fresh = await Promise.all(Array.from({ length: 6 }, () => shop.enrol()));
      const answers = await Promise.all(
        fresh.map((member, n) => redeem(n % 2 ? two : shop, member, code)),
      );
      expect(tally(answers)).toEqual({ '201': 1, '422 coupon_already_used': 5 });
    }
  });

  it('R62: many coupons of one member at once, on two servers, stay within the caps', async () => {
    const two = shop.at(deployment.servers[1]?.url ?? '');
    const member = await shop.enrol();
    const codes = await made('fair', 9);
    const answers = await Promise.all(
      codes.map((code, n) => redeem(n % 2 ? two : shop, member, code)),
    );
    expect(tally(answers)).toEqual({ '201': 3, '422 coupon_limit_reached': 6 });
    expect((await shop.balance(member)).available).toBe(150);
  });
});
