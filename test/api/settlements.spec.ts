import { NestFactory } from '@nestjs/core';
import { KeysService } from '../../src/access/keys.service.js';
import { AppModule } from '../../src/app.module.js';
import { fundedText } from '../../src/ledger/history/partner-flows.queries.js';
import type { SettlementView } from '../../src/partner-offers/settlement/settlement.views.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import { Secrets } from '../../src/platform/config/secrets.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { Api, aPurchase, expected, problem, type Answer } from '../support/api.js';
import { apiProgramme, deploy, secrets, type Deployment } from '../support/server.js';
import { partners } from './partner-story.js';

const joint: ProgrammeDocument['earningRules'][number] = {
  ...{ kind: 'per_amount', id: 'joint', name: 'Joint', rate: '1', qualifies: false },
  when: [{ kind: 'category', categories: ['garden'] }],
  funders: [
    { code: 'wheels', share: '0.3' },
    { code: 'own', share: '0.7' },
  ],
};

let deployment: Deployment;
let staff: Api;
let corner: Api;
let wheels: Api;
let shop: Api;
/** Months by the server's clock, which starts in the middle of one. */
let first: string;
let second: string;
let start: Date;
beforeAll(async () => {
  const { earningRules, rewards } = apiProgramme();
  const programme = apiProgramme({
    identity: { ...apiProgramme().identity, timeZone: 'UTC' },
    earningRules: [...earningRules, joint],
    returnWindowDays: 0,
    rewards: [
      ...rewards.map((reward) => ({ ...reward, points: 500 })),
      {
        ...{ code: 'five', name: 'Five', kind: 'discount_voucher', points: 400 },
        value: { amount: 200, currency: 'GBP' },
      },
    ],
    partners: [
      ...partners,
      {
        ...{ code: 'wheels', kind: 'partner' },
        terms: { kind: 'postpaid', price: '0.333333', redemptionPrice: '0.25', share: '0.5' },
      },
    ],
  });
  deployment = await deploy({ programme, env: { JOBS: 'off', TEST_CLOCK: 'on' } });
  const url = deployment.servers[0]?.url ?? '';
  staff = new Api(url, deployment.credentials.staff);
  corner = new Api(url, deployment.credentials.corner);
  shop = new Api(url, deployment.credentials.shop);
  wheels = new Api(url, await keyOf('wheels'));
  start = new Date(Date.now() + 86_400_000 * 40);
  start.setUTCDate(15);
  await clockTo(start);
  const next = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 3));
  first = start.toISOString().slice(0, 7);
  second = next.toISOString().slice(0, 7);
});
afterAll(async () => {
  await deployment.close();
  expect(deployment.complaints()).toBe('');
});

async function keyOf(retailer: string): Promise<string> {
  const engine = await NestFactory.createApplicationContext(
    AppModule.on({
      settings: parseSettings({ LOG_LEVEL: 'error', JOBS: 'off' }),
      secrets: new Secrets(secrets.HANDLE_SECRET, secrets.TOKEN_SECRET),
      databaseUrl: deployment.database.serverUrl,
    }),
    { logger: false, abortOnError: false },
  );
  try {
    const made = await engine
      .get(KeysService)
      .create({ retailer, retailerKind: 'partner', scopes: ['all'], createdBy: 'test' });
    return made.key;
  } finally {
    await engine.close();
  }
}

async function clockTo(now: Date): Promise<void> {
  const answer = await staff.send('PUT', '/v1/test-clock', JSON.stringify({ now }));
  expected(answer, 200);
}

const at = (hours: number): string => new Date(start.getTime() - hours * 3_600_000).toISOString();

const statement = async (code: string, month: string, reader = staff): Promise<SettlementView> =>
  expected(await reader.get<SettlementView>(`/v1/partners/${code}/settlements/${month}`), 200);

const buy = async (from: Api, member: string, amount: number, category = 'home'): Promise<string> =>
  String(
    expected(await from.purchase(aPurchase(member, { amount, category, at: at(5) })), 201).purchase,
  );

const giveBack = (from: Api, purchase: string, occurredAt: string): Promise<Answer> =>
  from.post(`/v1/purchases/${purchase}/returns`, { occurredAt });

/** What came to be on accounts of the ledger. */
async function issued(): Promise<{ all: number; own: number }> {
  const [row] = await deployment.sql<{ all: string; own: string }>(
    `SELECT sum(CASE WHEN debit = 'issued' AND credit = 'points' THEN amount
                     WHEN credit = 'issued' AND debit IN ('points', 'owed') THEN -amount
                     ELSE 0 END) AS all,
            sum(CASE WHEN debit = 'issued' THEN amount WHEN credit = 'issued' THEN -amount
                     ELSE 0 END) AS own
       FROM entries`,
  );
  return { all: Number(row?.all), own: Number(row?.own) };
}

const paid = ({ lines }: SettlementView): number =>
  lines.reduce((sum, { kind, points }) => sum + (kind === 'redeemed' ? 0 : points), 0);

describe('the statement of a month', () => {
  let late: string;
  let printed: string;

  it('O25: is what the ledger says was issued, returned and redeemed, with the own the whole', async () => {
    const member = await shop.enrol();
    for (const points of [300, 200]) {
      expected(await staff.post('/v1/partners/corner/blocks', { points }), 201);
    }
    await buy(corner, member, 35_000);
    late = await buy(wheels, member, 100_100);
    const back = await buy(wheels, member, 20_000);
    await buy(shop, member, 10_000, 'garden');
    expected(await giveBack(wheels, back, at(1)), 201);
    const hold = await wheels.held(member);
    expected(await wheels.end('capture', hold), 200);
    const ofWheels = await statement('wheels', first);
    expect(ofWheels.lines.map(({ kind, points, amount }) => [kind, points, amount])).toEqual([
      // 1001 and 200 by half, three tenths of 100.
      ['issued', 630, '209.99979'],
      ['returned', -100, '-33.3333'],
      ['redeemed', 500, '-125'],
    ]);
    expect(ofWheels).toMatchObject({ closed: false, exactBalance: '51.66649', balance: 52 });
    const ofCorner = await statement('corner', first);
    expect(ofCorner.blocks).toMatchObject({
      ...{ opening: 0, closing: 150, alert: false },
      added: [
        { n: 1, points: 300, price: '2', amount: '600' },
        { n: 2, points: 200, amount: '400' },
      ],
      consumed: [
        { n: 1, points: 300 },
        { n: 2, points: 50, amount: '100' },
      ],
    });
    expect(ofCorner).toMatchObject({ balance: 1_000 });
    const { all, own } = await issued();
    expect(paid(ofWheels) + paid(ofCorner) + own).toBe(all);
  });

  it('O24: never changes once it is closed; what comes later is in a later one', async () => {
    const before = await statement('wheels', first);
    const later = new Date(`${second}-03T00:00:00Z`);
    await clockTo(later);
    const closed = await statement('wheels', first);
    printed = JSON.stringify(closed);
    expect(printed).toBe(JSON.stringify(before).replace('"closed":false', '"closed":true'));
    expected(await giveBack(wheels, late, later.toISOString()), 201);
    expect(JSON.stringify(await statement('wheels', first))).toBe(printed);
    expect((await statement('wheels', second)).lines).toMatchObject([
      { kind: 'returned', points: -500 },
    ]);
    const corners = await statement('corner', second);
    expect(corners.blocks).toMatchObject({ opening: 150, closing: 150, added: [], consumed: [] });
    const { all, own } = await issued();
    const months = await Promise.all(
      [first, second].flatMap((month) =>
        ['wheels', 'corner'].map((code) => statement(code, month)),
      ),
    );
    expect(months.reduce((sum, each) => sum + paid(each), own)).toBe(all);
  });

  it('O25: gives back to each retailer what was redeemed at it, though one return brings all', async () => {
    const member = await shop.enrol();
    await buy(shop, member, 200_000);
    const redeemed = async (): Promise<number[]> =>
      (await statement('wheels', second)).lines.flatMap(({ kind, points }) =>
        kind === 'redeemed' ? [points] : [],
      );
    const bought = await shop.held(member, 'five');
    const { code = '' } = expected(await shop.end('capture', bought), 200).voucher ?? {};
    const own = await wheels.held(member);
    expected(await wheels.end('capture', own), 200);
    expect(await redeemed()).toEqual([500]);
    expected(await wheels.post(`/v1/vouchers/${code}/use`, {}), 200);
    const body = aPurchase(member, { amount: 9_000, at: at(4) });
    const redemptions = [bought, own];
    const booked = expected(await wheels.purchase({ ...body, redemptions }), 201);
    // Its own, and the voucher that the shop gave out and it took.
    expect(await redeemed()).toEqual([900]);
    const now = `${second}-03T00:00:00Z`;
    expected(await giveBack(wheels, String(booked.purchase), now), 201);
    expect(await redeemed()).toEqual([0]);
  });

  it("O21: is a partner's own and the staff's, and no other's", async () => {
    expect(JSON.stringify(await statement('wheels', first, wheels))).toBe(printed);
    const other = (reader: Api, code: string): Promise<Answer> =>
      reader.get(`/v1/partners/${code}/settlements/${first}`);
    expect(problem(await other(corner, 'wheels')).status).toBe(404);
    expect(problem(await other(staff, 'nobody')).status).toBe(404);
    const till = shop.as(deployment.credentials.till);
    expect(problem(await other(till, 'wheels')).status).toBe(403);
    const month = (name: string): Promise<Answer> =>
      staff.get(`/v1/partners/wheels/settlements/${name}`);
    expect(problem(await month('2026-13')).code).toBe('invalid_request');
    expect(problem(await month('2099-01')).code).toBe('period_in_future');
  });

  it('O25: reads the entries of the partner by their index, and no others', async () => {
    await deployment.sql('SET enable_seqscan = off');
    const plan = await deployment.sql<{ 'QUERY PLAN': string }>(`EXPLAIN ${fundedText}`, [
      ...['partner:wheels', new Date(0), new Date()],
    ]);
    const text = plan.map((row) => row['QUERY PLAN']).join('\n');
    expect(text).toContain('partner_entries');
    expect(text).not.toContain('Seq Scan on entries');
  });

  it('O27: is a table or a page for who asks for one', async () => {
    const path = `${staff.url}/v1/partners/wheels/settlements/${first}`;
    const get = (query: string, accept: string): Promise<Response> =>
      fetch(`${path}${query}`, {
        headers: { accept, authorization: `Bearer ${deployment.credentials.staff}` },
      });
    const csv = await get('', 'text/csv');
    expect(csv.headers.get('content-type')).toMatch(/^text\/csv; charset=utf-8/);
    const table = await csv.text();
    expect(table.split('\r\n')).toEqual(
      expect.arrayContaining([
        'entry,terms,block,points,price,amount,currency',
        'returned,postpaid,,-100,0.333333,-33.3333,GBP',
        'balance,,,,,52,GBP',
        '',
      ]),
    );
    const amounts = table.split('\r\n').map((row) => row.split(',')[5] ?? '');
    const [exact, ...parts] = amounts.slice(1, -2).reverse();
    expect(parts.reduce((sum, each) => sum + Number(each), 0)).toBeCloseTo(Number(exact), 6);
    expect(await (await get('?format=csv', '*/*')).text()).toBe(table);
    const page = await get('', 'text/html');
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const text = await page.text();
    expect(text).toContain(`<h1>Settlement ${first}: wheels</h1>`);
    expect(text).toContain('Closed: it will always read the same.');
    const other = await staff.get(`/v1/partners/wheels/settlements/${first}?format=pdf`);
    expect(problem(other).code).toBe('invalid_request');
  });
});
