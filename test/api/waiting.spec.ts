import type { AccrualView } from '../../src/accrual/accrual.views.js';
import type { PartnerBlocksView } from '../../src/partner-offers/partners/partners.views.js';
import type { SettlementView } from '../../src/partner-offers/settlement/settlement.views.js';
import type { ReturnView } from '../../src/accrual/returns/returns.views.js';
import type { ForeseenListView } from '../../src/jobs/desk/jobs.views.js';
import type { BalanceView } from '../../src/statements/statements.views.js';
import { runJobs } from '../jobs/running.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { Api, aPurchase, daysAgo, expected, type Answer } from '../support/api.js';
import { apiProgramme, deploy, startServer, type Deployment } from '../support/server.js';

let deployment: Deployment;
let staff: Api;
let corner: Api;
let shop: Api;
let engines: Engine[];
beforeAll(async () => {
  const programme = apiProgramme({
    partners: [
      {
        ...{ code: 'corner', kind: 'partner' },
        terms: { kind: 'prepaid', price: '0.8', whenEmpty: 'queue', alertBelow: 5 },
      },
    ],
  });
  deployment = await deploy({ replicas: 2, programme, env: { JOBS: 'off' } });
  const url = deployment.servers[0]?.url ?? '';
  staff = new Api(url, deployment.credentials.staff);
  corner = new Api(url, deployment.credentials.corner);
  shop = new Api(url, deployment.credentials.shop);
  const { database } = deployment;
  engines = [await startEngine({}, database), await startEngine({}, database)];
});
afterAll(async () => {
  for (const engine of engines) await engine.close();
  await deployment.close();
});

const pay = async (points: number, reader = staff): Promise<Answer> =>
  reader.post('/v1/partners/corner/blocks', { points });

const buy = async (member: string, points: number, at = daysAgo(60)): Promise<AccrualView> =>
  expected(await corner.purchase(aPurchase(member, { amount: points * 100, at })), 201);

const balance = async (member: string, query = ''): Promise<BalanceView> =>
  expected(await shop.get<BalanceView>(`/v1/members/${member}/balance${query}`), 200);

const prepaid = async (): Promise<PartnerBlocksView['prepaid']> =>
  expected(await staff.get<PartnerBlocksView>('/v1/partners/corner'), 200).prepaid;

const giveBack = async (purchase: string | null, amount?: number): Promise<void> => {
  const lines = amount === undefined ? {} : { lines: [{ line: '0', amount }] };
  const body = { occurredAt: daysAgo(1), ...lines };
  expected(await corner.post(`/v1/purchases/${String(purchase)}/returns`, body), 201);
};

async function expectSound(): Promise<void> {
  expect(await deployment.rebuild()).toEqual([]);
  expect((await deployment.verify()).differences).toEqual([]);
}

/** Does what the job does, on two engines of this process at once. */
const work = (): Promise<number> => runJobs(engines, 'waiting-points');

describe('a partner that lets points wait', () => {
  it('O10: has its purchases booked while its block is empty, and all are told what waits', async () => {
    const member = await shop.enrol();
    const preview = await corner.post<AccrualView>(
      '/v1/purchases/preview',
      aPurchase(member, { amount: 6_050 }),
    );
    const bought = expected(await corner.purchase(aPurchase(member, { amount: 6_050 })), 201);
    for (const answer of [expected(preview, 200), bought]) {
      expect(answer).toMatchObject({ points: 0, exactPoints: '0', waiting: '60.5' });
      expect(answer.standing.qualifyingPoints).toBe(60);
      expect(answer.why.at(-1)).toMatchObject({
        ...{ rule: 'waits', code: 'waits_for_partner', points: '-60.5', detail: 'corner' },
      });
    }
    expect(await balance(member)).toMatchObject({ available: 0, pending: 0, waiting: 60 });
    expect(await prepaid()).toMatchObject({ left: 0, waiting: '60.5', waitingPurchases: 1 });
    await giveBack(bought.purchase, 3_000);
    expect(await balance(member)).toMatchObject({ available: 0, owed: 0, waiting: 30 });
    expected(await pay(20), 201);
    expect(await balance(member)).toMatchObject({ available: 20, waiting: 10 });
    await giveBack(bought.purchase, 1_500);
    // What waits goes first, then what was awarded.
    expect(await balance(member)).toMatchObject({ available: 15, owed: 0, waiting: 0 });
    expect(await prepaid()).toMatchObject({ left: 5, waiting: '0', waitingPurchases: 0 });
    await giveBack(bought.purchase);
    expect(await balance(member)).toMatchObject({ available: 0, owed: 0, waiting: 0 });
    expect(await prepaid()).toMatchObject({ left: 20 });
    await expectSound();
  });

  it('O10: awards the oldest first when it pays, as much as it pays for', async () => {
    const [early, late, last] = [await shop.enrol(), await shop.enrol(), await shop.enrol()];
    await buy(last, 20, daysAgo(10));
    await buy(late, 40, daysAgo(40));
    await buy(early, 60, daysAgo(50));
    // The first of them found 20 in the block.
    expect(await balance(last)).toMatchObject({ pending: 20, waiting: 0 });
    expect(await prepaid()).toMatchObject({ left: 0, waiting: '100', waitingPurchases: 2 });
    const before = new Date().toISOString();
    expected(await pay(70), 201);
    expect(await balance(early)).toMatchObject({ available: 60, waiting: 0 });
    expect(await balance(late)).toMatchObject({ available: 10, waiting: 30 });
    expect(await balance(late, `?asOf=${before}`)).toMatchObject({ available: 0, waiting: 40 });
    expect(await balance(late, `?validAt=${daysAgo(20)}`)).toMatchObject({ waiting: 30 });
    expected(await pay(500), 201);
    expect(await balance(late)).toMatchObject({ available: 40, waiting: 0 });
    expect(await prepaid()).toMatchObject({ left: 470, waiting: '0' });
    const month = new Date().toISOString().slice(0, 7);
    const settled = await staff.get<SettlementView>(`/v1/partners/corner/settlements/${month}`);
    const { lines, blocks } = expected(settled, 200);
    const of = (kind: string): number =>
      lines.reduce((sum, line) => (line.kind === kind ? sum + line.points : sum), 0);
    expect([of('issued'), of('awarded'), of('returned'), of('corrected')]).toEqual([
      ...[20, 120, -20, 0],
    ]);
    expect(blocks).toMatchObject({ opening: 0, closing: 470 });
    await expectSound();
  });

  it('O10: lets awarded points expire counted from when they were awarded', async () => {
    const [member, other] = [await shop.enrol(), await shop.enrol()];
    await buy(member, 5_00, daysAgo(50));
    await buy(other, 30, daysAgo(50));
    expect(await balance(other)).toMatchObject({ available: 0, waiting: 30 });
    expected(await pay(1_000), 201);
    const [bought, awarded] = [
      (await balance(member)).nextExpiry,
      (await balance(other)).nextExpiry,
    ];
    const days = (Date.parse(awarded[0]?.at ?? '') - Date.parse(bought[0]?.at ?? '')) / 86_400_000;
    expect(Math.round(days)).toBeGreaterThan(47);
    expect(awarded[0]?.points).toBe(30);
  });

  it('O10: gives to what waits what comes back to the block, and foretells it', async () => {
    const [rich, poor, last] = [await shop.enrol(), await shop.enrol(), await shop.enrol()];
    const { purchase } = await buy(rich, (await prepaid())?.left ?? 0, daysAgo(20));
    await buy(poor, 30);
    await buy(last, 10, daysAgo(55));
    const path = '/v1/jobs/waiting-points/preview?limit=1';
    const look = expected(await staff.get<ForeseenListView>(path), 200);
    const details = { partner: 'corner', waiting: '30' };
    expect(look.items).toMatchObject([{ member: poor, what: 'look', details }]);
    await giveBack(purchase, 2_000);
    const page = expected(await staff.get<ForeseenListView>(path), 200);
    expect(page.items).toMatchObject([{ member: poor, what: 'award', details }]);
    const next = await staff.get<ForeseenListView>(`${path}&cursor=${String(page.next)}`);
    expect(expected(next, 200).items).toMatchObject([{ member: last, details: { waiting: '10' } }]);
    const behind = await staff.get<ForeseenListView>(`${path}&cursor=0.nothing`);
    expect(expected(behind, 200).items).toEqual([]);
    expect(await balance(poor)).toMatchObject({ available: 0, waiting: 30 });
    expect(await work()).toBe(1);
    expect(await balance(poor)).toMatchObject({ available: 20, waiting: 10 });
    expect(await prepaid()).toMatchObject({ left: 0, waiting: '20' });
    // Exchanged for something dearer: what comes back is all that the new purchase has.
    const exchange = { ...aPurchase(poor, { amount: 5_000, at: daysAgo(0) }), member: undefined };
    const answer = await corner.post<ReturnView>(`/v1/purchases/${String(purchase)}/returns`, {
      ...{ occurredAt: daysAgo(0), lines: [{ line: '0', amount: 3_000 }], exchange },
    });
    expect(expected(answer, 201).exchange).toMatchObject({ exactPoints: '30', waiting: '20' });
    expect(await balance(rich)).toMatchObject({ waiting: 20 });
    expected(await pay(40), 201);
    expect(await prepaid()).toMatchObject({ left: 0, waiting: '0' });
    await expectSound();
    expected(await pay(470), 201);
  });

  it('O10: awards each point once and none it has not paid for, over two servers', async () => {
    const members = await Promise.all(Array.from({ length: 20 }, () => shop.enrol()));
    const spare = (await prepaid())?.left ?? 0;
    const urls = deployment.servers.map(({ url }) => url);
    const at = (api: Api, n: number): Api => api.at(urls[n % urls.length] ?? '');
    const booked = async (n: number): Promise<void> => {
      for (;;) {
        const body = aPurchase(members[n % 20] ?? '', { amount: 3_337 });
        const { status } = await at(corner, n).purchase(body);
        if (status === 201) return;
        expect(status).toBe(503);
      }
    };
    await Promise.all(Array.from({ length: 100 }, async (_, n) => booked(n)));
    const total = 33.37 * 100;
    const paid = async (n: number): Promise<void> => {
      expected(await pay(201, at(staff, n)), 201);
    };
    await Promise.all([
      ...Array.from({ length: 8 }, async (_, n) => paid(n)),
      work(),
      ...Array.from({ length: 20 }, async (_, n) => booked(n)),
    ]);
    await work();
    const issued = spare + 8 * 201;
    const now = await prepaid();
    expect(now?.left).toBe(0);
    // Whole points are charged: each member may have a fraction of one that is charged with the next.
    const beyond = total + 20 * 33.37 - issued - Number(now?.waiting);
    expect(beyond).toBeGreaterThanOrEqual(0);
    expect(beyond).toBeLessThan(20);
    await expectSound();
    expected(await pay(10_000), 201);
    expect(await prepaid()).toMatchObject({ waiting: '0', waitingPurchases: 0 });
    const sums = await Promise.all(
      members.map(async (member) => (await balance(member)).available),
    );
    // Six purchases of 33.37 each.
    expect(new Set(sums)).toEqual(new Set([200]));
    await expectSound();
  });

  it('O10: has the rest awarded by the job when the server is killed amid it', async () => {
    const left = (await prepaid())?.left ?? 0;
    const drain = await shop.enrol();
    await buy(drain, left);
    const members = await Promise.all(Array.from({ length: 60 }, () => shop.enrol()));
    await Promise.all(members.map(async (member) => buy(member, 10)));
    const victim = await startServer({ database: deployment.database, env: { JOBS: 'off' } });
    const topUp = pay(450, staff.at(victim.url)).catch(() => undefined);
    for (;;) {
      const { waitingPurchases = 0 } = (await prepaid()) ?? {};
      if (waitingPurchases < 60) break;
    }
    await victim.kill();
    await topUp;
    await work();
    expect(await prepaid()).toMatchObject({ left: 0, waiting: '150', waitingPurchases: 15 });
    expect(await work()).toBe(0);
    await expectSound();
  });
});
