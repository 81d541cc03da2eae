import { randomUUID } from 'node:crypto';
import { RebuildService } from '../../src/ledger/rebuild/rebuild.service.js';
import type { SaleView } from '../../src/transfers/sales/sales.views.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { Api, aPurchase, expected, tally, type Answer } from '../support/api.js';
import { pointSales } from '../support/operations/operation.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

let deployment: Deployment;
let replica: Engine;
let shop: Api;
let urls: string[];

beforeAll(async () => {
  deployment = await deploy({
    replicas: 2,
    programme: apiProgramme({ pointSales }),
    env: { JOBS: 'off' },
  });
  urls = deployment.servers.map(({ url }) => url);
  replica = await startEngine({}, deployment.database);
  shop = new Api(urls[0] ?? '', deployment.credentials.shop);
});
afterAll(async () => {
  await replica.close();
  await deployment.close();
});
afterEach(async () => {
  expect((await deployment.verify()).differences).toEqual([]);
  expect((await replica.context.get(RebuildService).check()).differences).toEqual([]);
  expect(deployment.complaints()).toBe('');
});

const sell = (
  member: string,
  { by = shop, points = 200, reference = randomUUID(), place = 0 } = {},
): Promise<Answer<SaleView>> =>
  by.at(urls[place % 2] ?? '').post<SaleView>('/v1/point-sales', {
    ...{ member: { id: member }, reference, points },
    paid: { amount: 2 * points, currency: 'GBP' },
  });

describe('points sold over HTTP', () => {
  it('X9: a reference sells once, whoever gets the points and wherever it is sent', async () => {
    const [ann, ben] = [await shop.enrol(), await shop.enrol()];
    const reference = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, place) =>
        sell(place % 3 === 0 ? ann : ben, { reference, place }),
      ),
    );
    expect(tally(answers)).toEqual({ 201: 1, '409 duplicate_reference': 19 });
    const purchase = { ...aPurchase(ann), reference };
    expect(tally([await shop.purchase(purchase)])).toEqual({ '409 duplicate_reference': 1 });
    const corner = new Api(shop.url, deployment.credentials.corner);
    expect((await sell(ann, { by: corner, reference })).status).toBe(201);
  });

  it.each([
    ['points', 'points + 1', 'points - 1'],
    ['paid', 'paid + 1', 'paid - 1'],
    ['retailer', "'corner'", "'shop'"],
    ['refund_seq', '7', 'NULL'],
  ])('L26: are held against their postings: another %s is named', async (column, other, own) => {
    const member = await shop.enrol();
    expected(await sell(member), 201);
    const set = async (value: string): Promise<unknown> =>
      deployment.sql(`UPDATE point_sales SET ${column} = ${value} WHERE member_id = $1`, [member]);
    await set(other);
    const { differences } = await replica.context.get(RebuildService).check();
    await set(own);
    expect(differences.map((each) => `${each.table} ${each.column}`)).toContain(
      `point_sales ${column}`,
    );
  });

  it('X9: many sales at once for one member end at the limit of the year', async () => {
    const member = await shop.enrol();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, place) => sell(member, { points: 300, place })),
    );
    expect(tally(answers)).toEqual({ 201: 16, '422 sale_limit_reached': 14 });
    expect((await shop.balance(member)).available).toBe(4_800);
  });

  it('X10: of many refunds at once one is done, and only its retailer can do it', async () => {
    const member = await shop.enrol();
    const { id } = expected(await sell(member), 201);
    const refund = async (by: Api, place: number): Promise<Answer> =>
      by.at(urls[place % 2] ?? '').send('POST', `/v1/point-sales/${id}/refund`, '');
    const corner = new Api(shop.url, deployment.credentials.corner);
    expect(tally([await refund(corner, 0)])).toEqual({ '404 not_found': 1 });
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, place) => refund(shop, place)),
    );
    expect(tally(answers)).toEqual({ 201: 1, '422 points_spent': 19 });
    expect((await shop.balance(member)).available).toBe(0);
  });

  it('X8: need a key that may sell points', async () => {
    const till = new Api(shop.url, deployment.credentials.till);
    const answers = [await sell(await shop.enrol(), { by: till })];
    expect(tally(answers)).toEqual({ '403 forbidden': 1 });
  });
});
