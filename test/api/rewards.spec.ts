import type {
  QuoteView,
  RedemptionView,
  RewardView,
} from '../../src/redemptions/redemptions.views.js';
import type { AccrualView } from '../../src/accrual/accrual.views.js';
import { Api, aPurchase, daysAgo, expected, problem, type Answer } from '../support/api.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

let deployment: Deployment;
let shop: Api;

const value = { amount: 250, currency: 'GBP' };
const rewards = [
  { code: 'parcel', name: 'Parcel', points: 400, value, stock: 1, delivered: true },
  { code: 'voucher', name: 'Voucher', points: 500, value },
  { code: 'mug', name: 'Mug', points: 100, value: { ...value, amount: 50 }, stock: 2 },
  { code: 'gone', name: 'Gone', points: 100, value: { ...value, amount: 50 }, until: '2025-12-31' },
  {
    code: 'to-come',
    name: 'To come',
    points: 100,
    value: { ...value, amount: 5 },
    from: '2090-01-01',
  },
];
const tender = { rate: '0.5', minimumPoints: 20, step: 10, maximumShare: '0.5' };

beforeAll(async () => {
  deployment = await deploy({ env: { JOBS: 'off' }, programme: apiProgramme({ rewards, tender }) });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
});

afterAll(async () => {
  expect((await deployment.verify()).differences).toEqual([]);
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

const gbp = (amount: number): { amount: number; currency: string } => ({ amount, currency: 'GBP' });
const paying = (member: string, points: number, total: number): object => ({
  member: { id: member },
  tender: { points, total: gbp(total) },
});
const hold = (body: object): Promise<Answer<RedemptionView>> => shop.post('/v1/redemptions', body);

describe('a stock', () => {
  it('D5: is shown with what is left, given out to the last, and refilled by a release', async () => {
    const left = async (): Promise<unknown> => {
      const answer = await shop.get<RewardView[]>('/v1/rewards');
      return expected(answer, 200).find(({ code }) => code === 'mug')?.stock;
    };
    const member = await shop.memberWith(1_000);
    expect(await left()).toEqual({ total: 2, left: 2 });
    const first = await shop.held(member, 'mug');
    await shop.held(member, 'mug');
    expect(await left()).toEqual({ total: 2, left: 0 });
    const quote = { member: { id: member }, reward: 'mug' };
    expect(problem(await shop.post('/v1/redemptions/quote', quote)).code).toBe('out_of_stock');
    expect(problem(await shop.hold(member, {}, 'mug')).code).toBe('out_of_stock');
    expected(await shop.end('release', first), 200);
    expect(await left()).toEqual({ total: 2, left: 1 });
    await shop.held(member, 'mug');
  });

  it('D6: a reward is listed until its last day, and had from its first', async () => {
    const listed = expected(await shop.get<RewardView[]>('/v1/rewards'), 200);
    expect(listed.map(({ code }) => code)).toEqual(['mug', 'to-come', 'parcel', 'voucher']);
    expect(listed[1]).toMatchObject({ kind: 'product', from: '2090-01-01T00:00:00.000Z' });
    const member = await shop.memberWith(1_000);
    for (const code of ['gone', 'to-come']) {
      expect(problem(await shop.hold(member, {}, code)).code).toBe('reward_not_available');
    }
  });
});

describe('points that pay', () => {
  it('D7: are quoted, held, captured for what is paid, and come back with their share', async () => {
    const member = await shop.memberWith(1_000);
    const quoted = await shop.post<QuoteView>('/v1/redemptions/quote', paying(member, 400, 1_000));
    expect(expected(quoted, 200)).toMatchObject({ reward: null, points: 400, value: gbp(200) });
    const held = expected(await hold(paying(member, 400, 1_000)), 201);
    expect(held).toMatchObject({ reward: null, points: 400, pays: gbp(200), state: 'held' });
    const path = `/v1/redemptions/${held.id}/capture`;
    const captured = await shop.post<RedemptionView>(path, { amount: gbp(150) });
    expect(expected(captured, 200)).toMatchObject({
      ...{ points: 300, pays: gbp(150), state: 'captured' },
      balance: { available: 700, held: 0 },
    });
    const tenders = [
      { kind: 'points', amount: 150 },
      { kind: 'card', amount: 850 },
    ];
    const lines = [
      { id: 'a', category: 'home', quantity: 1, amount: 400 },
      { id: 'b', category: 'home', quantity: 1, amount: 600 },
    ];
    const purchase = { ...aPurchase(member, { at: daysAgo(2) }), total: gbp(1_000), lines };
    const untold = await shop.purchase({ ...purchase, redemptions: [held.id] });
    expect(untold).toMatchObject({ status: 422, body: { code: 'points_tender_differs' } });
    const booked = await shop.purchase({ ...purchase, tenders, redemptions: [held.id] });
    const { points, purchase: bought } = expected<AccrualView>(booked, 201);
    // 8.50 of 10 pounds were not paid by points.
    expect(points).toBe(8);
    const back = (line?: string): Promise<Answer> =>
      shop.post(`/v1/purchases/${bought ?? ''}/returns`, {
        occurredAt: daysAgo(1),
        ...(line !== undefined && { lines: [{ line }] }),
      });
    expected(await back('a'), 201);
    expect((await shop.balance(member)).available).toBe(820);
    expected(await back(), 201);
    expect(await shop.balance(member)).toMatchObject({ available: 1_000, pending: 0, owed: 0 });
    const after = expected(await shop.get<RedemptionView>(`/v1/redemptions/${held.id}`), 200);
    expect(after).toMatchObject({ state: 'returned', points: 300 });
  });

  it('D7: are asked for instead of a reward, in the money of the programme', async () => {
    const member = await shop.memberWith(1_000);
    const both = { ...paying(member, 100, 1_000), reward: 'voucher' };
    for (const body of [both, { member: { id: member } }]) {
      expect(await hold(body)).toMatchObject({
        status: 400,
        body: { code: 'invalid_request', errors: [{ code: 'reward_or_tender' }] },
      });
    }
    const foreign = {
      member: { id: member },
      tender: { points: 100, total: { amount: 900, currency: 'EUR' } },
    };
    expect(await hold(foreign)).toMatchObject({
      body: { errors: [{ pointer: '/tender/total/currency', code: 'currency_mismatch' }] },
    });
    expect(await hold(paying(member, 100, 90))).toMatchObject({
      status: 422,
      body: { code: 'tender_above_share', amount: 50, maximum: 45 },
    });
  });
});

describe('a delivery', () => {
  const report = (id: string, state: string): Promise<Answer<RedemptionView>> =>
    shop.post(`/v1/redemptions/${id}/delivery`, { state });

  it('D8: that fails gives the points and the stock back, and is over', async () => {
    const member = await shop.memberWith(1_000);
    const id = await shop.held(member, 'parcel');
    expect(problem(await report(id, 'sent')).code).toBe('not_on_its_way');
    expect(expected(await shop.end('capture', id), 200).delivery).toBe('pending');
    expect(expected(await report(id, 'sent'), 200)).toMatchObject({
      ...{ state: 'captured', delivery: 'sent' },
      balance: { available: 600 },
    });
    expect(problem(await shop.hold(member, {}, 'parcel')).code).toBe('out_of_stock');
    expect(expected(await report(id, 'failed'), 200)).toMatchObject({
      ...{ state: 'released', delivery: 'failed' },
      balance: { available: 1_000, held: 0 },
    });
    expect(problem(await report(id, 'delivered')).code).toBe('not_on_its_way');
    const again = await shop.held(member, 'parcel');
    expected(await shop.end('capture', again), 200);
    expected(await report(again, 'delivered'), 200);
    expect(problem(await report(again, 'failed'))).toMatchObject({
      ...{ code: 'delivery_is_over', delivery: 'delivered' },
    });
    expect((await shop.balance(member)).available).toBe(600);
    const page = await shop.ledger(member);
    expect(page.postings.find(({ kind }) => kind === 'release')?.points).toBe(400);
  });

  it('D8: is none of a reward that is handed over', async () => {
    const member = await shop.memberWith(500);
    const id = await shop.held(member);
    expect(expected(await shop.end('capture', id), 200).delivery).toBeUndefined();
    expect(problem(await report(id, 'failed')).code).toBe('not_on_its_way');
  });
});
