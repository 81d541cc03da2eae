import { setTimeout as pause } from 'node:timers/promises';
import { NestFactory } from '@nestjs/core';
import { KeysService } from '../../src/access/keys.service.js';
import { AppModule } from '../../src/app.module.js';
import { RebuildService } from '../../src/ledger/rebuild/rebuild.service.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import { Secrets } from '../../src/platform/config/secrets.js';
import type {
  PartnerBlocksView,
  PartnersView,
} from '../../src/partner-offers/partners/partners.views.js';
import type { AccrualView } from '../../src/accrual/accrual.views.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { Api, aPurchase, daysAgo, expected, problem, type Answer } from '../support/api.js';
import { apiProgramme, deploy, secrets, type Deployment } from '../support/server.js';
import { partners } from './partner-story.js';

const joint: ProgrammeDocument['earningRules'][number] = {
  ...{ kind: 'per_amount', id: 'joint', name: 'Joint', rate: '1', qualifies: false },
  when: [{ kind: 'category', categories: ['garden'] }],
  funders: [
    { code: 'corner', share: '0.5' },
    { code: 'own', share: '0.5' },
  ],
};

let deployment: Deployment;
let staff: Api;
let corner: Api;
let shop: Api;
beforeAll(async () => {
  const { earningRules } = apiProgramme();
  const programme = apiProgramme({
    earningRules: [...earningRules, joint],
    partners,
  });
  deployment = await deploy({ replicas: 2, programme, env: { JOBS: 'off' } });
  const url = deployment.servers[0]?.url ?? '';
  staff = new Api(url, deployment.credentials.staff);
  corner = new Api(url, deployment.credentials.corner);
  shop = new Api(url, deployment.credentials.shop);
});
afterAll(async () => {
  await deployment.close();
  expect(deployment.complaints()).toBe('');
});

const addBlock = (points: number, key?: string, price?: string): Promise<Answer> =>
  staff.post(
    '/v1/partners/corner/blocks',
    { points, ...(price !== undefined && { price }) },
    { key },
  );

const leftNow = async (reader = staff): Promise<number | undefined> =>
  expected(await reader.get<PartnerBlocksView>('/v1/partners/corner'), 200).prepaid?.left;

/** Rebuilds and verifies; nothing may differ. */
async function expectSound(): Promise<void> {
  const engine = await NestFactory.createApplicationContext(
    AppModule.on({
      settings: parseSettings({ LOG_LEVEL: 'error', JOBS: 'off' }),
      secrets: new Secrets(secrets.HANDLE_SECRET, secrets.TOKEN_SECRET),
      databaseUrl: deployment.database.serverUrl,
    }),
    { logger: false, abortOnError: false },
  );
  try {
    expect((await engine.get(RebuildService).check()).differences).toEqual([]);
  } finally {
    await engine.close();
  }
  expect((await deployment.verify()).differences).toEqual([]);
}

describe('a partner that pays beforehand', () => {
  it('O20: earns nothing for its customers until it has paid, and says so', async () => {
    const member = await shop.enrol();
    const refused = await corner.purchase(aPurchase(member, { amount: 1_000 }));
    expect(problem(refused)).toMatchObject({ status: 422, code: 'partner_block_empty' });
    expect(await leftNow()).toBe(0);
    expect(expected(await addBlock(100, 'first'), 201)).toMatchObject({ n: 1, price: '2' });
    expected(await corner.purchase(aPurchase(member, { amount: 6_000 })), 201);
    expect(await leftNow()).toBe(40);
    expect(problem(await corner.purchase(aPurchase(member, { amount: 4_100 }))).code).toBe(
      'partner_block_empty',
    );
    expected(await corner.purchase(aPurchase(member, { amount: 4_000 })), 201);
    expect(await leftNow()).toBe(0);
  });

  it('O21: is told below its alert value, and sees itself only', async () => {
    const list = expected(await corner.get<PartnersView>('/v1/partners'), 200);
    expect(list.partners).toMatchObject([{ code: 'corner', prepaid: { left: 0, alert: true } }]);
    expect(problem(await corner.get('/v1/partners/travel')).status).toBe(404);
    const all = expected(await staff.get<PartnersView>('/v1/partners'), 200);
    expect(all.partners.map(({ code }) => code)).toEqual(['corner', 'travel']);
  });

  it('O22: pays for a block once, however often it is recorded', async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => addBlock(200, 'again')));
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const replayed = answers.filter(
      ({ headers }) => headers.get('idempotency-replayed') === 'true',
    );
    expect(replayed).toHaveLength(4);
    expect(await leftNow()).toBe(200);
    expect(problem(await addBlock(201, 'again')).code).toBe('idempotency_key_reused');
    expect(problem(await corner.post('/v1/partners/corner/blocks', { points: 1 })).status).toBe(
      403,
    );
    const of = (code: string): Promise<Answer> =>
      staff.post(`/v1/partners/${code}/blocks`, { points: 1 });
    expect(problem(await of('travel')).code).toBe('partner_not_prepaid');
    expect(problem(await of('nobody')).status).toBe(404);
  });

  it('O8: is told with what is bought at it that little is left, and nobody else is', async () => {
    const member = await shop.enrol();
    const before = (await leftNow()) ?? 0;
    expect(before).toBeGreaterThan(60);
    const at = daysAgo(1);
    const buy = async (points: number, key?: string): Promise<Answer<AccrualView>> =>
      corner.purchase(
        aPurchase(member, { amount: points * 100, at, reference: `low/${String(points)}` }),
        key === undefined ? {} : { key },
      );
    expect(expected(await buy(before - 60), 201).partnerBlock).toBeUndefined();
    const preview = await corner.post<AccrualView>(
      '/v1/purchases/preview',
      aPurchase(member, { amount: 1_100, at }),
    );
    const low = { left: 49, alertBelow: 50 };
    expect(expected(preview, 200).partnerBlock).toEqual(low);
    const bought = expected(await buy(11, 'low'), 201);
    expect(bought.partnerBlock).toEqual(low);
    const other = aPurchase(member, { amount: 2_000, category: 'garden' });
    expect(expected(await shop.purchase(other), 201).partnerBlock).toBeUndefined();
    expect(expected(await buy(11, 'low'), 201).partnerBlock).toEqual(low);
    const seen = await Promise.all(
      [`/v1/members/${member}/ledger`, `/v1/postings/${String(bought.posting)}/explanation`].map(
        (path) => corner.get(path),
      ),
    );
    expect(seen.map(({ status }) => status)).toEqual([200, 200]);
    expect(JSON.stringify(seen)).not.toMatch(/alertBelow|partnerBlock/);
    expected(await addBlock(200), 201);
  });

  it('O20: gets back what a return takes back, and pays half of a joint rule elsewhere', async () => {
    const member = await shop.enrol();
    const before = (await leftNow()) ?? 0;
    const bought = expected(
      await shop.purchase(aPurchase(member, { amount: 2_000, category: 'garden', at: daysAgo(1) })),
      201,
    );
    expect(await leftNow()).toBe(before - 10);
    const back = await shop.post(`/v1/purchases/${String(bought.purchase)}/returns`, {
      occurredAt: daysAgo(0),
    });
    expected(back, 201);
    expect(await leftNow()).toBe(before);
    await expectSound();
  });

  it('O20: never uses more than it has paid for, and all of it, over two servers', async () => {
    const spare = (await leftNow()) ?? 0;
    const members = await Promise.all(Array.from({ length: 30 }, () => shop.enrol()));
    const urls = deployment.servers.map(({ url }) => url);
    const outcomes = await Promise.all(
      Array.from({ length: 120 }, async (_, n) => {
        const at = corner.at(urls[n % urls.length] ?? '');
        const member = members[n % members.length] ?? '';
        for (;;) {
          const answer = await at.purchase(aPurchase(member, { amount: 500 }));
          const code = answer.status === 201 ? 'booked' : problem(answer).code;
          if (code !== 'unavailable' && code !== 'overloaded') return code;
        }
      }),
    );
    const booked = outcomes.filter((code) => code === 'booked').length;
    expect(new Set(outcomes)).toEqual(new Set(['booked', 'partner_block_empty']));
    expect(booked).toBe(Math.floor(spare / 5));
    expect(await leftNow()).toBe(spare - booked * 5);
    await expectSound();
  });

  it('O20: previews what it commits', async () => {
    const member = await shop.enrol();
    const purchase = aPurchase(member, { amount: 100_000_00 });
    const preview = await corner.post('/v1/purchases/preview', purchase);
    expect(problem(preview).code).toBe('partner_block_empty');
  });
});

describe('a partner that a later version no longer has', () => {
  it('O20: gets back what is returned of what it paid for', async () => {
    const member = await shop.enrol();
    expected(await addBlock(100), 201);
    const bought = expected(await corner.purchase(aPurchase(member, { amount: 7_000 })), 201);
    const used = async (): Promise<number> => {
      const [row] = await deployment.sql<{ used: string }>(
        "SELECT sum(used) AS used FROM limit_slots WHERE limit_id = 'block/corner'",
      );
      return Number(row?.used);
    };
    const before = await used();
    const document = apiProgramme({ partners: partners.slice(1) });
    const published = await staff.post<{ effectiveAt: string }>('/v1/programme/versions', {
      document,
    });
    const starts = Date.parse(expected(published, 201).effectiveAt);
    await pause(starts - Date.now() + 1_000);
    expect(problem(await staff.get('/v1/partners/corner')).status).toBe(404);
    const back = await corner.post(`/v1/purchases/${String(bought.purchase)}/returns`, {
      occurredAt: daysAgo(0),
    });
    expected(back, 201);
    expect(await used()).toBe(before - 70);
    await expectSound();
  });
});

describe('a retailer of another kind than the programme says', () => {
  it('O23: posts nothing', async () => {
    const engine = await NestFactory.createApplicationContext(
      AppModule.on({
        settings: parseSettings({ LOG_LEVEL: 'error', JOBS: 'off' }),
        secrets: new Secrets(secrets.HANDLE_SECRET, secrets.TOKEN_SECRET),
        databaseUrl: deployment.database.serverUrl,
      }),
      { logger: false, abortOnError: false },
    );
    const made = await engine.get(KeysService).create({
      ...{ retailer: 'travel', retailerKind: 'franchise', scopes: ['all'], createdBy: 'test' },
    });
    await engine.close();
    const member = await shop.enrol();
    const answer = await shop.as(made.key).purchase(aPurchase(member));
    expect(problem(answer)).toMatchObject({ status: 409, code: 'partner_kind_differs' });
  });
});
