import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type {
  QuoteView,
  RedemptionView,
  RewardView,
} from '../../src/redemptions/redemptions.views.js';
import { parsePublicId } from '../../src/ledger/address.js';
import { Api, aPurchase, daysAgo, expected, problem, type Answer } from '../support/api.js';
import { deploy, type Deployment } from '../support/server.js';

/** A slot is ten seconds, and one may just have gone. */
const JOB_WITHIN_MS = 25_000;

let deployment: Deployment;
let shop: Api;
let corner: Api;

beforeAll(async () => {
  deployment = await deploy({ env: { JOBS: 'off' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
  corner = shop.as(deployment.credentials.corner);
});

afterAll(async () => {
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

interface LotRow {
  amount: number;
  remaining: number;
  held: number;
}

/** Lots in the order of their posting. */
async function lots(member: string, at = deployment): Promise<LotRow[]> {
  return at.sql<LotRow>(
    `SELECT amount::int, remaining::int, held::int FROM lots WHERE member_id = $1 ORDER BY seq, n`,
    [member],
  );
}

const kinds = async (member: string, at = deployment): Promise<string[]> =>
  (
    await at.sql<{ kind: string }>('SELECT kind FROM postings WHERE member_id = $1 ORDER BY seq', [
      member,
    ])
  ).map(({ kind }) => kind);

const quote = async (member: string, reward = 'voucher'): Promise<Answer> =>
  shop.post('/v1/redemptions/quote', { member: { id: member }, reward });

/**
 * Makes a hold's time be up since a minute, everywhere it is written: time that passes would do
 * the same. Its posting's hash no longer fits, which only `verify` would see.
 */
async function age(id: string, at = deployment): Promise<void> {
  const { memberId, seq } = parsePublicId('rdm', id) ?? { memberId: '', seq: 0 };
  const [row] = await at.sql<{ past: Date }>(
    `UPDATE redemptions SET expires_at = date_trunc('seconds', now()) - interval '1 minute'
      WHERE member_id = $1 AND seq = $2 RETURNING expires_at AS past`,
    [memberId, seq],
  );
  const past = row?.past;
  await at.sql('UPDATE accounts SET changes_at = $2 WHERE member_id = $1', [memberId, past]);
  await at.sql('UPDATE due SET due_at = $2 WHERE member_id = $1', [memberId, past]);
  await at.sql(
    `UPDATE postings SET effects =
            jsonb_set(effects::jsonb, '{redemptions,0,5}', to_jsonb($3::bigint))::json
      WHERE member_id = $1 AND seq = $2`,
    [memberId, seq, past?.getTime()],
  );
}

describe('quote, hold, capture', () => {
  it('D1: a quote says what a hold would leave, and writes nothing', async () => {
    const member = await shop.memberWith(700);
    const answer = await shop.post<QuoteView>('/v1/redemptions/quote', {
      member: { id: member },
      reward: 'voucher',
    });
    expect(expected(answer, 200)).toEqual({
      reward: { code: 'voucher', name: 'Voucher' },
      points: 500,
      value: { amount: 250, currency: 'GBP' },
      accepted: true,
      balanceAfter: { available: 200, pending: 0, held: 500, owed: 0 },
    });
    expect(await kinds(member)).toEqual(['accrue']);
    const held = expected(await shop.hold(member), 201);
    expect(held.balance).toEqual(answer.body.balanceAfter);
  });

  it('D1: a quote is refused as the hold would be', async () => {
    const poor = await shop.memberWith(499);
    const refused = await quote(poor);
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'insufficient_points', available: 499, required: 500, missing: 1 },
    });
    const plain = await shop.memberWith(5_000);
    expect(await quote(plain, 'visit')).toMatchObject({
      status: 422,
      body: { code: 'tier_too_low', minimumTier: 'silver' },
    });
    expect(problem(await quote(plain, 'castle')).code).toBe('unknown_reward');
    expect(await kinds(plain)).toEqual(['accrue']);
  });

  it('R7: a hold reserves, a capture spends just what was held', async () => {
    const member = await shop.memberWith(700);
    const held = expected(await shop.hold(member), 201);
    expect(held).toMatchObject({ member, points: 500, state: 'held' });
    const lasts = Date.parse(held.expiresAt) - Date.now();
    expect(lasts).toBeGreaterThan(10 * 60_000);
    expect(lasts).toBeLessThanOrEqual(15 * 60_000);
    expect(await lots(member)).toEqual([{ amount: 700, remaining: 700, held: 500 }]);
    const captured = expected(await shop.end('capture', held.id), 200);
    expect(captured).toMatchObject({
      id: held.id,
      state: 'captured',
      balance: { available: 200, pending: 0, held: 0 },
    });
    expect(await lots(member)).toEqual([{ amount: 700, remaining: 200, held: 0 }]);
    const seen = await shop.get<RedemptionView>(`/v1/redemptions/${held.id}`);
    expect(seen.body).toMatchObject({ state: 'captured', points: 500 });
  });

  it('R7: pending points are not for spending', async () => {
    const member = await shop.memberWith(400);
    await shop.give(member, 1_000, daysAgo(1));
    expect(await shop.hold(member)).toMatchObject({
      status: 422,
      body: { code: 'insufficient_points', available: 400, missing: 100 },
    });
  });

  it('D3: what has ended cannot end again', async () => {
    const member = await shop.memberWith(1_000);
    const [captured, released] = [await shop.held(member), await shop.held(member)];
    expected(await shop.end('capture', captured), 200);
    expected(await shop.end('release', released), 200);
    for (const [how, id, code] of [
      ['capture', captured, 'redemption_already_captured'],
      ['release', captured, 'redemption_already_captured'],
      ['capture', released, 'redemption_already_released'],
      ['release', released, 'redemption_already_released'],
    ] as const) {
      const answer = await shop.end(how, id);
      expect([answer.status, problem(answer).code]).toEqual([422, code]);
    }
    expect(await shop.balance(member)).toMatchObject({ available: 500, held: 0 });
  });

  it('D4: another retailer does not find it, whatever it tries', async () => {
    const member = await shop.memberWith(500);
    const id = await shop.held(member);
    const answers = [
      await corner.get(`/v1/redemptions/${id}`),
      await corner.end('capture', id),
      await corner.end('release', id),
    ];
    for (const answer of answers) {
      expect([answer.status, problem(answer).code]).toEqual([404, 'not_found']);
    }
    expect(await kinds(member)).toEqual(['accrue', 'hold']);
    expected(await shop.end('capture', id), 200);
  });

  it('R10: spending lowers neither tier nor qualifying points', async () => {
    const member = await shop.memberWith(100_000);
    const before = await shop.get<{ tier: object; qualifyingPoints: number }>(
      `/v1/members/${member}/standing`,
    );
    expect(before.body).toMatchObject({ tier: { code: 'silver' }, qualifyingPoints: 100_000 });
    const id = await shop.held(member, 'visit');
    expected(await shop.end('capture', id), 200);
    const after = await shop.get(`/v1/members/${member}/standing`);
    expect(after.body).toEqual(before.body);
  });

  it('D4: the rewards are listed, cheapest first', async () => {
    const { body } = await shop.get<RewardView[]>('/v1/rewards');
    expect(body.map(({ code, minimumTier }) => [code, minimumTier])).toEqual([
      ['voucher', null],
      ['visit', 'silver'],
    ]);
  });
});

describe('lots', () => {
  it('R6: points are spent by their expiry, whatever order they came in', async () => {
    const member = await shop.enrol();
    for (const days of [60, 300, 120]) await shop.give(member, 300, daysAgo(days));
    const held = await shop.held(member);
    // The one of 300 days ago expires first, then the one of 120, then the one of 60.
    expect((await lots(member)).map((lot) => lot.held)).toEqual([0, 300, 200]);
    expected(await shop.end('capture', held), 200);
    expect((await lots(member)).map((lot) => lot.remaining)).toEqual([300, 0, 100]);
    expect(problem(await shop.hold(member)).code).toBe('insufficient_points');
    await shop.give(member, 100, daysAgo(40));
    await shop.held(member);
    expect((await lots(member)).map((lot) => lot.held)).toEqual([300, 0, 100, 100]);
  });

  it('R7: a release gives points back to the very lots they came from', async () => {
    const member = await shop.enrol();
    for (const days of [60, 300, 120]) await shop.give(member, 300, daysAgo(days));
    const first = await shop.held(member);
    // What expires before all others arrives later; the release must not fill it up instead.
    await shop.give(member, 400, daysAgo(400));
    const second = await shop.held(member);
    expect((await lots(member)).map((lot) => lot.held)).toEqual([0, 300, 300, 400]);
    expected(await shop.end('release', first), 200);
    expect((await lots(member)).map((lot) => lot.held)).toEqual([0, 0, 100, 400]);
    expected(await shop.end('release', second), 200);
    const free = (await lots(member)).map(({ amount, remaining, held }) => [
      amount === remaining,
      held,
    ]);
    expect(free).toEqual(Array.from({ length: 4 }, () => [true, 0]));
    expect(await shop.balance(member)).toMatchObject({ available: 1_300, held: 0 });
  });
});

describe('a hold whose time is up', () => {
  it('R8: counts no longer, before any job has run', async () => {
    const member = await shop.memberWith(500);
    const id = await shop.held(member);
    expect(await shop.balance(member)).toMatchObject({ available: 0, held: 500 });
    await age(id);
    expect(await shop.balance(member)).toMatchObject({ available: 500, held: 0 });
    expect(await kinds(member)).toEqual(['accrue', 'hold']);
    expected(await quote(member), 200);
    const { body } = await shop.get<{ available: number }>(`/v1/members/${member}`);
    expect(body.available).toBe(500);
  });

  it('R8: its late capture is refused, and the release posted', async () => {
    const member = await shop.memberWith(500);
    const id = await shop.held(member);
    await age(id);
    const key = randomUUID();
    const late = await shop.end('capture', id, { key });
    expect([late.status, problem(late).code]).toEqual([422, 'hold_expired']);
    expect(await kinds(member)).toEqual(['accrue', 'hold', 'release', 'refused']);
    expect(await lots(member)).toEqual([{ amount: 500, remaining: 500, held: 0 }]);
    const again = await shop.end('capture', id, { key });
    expect(problem(again).code).toBe('hold_expired');
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    expect(problem(await shop.end('capture', id)).code).toBe('hold_expired');
    const seen = await shop.get<RedemptionView>(`/v1/redemptions/${id}`);
    expect(seen.body.state).toBe('expired');
    const [, release] = (await shop.as(deployment.credentials.staff).ledger(member)).postings
      .filter(({ kind }) => kind !== 'refused')
      .reverse()
      .slice(1);
    expect(release).toMatchObject({
      kind: 'release',
      points: 500,
      occurredAt: seen.body.expiresAt,
    });
  });

  it('R8: its points can be held again, and a purchase settles it too', async () => {
    const member = await shop.memberWith(500);
    await age(await shop.held(member));
    const second = expected(await shop.hold(member), 201);
    expect(await kinds(member)).toEqual(['accrue', 'hold', 'release', 'hold']);
    await age(second.id);
    const bought = expected(await shop.purchase(aPurchase(member)), 201);
    expect(bought.balance).toMatchObject({ available: 600, held: 0 });
    expect((await kinds(member)).slice(4)).toEqual(['release', 'accrue']);
  });

  it('R8: only the hold whose time is up is released', async () => {
    const member = await shop.memberWith(1_000);
    const [old, young] = [await shop.held(member), await shop.held(member)];
    await age(old);
    expect(await shop.balance(member)).toMatchObject({ available: 500, held: 500 });
    expected(await shop.end('capture', young), 200);
    expect(await kinds(member)).toEqual(['accrue', 'hold', 'hold', 'release', 'redeem']);
    expect(await shop.balance(member)).toMatchObject({ available: 500, held: 0 });
  });

  it('J1: the job of two replicas posts one release for each', async () => {
    const replicas = await deploy({ replicas: 2 });
    try {
      const { credentials, servers } = replicas;
      const api = new Api(servers[0]?.url ?? '', credentials.shop);
      const members = await Promise.all(Array.from({ length: 8 }, () => api.memberWith(1_000)));
      const old = await Promise.all(members.map((member) => api.held(member)));
      const [first = ''] = members;
      const young = expected(await api.hold(first), 201);
      // The list of what is due keeps a captured hold until its time is up.
      const [, second = ''] = members;
      const captured = await api.held(second);
      expected(await api.end('capture', captured), 200);
      for (const id of [...old, captured]) await age(id, replicas);
      const dueNow = 'SELECT FROM due WHERE due_at <= programme_now()';
      for (let waited = 0; waited < JOB_WITHIN_MS; waited += 250) {
        if ((await replicas.sql(dueNow)).length === 0) break;
        await pause(250);
      }
      // Had both replicas done the slot, the other one's postings would be there by its end.
      await pause(1_000);
      // Only the hold whose time is not up yet is still due.
      expect(await replicas.sql('SELECT member_id, due_at FROM due')).toEqual([
        { member_id: first, due_at: new Date(young.expiresAt) },
      ]);
      for (const member of members) {
        const more = member === first ? ['hold'] : member === second ? ['hold', 'redeem'] : [];
        expect(await kinds(member, replicas)).toEqual(['accrue', 'hold', ...more, 'release']);
      }
      const done = await replicas.sql<{ done: number }>(
        "SELECT sum(done)::int AS done FROM job_runs WHERE job = 'hold-time-outs'",
      );
      expect(done).toEqual([{ done: members.length }]);
      // That holds were made older by hand is what reconciliation is there to find.
      const complaints = replicas.complaints().split('\n');
      const others = complaints.filter((line) => !line.includes('differs from what was posted'));
      expect(others.join('')).toBe('');
    } finally {
      await replicas.close();
    }
  });
});

describe('a member with a token', () => {
  it('D4: holds, and the retailer that minted the token captures', async () => {
    const member = await shop.memberWith(1_200);
    const own = await shop.asMember(member);
    const quoted = await own.post<QuoteView>('/v1/me/redemptions/quote', { reward: 'voucher' });
    expect(quoted.body.balanceAfter).toMatchObject({ available: 700, held: 500 });
    const held = expected(
      await own.post<RedemptionView>('/v1/me/redemptions', { reward: 'voucher' }),
      201,
    );
    expect((await own.get<RewardView[]>('/v1/me/rewards')).body).toHaveLength(2);
    expect((await corner.end('capture', held.id)).status).toBe(404);
    expect((await own.end('capture', held.id)).status).toBe(403);
    expect(expected(await shop.end('capture', held.id), 200).state).toBe('captured');
    const seen = await own.get<RedemptionView>(`/v1/me/redemptions/${held.id}`);
    expect(seen.body).toMatchObject({ state: 'captured', points: 500 });
  });

  it('D4: gives a hold up, also one made at the till, but nobody else can', async () => {
    const member = await shop.memberWith(1_000);
    const own = await shop.asMember(member);
    const stranger = await shop.asMember(await shop.enrol());
    const atTill = await shop.held(member);
    const path = `/v1/me/redemptions/${atTill}`;
    expect((await stranger.get(path)).status).toBe(404);
    expect((await stranger.send('POST', `${path}/release`, '')).status).toBe(404);
    const released = await own.send<RedemptionView>('POST', `${path}/release`, '');
    expect(expected(released, 200)).toMatchObject({
      state: 'released',
      balance: { available: 1_000, held: 0 },
    });
  });

  it('A8: the token opens no door of a retailer', async () => {
    const member = await shop.memberWith(500);
    const own = await shop.asMember(member);
    const doors = [
      await own.hold(member),
      await own.purchase(aPurchase(member)),
      await own.get(`/v1/members/${member}/balance`),
      await own.get('/v1/rewards'),
      await own.post(`/v1/members/${member}/tokens`, {}),
    ];
    expect(doors.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect(await kinds(member)).toEqual(['accrue']);
  });
});
