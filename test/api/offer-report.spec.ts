import { NestFactory } from '@nestjs/core';
import { AppModule } from '../../src/app.module.js';
import type { LiveOffersView } from '../../src/partner-offers/offers/offers.views.js';
import { OfferReviewService } from '../../src/partner-offers/review/offer-review.service.js';
import type { OfferReportView } from '../../src/partner-offers/review/offer-report.views.js';
import { Secrets } from '../../src/platform/config/secrets.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import type { Offer } from '../../src/programmes/document.js';
import { isHeldOut } from '../../src/rules/offers/standing.js';
import { aPurchase, Api, daysAgo, expected } from '../support/api.js';
import { apiProgramme, deploy, secrets, type Deployment } from '../support/server.js';
import { openOffice, type Office } from '../support/staff.js';

const MEMBERS = 90;
const day = (ago: number): string => daysAgo(ago).slice(0, 10);
const today = day(0);
const next = new Date(Date.now() + 10 * 86_400_000).toISOString().slice(0, 10);

const offer = (code: string, more: Partial<Offer>): Offer => ({
  ...{ code, name: code, audience: { kind: 'all' }, from: day(5), until: next },
  ...{ pays: { kind: 'per_amount', rate: '1' }, holdoutShare: '0.5' },
  stopRule: { firstLook: today, minimumMembers: 30, leastShareOfGoal: '0.5' },
  ...more,
});
const programme = apiProgramme({
  earningRules: [{ kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' }],
  rewards: [],
  offers: [
    offer('good', {
      goal: { kind: 'uptake', share: '0.9', by: next },
      guardrails: [{ kind: 'return_share', most: '0.5' }],
      budget: { points: 1_000_000, pricePerPoint: '0.5' },
    }),
    offer('dull', {
      goal: { kind: 'uptake', share: '0.5', by: next },
      when: [{ kind: 'location', locations: ['nowhere'] }],
    }),
    offer('early', {
      goal: { kind: 'uptake', share: '0.5', by: next },
      when: [{ kind: 'location', locations: ['nowhere'] }],
      stopRule: { firstLook: next, minimumMembers: 30, leastShareOfGoal: '0.5' },
    }),
  ],
});

let deployment: Deployment;
let shop: Api;
let office: Office;
let staff: Api;
let members: string[];

beforeAll(async () => {
  deployment = await deploy({ programme, env: { JOBS: 'off' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
  office = await openOffice(deployment);
  staff = await office.hire('marketer');
  members = await Promise.all(Array.from({ length: MEMBERS }, () => shop.enrol()));
});

afterAll(async () => {
  await office.close();
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

const report = async (code: string): Promise<OfferReportView> =>
  expected(await staff.get<OfferReportView>(`/v1/offers/${code}/report`), 200);

/** What the nightly job does, by an engine beside the server. */
async function review(): Promise<number> {
  const context = await NestFactory.createApplicationContext(
    AppModule.on({
      settings: parseSettings({ LOG_LEVEL: 'error', JOBS: 'off' }),
      secrets: new Secrets(secrets.HANDLE_SECRET, secrets.TOKEN_SECRET),
      databaseUrl: deployment.database.serverUrl,
    }),
    { logger: false, abortOnError: false },
  );
  try {
    return await context.get(OfferReviewService).reviewDue();
  } finally {
    await context.close();
  }
}

it('O31: an offer’s report is what its members did, beside those who are held out', async () => {
  const out = members.filter((member) => isHeldOut(member, 'good', 500_000));
  const reached = members.filter((member) => !out.includes(member));
  // Those reached buy for 20, two of them bring it back; of those held out every third buys for 10.
  for (const [n, member] of reached.entries()) {
    const bought = expected(
      await shop.purchase(aPurchase(member, { at: daysAgo(1), amount: 2_000 })),
      201,
    );
    if (n >= 2) continue;
    const back = { occurredAt: daysAgo(0) };
    expected(await shop.post(`/v1/purchases/${bought.purchase ?? ''}/returns`, back), 201);
  }
  const buyers = out.filter((_, n) => n % 3 === 0);
  for (const member of buyers) {
    expected(await shop.purchase(aPurchase(member, { at: daysAgo(1), amount: 1_000 })), 201);
  }
  const before = aPurchase(members[0] ?? '', { at: daysAgo(20), amount: 99_000 });
  expected(await shop.purchase(before), 201);
  const found = await report('good');
  const kept = reached.length - 2;
  expect(found).toMatchObject({
    ...{ code: 'good', currency: 'GBP', verdict: 'goes_on', why: null },
    members: { reached: reached.length, heldOut: out.length, used: reached.length, uptake: '1' },
    use: { paid: reached.length, points: String(kept * 20), cost: kept * 10 },
  });
  expect(Number(found.use.returnShare)).toBeCloseTo(2 / reached.length, 5);
  expect(Number(found.netSpend.reached)).toBeCloseTo((kept * 2_000) / reached.length, 1);
  expect(Number(found.netSpend.heldOut)).toBeCloseTo((buyers.length * 1_000) / out.length, 1);
  const added = Number(found.netSpend.reached) - Number(found.netSpend.heldOut);
  expect(Number(found.netSpend.uplift)).toBeCloseTo(added, 1);
  expect(Number(found.netSpend.low)).toBeLessThan(added);
  expect(Number(found.netSpend.high)).toBeGreaterThan(added);
  expect((await staff.get('/v1/offers/none/report')).status).toBe(404);
  expect((await (await office.hire('viewer')).get('/v1/offers/good/report')).status).toBe(403);
});

it('O32, O33: one that fails pauses itself, once, and says why; who lets it go on is heard', async () => {
  const { verdict, why } = await report('dull');
  expect([verdict, why]).toEqual(['fails', expect.stringContaining('out of reach: 0 % of')]);
  expect(await review()).toBe(1);
  const { offers } = expected(await staff.get<LiveOffersView>('/v1/offers'), 200);
  expect(offers.map(({ code, state }) => [code, state])).toEqual([
    ['good', 'running'],
    ['dull', 'paused'],
    ['early', 'running'],
  ]);
  expect(offers[1]?.pauseReason).toBe(why);
  const log = `SELECT actor, action, details FROM audit_log WHERE subject = 'offer/dull' ORDER BY at`;
  expect(await deployment.sql(log)).toEqual([
    { actor: 'fealty', action: 'offer.paused', details: { reason: why } },
  ]);
  expect(await review()).toBe(0);
  expected(await staff.post('/v1/offers/dull/resume', { reason: 'Until the sale.' }), 200);
  expect(await review()).toBe(0);
  await deployment.sql(`UPDATE offer_pauses SET resumed_at = resumed_at - interval '8 days',
                                               paused_at = paused_at - interval '9 days'`);
  expect(await review()).toBe(1);
});
