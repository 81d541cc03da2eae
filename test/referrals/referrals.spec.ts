import { randomUUID } from 'node:crypto';
import { RebuildService } from '../../src/ledger/rebuild/rebuild.service.js';
import type { OwnClaimView, ReferralsView } from '../../src/referrals/referrals.views.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { Api, aPurchase, expected, problem, tally } from '../support/api.js';
import { DAY_MS, TestClock } from '../support/clock.js';
import { runJobs } from '../jobs/running.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

const household = (name: string): string => `household-hash-${name}`;

let deployment: Deployment;
let replicas: [Engine, Engine];
let shop: Api;
let clock: TestClock;

beforeAll(async () => {
  const programme = apiProgramme({
    referral: {
      friendPoints: 20,
      referrerPoints: 30,
      minimumAmount: 2_000,
      claimDays: 7,
      qualifyDays: 90,
      caps: { month: 2, year: 20, lifetime: 40 },
      budget: 1_000,
      takeBackDays: 60,
    },
  });
  const env = { JOBS: 'off', TEST_CLOCK: 'on', GUESSES_VOUCHERS: '5/3600' };
  deployment = await deploy({ programme, env });
  const { database, credentials, servers } = deployment;
  replicas = [await startEngine({}, database), await startEngine({}, database)];
  const url = servers[0]?.url ?? '';
  shop = new Api(url, credentials.shop);
  clock = new TestClock(new Api(url, credentials.staff));
}, 120_000);
afterAll(async () => {
  for (const replica of replicas) await replica.close();
  await deployment.close();
});
afterEach(async () => {
  expect((await deployment.verify()).differences).toEqual([]);
  expect((await replicas[0].context.get(RebuildService).check()).differences).toEqual([]);
  expect(deployment.complaints()).toBe('');
});

/** What the job does, on two replicas at once. */
const settle = async (): Promise<number> => runJobs(replicas, 'referral-payments');

async function referralsOf(member: string): Promise<ReferralsView> {
  return expected(await (await shop.asMember(member)).get<ReferralsView>('/v1/me/referrals'), 200);
}

async function buy(member: string, signals: object = {}): Promise<string> {
  const at = new Date(await clock.now()).toISOString();
  const purchase = {
    ...aPurchase(member, { amount: 3_000, at, reference: randomUUID() }),
    ...signals,
  };
  return String(expected(await shop.purchase(purchase), 201).purchase);
}

/** Two purchases on two days, and their return windows over. */
async function stay(member: string, signals: object = {}): Promise<string> {
  await buy(member, signals);
  await clock.forward(DAY_MS);
  const second = await buy(member);
  await clock.forward(32 * DAY_MS);
  return second;
}

async function points(member: string): Promise<number> {
  const { available, pending } = await shop.balance(member);
  return available + pending;
}

describe('referrals over HTTP', () => {
  it('F1, F6: pay both once when the friend has stayed, and are taken back with a return', async () => {
    const anna = await shop.enrol();
    const { code, offer } = await referralsOf(anna);
    expect(offer).toEqual({ friendPoints: 20, referrerPoints: 30, minimumAmount: 2_000 });
    expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect((await referralsOf(anna)).code).toBe(code);
    const ben = await shop.enrol({ referralCode: code.toLowerCase().replaceAll('-', ' ') });
    await buy(ben);
    expect(await settle()).toBe(0);
    await clock.forward(DAY_MS);
    const second = await buy(ben);
    expect(await settle()).toBe(0);
    expect((await referralsOf(ben)).own?.dueAt).toBeDefined();
    await clock.forward(32 * DAY_MS);
    expect(await settle()).toBe(1);
    expect([await points(anna), await points(ben)]).toEqual([30, 60 + 20]);
    expect((await referralsOf(anna)).friends).toMatchObject([{ state: 'paid', points: 30 }]);
    expect(await settle()).toBe(0);
    const occurredAt = new Date(await clock.now()).toISOString();
    expected(await shop.post(`/v1/purchases/${second}/returns`, { occurredAt }), 201);
    expect(await settle()).toBe(1);
    expect([await points(anna), await points(ben)]).toEqual([0, 30]);
    expect((await referralsOf(anna)).friends).toMatchObject([{ state: 'taken_back', points: 0 }]);
  });

  it('F8: a code is claimed once, soon, by another one, and not back', async () => {
    const [anna, ben] = [await shop.enrol(), await shop.enrol()];
    const [own, other] = [await shop.asMember(anna), await shop.asMember(ben)];
    const [{ code: annas }, { code: bens }] = [await referralsOf(anna), await referralsOf(ben)];
    const claim = (
      who: Api,
      code: string,
    ): Promise<{ status: number; headers: Headers; body: OwnClaimView }> =>
      who.post<OwnClaimView>('/v1/me/referrals/claim', { code });
    expect(problem(await claim(own, annas)).code).toBe('own_referral_code');
    expect(expected(await claim(other, annas), 201).state).toBe('waiting');
    expect(problem(await claim(other, annas)).code).toBe('referral_claimed');
    expect(problem(await claim(own, bens)).code).toBe('referral_circle');
    await clock.forward(8 * DAY_MS);
    const carl = await shop.enrol();
    const { code } = await referralsOf(carl);
    expect(problem(await claim(own, code)).code).toBe('referral_too_late');
  });

  it('F8: an enrolment with a code of nobody enrols nobody, and guessing ends soon', async () => {
    const count = async (): Promise<unknown> =>
      deployment.sql('SELECT count(*)::int AS members FROM members');
    const before = await count();
    const consent = {
      textVersion: '1',
      act: 'signed_form',
      channel: 'store',
      at: new Date().toISOString(),
    };
    const answers = [];
    const corner = new Api(shop.url, deployment.credentials.corner);
    for (let n = 0; n < 8; n += 1) {
      const referralCode = `0000-0000-0000-000${String(n)}`;
      answers.push(await corner.post('/v1/members', { consent, referralCode }));
    }
    expect(tally(answers)).toMatchObject({ '422 unknown_referral_code': 5, '429 rate_limited': 3 });
    expect(await count()).toEqual(before);
  });

  it('F3: pay nobody in the same household, on the same card, or with the same e-mail', async () => {
    const same = { signals: { household: household('one') } };
    const anna = await shop.enrol({ ...same, email: `Ann.Lee@example.com` });
    const { code: referralCode } = await referralsOf(anna);
    const friends = [
      await shop.enrol({ referralCode, signals: { household: household('one') } }),
      await shop.enrol({ referralCode, email: 'annlee+2@example.com' }),
      await shop.enrol({ referralCode }),
    ];
    const [one = '', two = '', three = ''] = friends;
    await buy(anna, { signals: { payment: 'payment-token-hash-1' } });
    for (const friend of [one, two]) await buy(friend);
    await buy(three, { signals: { payment: 'payment-token-hash-1' } });
    await clock.forward(DAY_MS);
    for (const friend of friends) await buy(friend);
    await clock.forward(32 * DAY_MS);
    expect(await settle()).toBe(0);
    for (const friend of friends) {
      expect((await referralsOf(friend)).own).toMatchObject({
        state: 'ended',
        reason: 'not_eligible',
      });
    }
    const kept = await deployment.sql<{ text: string }>(
      'SELECT s::text AS text FROM member_signals s',
    );
    expect(kept.length).toBeGreaterThan(2);
    expect(kept.filter(({ text }) => text.includes('household-hash'))).toEqual([]);
  });

  it('F4, F5: many friends at once are paid within the caps and the budget', async () => {
    const referrers = await Promise.all([1, 2, 3, 4].map(() => shop.enrol()));
    const friends: string[] = [];
    for (const referrer of referrers) {
      const { code: referralCode } = await referralsOf(referrer);
      for (let n = 0; n < 4; n += 1) friends.push(await shop.enrol({ referralCode }));
    }
    for (const friend of friends) await buy(friend);
    await clock.forward(DAY_MS);
    for (const friend of friends) await buy(friend);
    await clock.forward(32 * DAY_MS);
    expect(await settle()).toBe(friends.length);
    expect(await Promise.all(referrers.map(points))).toEqual([60, 60, 60, 60]);
    const [used] = await deployment.sql<{ used: number }>(
      `SELECT sum(used)::int AS used FROM limit_slots WHERE limit_id = 'referral/budget'`,
    );
    expect(used?.used).toBe(4 * 2 * 30 + friends.length * 20);
  });

  it('F3: pay nobody in a circle, however many are in it', async () => {
    const members: string[] = [];
    for (let n = 0; n < 40; n += 1) members.push(await shop.enrol());
    const [first = '', second = ''] = members;
    await (
      await shop.asMember(first)
    ).post('/v1/me/referrals/claim', {
      code: (await referralsOf(second)).code,
    });
    // The others say so as well: each was referred by the next one, and the last one by the first.
    await deployment.sql(
      `INSERT INTO referrals (bucket, member_id, referrer_bucket, referrer_id, claimed_at,
                              version_no, state, seen_version, ends_at)
       SELECT a.bucket, a.member_id, b.bucket, b.member_id, r.claimed_at, r.version_no, r.state,
              r.seen_version, r.ends_at
         FROM unnest($1::uuid[], $2::uuid[]) AS u (friend, referrer)
         JOIN members a ON a.member_id = u.friend JOIN members b ON b.member_id = u.referrer
        CROSS JOIN referrals r WHERE r.member_id = $3`,
      [members.slice(1), [...members.slice(2), first], first],
    );
    await stay(first);
    expect(await settle()).toBe(0);
    expect((await referralsOf(first)).own).toMatchObject({ reason: 'not_eligible' });
  });

  it('F1: one claim that cannot be decided keeps no other from its turn', async () => {
    const anna = await shop.enrol();
    const { code: referralCode } = await referralsOf(anna);
    const [one, two] = [await shop.enrol({ referralCode }), await shop.enrol({ referralCode })];
    await stay(two);
    const nobody = '00000000-0000-4000-8000-00000000000f';
    const point = async (to: string): Promise<void> => {
      await deployment.sql('UPDATE referrals SET referrer_id = $2 WHERE member_id = $1', [one, to]);
    };
    await point(nobody);
    await expect(settle()).rejects.toThrow('A part failed');
    await point(anna);
    expect(await points(two)).toBe(60 + 20);
  });

  it('F1: a chain of friends pays one level only', async () => {
    const anna = await shop.enrol();
    const ben = await shop.enrol({ referralCode: (await referralsOf(anna)).code });
    const carl = await shop.enrol({ referralCode: (await referralsOf(ben)).code });
    await stay(carl);
    expect(await settle()).toBe(1);
    expect([await points(anna), await points(ben)]).toEqual([0, 30]);
  });
});
