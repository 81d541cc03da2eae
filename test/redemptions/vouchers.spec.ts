import { randomUUID } from 'node:crypto';
import type { AccrualView } from '../../src/accrual/accrual.views.js';
import type { RedemptionView, RewardView } from '../../src/redemptions/redemptions.views.js';
import type { VoucherView } from '../../src/redemptions/vouchers/vouchers.views.js';
import { Api, aPurchase, daysAgo, expected, problem, type Answer } from '../support/api.js';
import { DAY_MS, TestClock } from '../support/clock.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

const value = { amount: 250, currency: 'GBP' };
const voucher = (code: string, terms: object): object => ({
  ...{ code, name: code, points: 500, value, kind: 'discount_voucher' },
  ...terms,
});
const rewards = [
  voucher('five', {}),
  voucher('here', {
    stock: 9,
    voucher: { usableDays: 10, retailers: ['shop'], minimumPurchase: 1_000 },
  }),
  voucher('kept', { voucher: { usableDays: 10, ifUnused: 'points_back' } }),
] as never[];

let deployment: Deployment;
let shop: Api;
let two: Api;
let corner: Api;
let clock: TestClock;

beforeAll(async () => {
  const env = { JOBS: 'on', TEST_CLOCK: 'on', GUESSES_VOUCHERS: '5/600', TRUST_PROXY: 'loopback' };
  deployment = await deploy({ replicas: 2, env, programme: apiProgramme({ rewards }) });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
  two = shop.at(deployment.servers[1]?.url ?? '');
  corner = shop.as(deployment.credentials.corner);
  clock = new TestClock(shop.as(deployment.credentials.staff));
});

afterAll(async () => {
  expect((await deployment.verify()).differences).toEqual([]);
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

const gbp = (amount: number): { amount: number; currency: string } => ({ amount, currency: 'GBP' });

interface Issued {
  member: string;
  id: string;
  code: string;
}

async function issued(reward = 'five', points = 500): Promise<Issued> {
  const member = await shop.memberWith(points);
  const id = await shop.held(member, reward);
  const view = expected(await shop.end('capture', id), 200);
  return { member, id, code: view.voucher?.code ?? '' };
}

const use = (
  by: Api,
  code: string,
  body: object = {},
  key?: string,
): Promise<Answer<VoucherView>> => by.post(`/v1/vouchers/${code}/use`, body, { key });
const look = async (by: Api, code: string): Promise<VoucherView> =>
  expected(await by.get<VoucherView>(`/v1/vouchers/${code}`), 200);

describe('a voucher', () => {
  it('D11: is issued by its capture, shown there and on replay, and to its member', async () => {
    const member = await shop.memberWith(500);
    const id = await shop.held(member, 'five');
    const held = expected(await shop.get<RedemptionView>(`/v1/redemptions/${id}`), 200);
    expect(held).not.toHaveProperty('voucher');
    const key = randomUUID();
    const captured = expected(await shop.end('capture', id, { key }), 200);
    const { code = '', ...terms } = captured.voucher ?? { usableUntil: '' };
    expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
    expect(terms).toEqual({ ifUnused: 'lost', usableUntil: expect.any(String) as string });
    expect(expected(await shop.end('capture', id, { key }), 200)).toEqual(captured);
    const later = expected(await shop.get<RedemptionView>(`/v1/redemptions/${id}`), 200);
    expect(later.voucher).toEqual(terms);
    const own = await shop.asMember(member);
    const mine = expected(await own.get<RedemptionView>(`/v1/me/redemptions/${id}`), 200);
    expect(mine.voucher).toEqual({ code, ...terms });
    const seen = await look(corner, code);
    expect(seen).toEqual({
      ...{ reward: { code: 'five', name: 'five' }, value: gbp(250), state: 'usable' },
      ...{ usableUntil: terms.usableUntil, takenHere: true, minimumPurchase: null },
    });
  });

  it('D12: is used once, by whoever has its code, and answers the same on replay', async () => {
    const { member, id, code } = await issued();
    const key = randomUUID();
    const sloppy = code.toLowerCase().replaceAll('-', '');
    const used = await use(corner, sloppy, { total: gbp(100) }, key);
    expect(expected(used, 200)).toMatchObject({ redemption: id, state: 'used', value: gbp(250) });
    const again = await use(corner, code, { total: gbp(100) }, key);
    expect(expected(again, 200)).toEqual(used.body);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(problem(await use(shop, code)).code).toBe('voucher_already_used');
    expect(problem(await use(corner, code, {}, key)).code).toBe('idempotency_key_reused');
    expect((await look(shop, code)).state).toBe('used');
    const own = await shop.asMember(member);
    const mine = expected(await own.get<RedemptionView>(`/v1/me/redemptions/${id}`), 200);
    expect(mine).toMatchObject({ state: 'used', voucher: { ifUnused: 'lost' } });
    expect(mine.voucher).not.toHaveProperty('code');
  });

  it('D12: is taken where its terms say so, on a purchase that is large enough', async () => {
    const { code } = await issued('here');
    expect(await look(corner, code)).toMatchObject({
      ...{ takenHere: false, minimumPurchase: gbp(1_000) },
    });
    expect(problem(await use(corner, code, { total: gbp(5_000) })).code).toBe(
      'voucher_not_taken_here',
    );
    expect(await use(shop, code)).toMatchObject({
      status: 422,
      body: { code: 'total_needed', minimum: 1_000, errors: [{ pointer: '/total' }] },
    });
    const euros = { total: { amount: 5_000, currency: 'EUR' } };
    expect(problem(await use(shop, code, euros)).code).toBe('invalid_request');
    expect(problem(await use(shop, code, { total: gbp(999) })).code).toBe('below_minimum_purchase');
    expect(expected(await use(shop, code, { total: gbp(1_000) }), 200).state).toBe('used');
    const listed = expected(await shop.get<RewardView[]>('/v1/rewards'), 200);
    expect(listed.find((each) => each.code === 'here')?.voucher).toEqual({
      ...{ usableDays: 10, retailers: ['shop'], minimumPurchase: gbp(1_000), ifUnused: 'lost' },
    });
  });

  it('D13, R18: comes back with the purchase it was used on, named before or after', async () => {
    const stockOf = async (): Promise<unknown> =>
      expected(await shop.get<RewardView[]>('/v1/rewards'), 200).find(({ code }) => code === 'here')
        ?.stock?.left;
    const before = await stockOf();
    const first = await issued('here');
    expected(await use(shop, first.code, { total: gbp(2_000) }), 200);
    const bought = await shop.purchase({
      ...aPurchase(first.member, { at: daysAgo(3) }),
      redemptions: [first.id],
    });
    const second = await issued('here');
    const earlier = await shop.purchase(aPurchase(second.member, { at: daysAgo(3) }));
    const { purchase } = expected<AccrualView>(earlier, 201);
    const foreign = await use(shop, first.code, { purchase });
    expect(foreign).toMatchObject({ status: 404, body: { code: 'original_not_found' } });
    expected(await use(shop, second.code, { total: gbp(2_000), purchase }), 200);
    for (const [{ member, id }, accrual] of [
      [first, bought],
      [second, earlier],
    ] as const) {
      const of = expected<AccrualView>(accrual, 201).purchase ?? '';
      const back = await shop.post(`/v1/purchases/${of}/returns`, { occurredAt: daysAgo(1) });
      expected(back, 201);
      expect(await shop.balance(member)).toMatchObject({ available: 500, pending: 0, owed: 0 });
      const after = expected(await shop.get<RedemptionView>(`/v1/redemptions/${id}`), 200);
      expect(after.state).toBe('returned');
    }
    expect((await look(shop, first.code)).state).toBe('given_back');
    expect(problem(await use(shop, first.code, { total: gbp(2_000) })).code).toBe(
      'redemption_returned',
    );
    expect(await stockOf()).toBe(before);
  });

  it('D19: is not used on what came back wholly, whoever is first, and its points are not lost', async () => {
    const { member, code } = await issued();
    const bought = await shop.purchase(aPurchase(member, { at: daysAgo(3) }));
    const purchase = expected<AccrualView>(bought, 201).purchase ?? '';
    const path = `/v1/purchases/${purchase}/returns`;
    const some = { occurredAt: daysAgo(2), lines: [{ line: '0', amount: 100 }] };
    expected(await shop.post(path, some), 201);
    expected(await shop.post(path, { occurredAt: daysAgo(1) }), 201);
    const key = randomUUID();
    const refused = await use(shop, code, { purchase }, key);
    expect(refused).toMatchObject({
      ...{ status: 422, body: { code: 'purchase_came_back', errors: [{ pointer: '/purchase' }] } },
    });
    expected(await use(shop, code, {}, key), 200);
    for (let round = 0; round < 6; round += 1) {
      const other = await issued();
      const again = await shop.purchase(aPurchase(other.member, { at: daysAgo(3) }));
      const of = expected<AccrualView>(again, 201).purchase ?? '';
      const [used, back] = await Promise.all([
        use(round % 2 ? shop : two, other.code, { purchase: of }),
        shop.post(`/v1/purchases/${of}/returns`, { occurredAt: daysAgo(1) }),
      ]);
      expected(back, 201);
      const { state } = await look(shop, other.code);
      expect([used.status, state]).toEqual(
        used.status === 200 ? [200, 'given_back'] : [422, 'usable'],
      );
    }
  });

  it('D12: is named by a purchase only once whoever posts it has used it', async () => {
    const { member, id, code } = await issued();
    const naming = (by: Api): Promise<Answer> =>
      by.purchase({ ...aPurchase(member), redemptions: [id] });
    expect(problem(await naming(shop)).code).toBe('redemption_not_usable');
    expected(await use(corner, code), 200);
    expect(problem(await naming(shop)).code).toBe('redemption_not_usable');
    expected(await naming(corner), 201);
    expect(problem(await naming(corner)).code).toBe('redemption_not_usable');
  });

  it('D10: is guessed at a few times only, and a mistyped code is no guess', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.9' };
    const { code } = await issued();
    const swapped = code.startsWith('0') ? code.replace('0', '1') : code.replace(/^./, '0');
    for (let n = 0; n < 9; n += 1) {
      const mistyped = await shop.get(`/v1/vouchers/${swapped}`, { headers });
      expect(mistyped).toMatchObject({ status: 422, body: { code: 'code_mistyped' } });
    }
    const nothing = '00000-00000-00000-00000';
    const guesses: number[] = [];
    for (let n = 0; n < 7; n += 1) {
      const path = `/v1/vouchers/${nothing}`;
      const answer =
        n % 2 ? await shop.get(path, { headers }) : await shop.post(`${path}/use`, {}, { headers });
      guesses.push(answer.status);
    }
    expect(guesses).toEqual([404, 404, 404, 404, 404, 429, 429]);
    expect((await shop.get(`/v1/vouchers/${code}`, { headers })).status).toBe(429);
    expect((await look(shop, code)).state).toBe('usable');
  });

  it('D10: has its code in no table', async () => {
    const { code } = await issued();
    expected(await use(shop, code), 200);
    const tables = await deployment.sql<{ name: string }>(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'`,
    );
    const plain = code.replaceAll('-', '');
    for (const { name } of tables) {
      const rows = await deployment.sql(
        `SELECT 1 FROM ${name} t WHERE t::text ILIKE $1 OR t::text ILIKE $2`,
        [`%${code}%`, `%${plain}%`],
      );
      expect([name, rows]).toEqual([name, []]);
    }
  });
});

/** Last, as it moves the clock. */
describe('a voucher that nobody uses', () => {
  it('D14: lapses by time alone; its points are lost, or back if its terms say so', async () => {
    const [lost, kept] = [await issued('here'), await issued('kept', 700)];
    const [early] = [await issued('kept')];
    expected(await use(shop, early.code), 200);
    expect((await look(shop, kept.code)).state).toBe('usable');
    await clock.forward(12 * DAY_MS);
    for (const { code } of [lost, kept]) {
      expect((await look(shop, code)).state).toBe('lapsed');
      expect(await use(shop, code, { total: gbp(5_000) })).toMatchObject({
        status: 422,
        body: { code: 'voucher_lapsed', until: expect.any(String) as string },
      });
    }
    const availableOnce = async (member: string, wanted: number): Promise<number> => {
      for (let waited = 0; waited < 120; waited += 1) {
        const { available } = await shop.balance(member);
        if (available === wanted) return available;
        await new Promise((done) => setTimeout(done, 250));
      }
      return (await shop.balance(member)).available;
    };
    expect(await availableOnce(kept.member, 700)).toBe(700);
    expect((await shop.balance(lost.member)).available).toBe(0);
    expect((await shop.balance(early.member)).available).toBe(0);
    const own = await shop.asMember(kept.member);
    const mine = expected(await own.get<RedemptionView>(`/v1/me/redemptions/${kept.id}`), 200);
    expect(mine).toMatchObject({ state: 'expired', voucher: { ifUnused: 'points_back' } });
    expect((await look(shop, kept.code)).state).toBe('lapsed');
    expect(problem(await use(shop, kept.code)).code).toBe('voucher_lapsed');
  });
});
