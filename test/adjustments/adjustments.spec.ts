import { createHash } from 'node:crypto';
import { bucketOf, parsePublicId } from '../../src/ledger/address.js';
import { Api, aPurchase, expected, problem, tally } from '../support/api.js';
import { deploy, type Deployment } from '../support/server.js';
import { openOffice, staffProgramme, type Office, type Staff } from '../support/staff.js';

let deployment: Deployment;
let office: Office;
let shop: Api;
let agent: Staff;

beforeAll(async () => {
  deployment = await deploy({ programme: staffProgramme(), env: { JOBS: 'off' } });
  office = await openOffice(deployment);
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
});
beforeEach(async () => {
  agent = await office.hire('agent');
});
afterEach(async () => {
  expect((await deployment.verify()).differences).toEqual([]);
  expect(deployment.complaints()).toBe('');
});
afterAll(async () => {
  await office.close();
  await deployment.close();
});

interface Row {
  kind: string;
  actor: string;
  content_digest: Buffer | null;
  effects: object;
}

const postings = (member: string): Promise<Row[]> =>
  deployment.sql(
    'SELECT kind, actor, content_digest, effects FROM postings WHERE member_id = $1 ORDER BY seq',
    [member],
  );

const codes = (body: object): unknown => {
  const { code, errors = [] } = problem({ body, status: 0, headers: new Headers() });
  return [code, ...errors.map(({ pointer }) => pointer)];
};

describe('points given', () => {
  it('U1: can be spent at once, and the statement says why they came', async () => {
    const member = await shop.enrol();
    const answer = await agent.adjust(member, 50, { reason: 'mistake', note: 'Broken pot' });
    const adjustment = expected(answer, 201);
    expect(adjustment).toMatchObject({
      member,
      points: 50,
      reason: { code: 'mistake', name: 'Our mistake' },
      note: 'Broken pot',
      requestedBy: agent.id,
      approval: null,
      approvedBy: null,
      balance: { available: 50, pending: 0, held: 0, owed: 0 },
    });
    expect(await shop.balance(member)).toMatchObject({ available: 50 });
    const own = await shop.asMember(member);
    const page = await own.get<{ postings: object[] }>('/v1/me/ledger');
    expect(page.body.postings).toMatchObject([
      { id: adjustment.posting, kind: 'adjust', points: 50, exactPoints: '50' },
    ]);
    const why = await own.get(`/v1/me/postings/${adjustment.posting}/explanation`);
    expect(why.body).toMatchObject({
      kind: 'adjust',
      exactPoints: '50',
      carried: '0',
      why: [
        {
          code: 'adjustment_given',
          name: 'Our mistake',
          points: '50',
          detail: 'mistake',
          rule: null,
        },
      ],
    });
    expect(JSON.stringify([page.body, why.body])).not.toContain('Broken pot');
    expect(expected(await agent.get(`/v1/adjustments/${adjustment.posting}`), 200)).toEqual(
      adjustment,
    );
  });

  it('U2: lift nobody into a tier, and carry no fraction', async () => {
    const member = await shop.enrol();
    await shop.purchase(aPurchase(member, { amount: 150 }));
    const before = await shop.get<{ qualifyingPoints: string }>(`/v1/members/${member}/standing`);
    await agent.adjust(member, 99);
    await agent.adjust(member, -40);
    const after = await shop.get<{ qualifyingPoints: string }>(`/v1/members/${member}/standing`);
    expect(after.body).toEqual(before.body);
    expect(await shop.balance(member)).toMatchObject({ available: 60 });
    const next = expected(await shop.purchase(aPurchase(member, { amount: 50 })), 201);
    expect([next.points, next.carried]).toEqual([1, '0']);
    const whys = next.why.map(({ code }) => code);
    expect(whys).not.toContain('late_event');
  });
});

describe('points taken', () => {
  it('U1: leave held points alone, and what is more than available is refused', async () => {
    const member = await shop.memberWith(550);
    await shop.held(member);
    const taken = expected(await agent.adjust(member, -30), 201);
    expect(taken).toMatchObject({
      points: -30,
      expiresAt: null,
      balance: { available: 20, held: 500 },
    });
    const refused = await agent.adjust(member, -21, {}, { key: 'too-much' });
    expect([refused.status, refused.body]).toMatchObject([
      422,
      { code: 'insufficient_points', available: 20, required: 21, missing: 1 },
    ]);
    expect(await agent.adjust(member, -21, {}, { key: 'too-much' })).toMatchObject({ status: 422 });
    expect((await postings(member)).map(({ kind }) => kind)).toEqual([
      ...['accrue', 'hold', 'adjust', 'refused'],
    ]);
    const page = await shop
      .as(deployment.credentials.staff)
      .get<{ postings: object[] }>(`/v1/members/${member}/ledger`);
    expect(page.body.postings).toMatchObject([{ points: 0 }, { points: -30 }, {}, {}]);
  });

  it('U1: and given in any order can be asked for as of any time', async () => {
    const member = await shop.enrol();
    const given = expected(await agent.adjust(member, 60), 201);
    const taken = expected(await agent.adjust(member, -45), 201);
    expect(await shop.balance(member, given.recordedAt)).toMatchObject({ available: 60 });
    expect(await shop.balance(member, taken.recordedAt)).toMatchObject({ available: 15 });
  });
});

describe('a request', () => {
  it('U3: beyond a limit is refused with its numbers, whoever asks', async () => {
    const member = await shop.enrol();
    const other = await office.hire('manager');
    const answers = [];
    for (const by of [agent, other, agent, other, agent])
      answers.push(await by.adjust(member, 100));
    expect(tally(answers)).toEqual({ 201: 4, '422 member_limit_reached': 1 });
    expect(answers.at(-1)?.body).toMatchObject({ limit: 400, used: 400, asked: 100 });
    for (let n = 0; n < 7; n += 1) await agent.adjust(await shop.enrol(), 100);
    const last = await agent.adjust(await shop.enrol(), -1);
    expect(last.body).toMatchObject({
      code: 'staff_limit_reached',
      limit: 900,
      used: 900,
      asked: 1,
    });
  });

  it('U5: for the own membership is refused, however the member is named', async () => {
    const card = 'STAFF-0001';
    const own = await shop.enrol({ card });
    const staff = await office.hire('manager', own);
    for (const member of [{ id: own }, { card }]) {
      for (const points of [5, -5, 150]) {
        const answer = await staff.post('/v1/adjustments', { member, points, reason: 'goodwill' });
        expect([answer.status, codes(answer.body)]).toEqual([403, ['own_account']]);
      }
    }
    expect(await postings(own)).toEqual([]);
    expect(expected(await agent.adjust(own, 5), 201).points).toBe(5);
  });

  it('U9: is for staff of some roles only', async () => {
    const member = await shop.enrol();
    const roles = ['viewer', 'agent', 'marketer', 'manager', 'auditor', 'admin', 'owner'] as const;
    const staff = await Promise.all(roles.map((role) => office.hire(role)));
    const may: Record<string, unknown> = {};
    for (const [index, role] of roles.entries()) {
      const asked = await staff[index]?.adjust(member, 1);
      const read = await staff[index]?.get('/v1/approvals');
      may[role] = [asked?.status, read?.status];
    }
    expect(may).toEqual({
      viewer: [403, 403],
      agent: [201, 200],
      marketer: [403, 403],
      manager: [201, 200],
      auditor: [403, 200],
      admin: [403, 403],
      owner: [201, 200],
    });
    const { credentials } = deployment;
    for (const api of [shop, shop.as(credentials.corner), await shop.asMember(member)]) {
      const body = { member: { id: member }, points: 5, reason: 'goodwill' };
      expect((await api.post('/v1/adjustments', body)).status).toBe(403);
      expect((await api.get('/v1/approvals')).status).toBe(403);
    }
  });

  it('U1: with a fault changes nothing, names the field and keeps the key free', async () => {
    const member = await shop.enrol();
    const sound = { member: { id: member }, points: 5, reason: 'goodwill' };
    for (const [changed, status, ...fault] of [
      [{ points: 0 }, 400, 'invalid_request', '/points'],
      [{ points: 1.5 }, 400, 'invalid_request', '/points'],
      [{ points: 1_000_000_001 }, 400, 'invalid_request', '/points'],
      [{ points: '5' }, 400, 'invalid_request', '/points'],
      [{ reason: 'whim' }, 422, 'unknown_reason', '/reason'],
      [{ reason: undefined }, 400, 'invalid_request', '/reason'],
      [{ note: '' }, 400, 'invalid_request', '/note'],
      [{ note: 'x'.repeat(501) }, 400, 'invalid_request', '/note'],
      [{ member: {} }, 400, 'invalid_request', '/member'],
      [{ member: { card: 'CARD-0000' } }, 404, 'unknown_member', '/member'],
      [
        { member: { id: '00000000-0000-4000-8000-000000000000' } },
        404,
        'unknown_member',
        '/member',
      ],
      [{ approvedBy: agent.id }, 400, 'invalid_request', '/approvedBy'],
    ] as const) {
      const answer = await agent.post('/v1/adjustments', { ...sound, ...changed }, { key: 'once' });
      expect([answer.status, codes(answer.body)]).toEqual([status, fault]);
    }
    const headers = { 'idempotency-key': '' };
    const keyless = await agent.post('/v1/adjustments', sound, { headers });
    expect(codes(keyless.body)).toEqual(['idempotency_key_missing']);
    expect(await postings(member)).toEqual([]);
    expect(expected(await agent.adjust(member, 5, {}, { key: 'once' }), 201).points).toBe(5);
    expect((await agent.get('/v1/adjustments/pst_none')).status).toBe(404);
  });

  it('U10: has one answer for ever', async () => {
    const member = await shop.enrol();
    const sent = { key: 'k1' };
    const first = await agent.adjust(member, 20, { note: 'Late bus' }, sent);
    const again = await agent.adjust(member, 20, { note: 'Late bus' }, sent);
    expect(again.body).toEqual(expected(first, 201));
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    for (const changed of [{ note: 'Late train' }, {}, { reason: 'mistake', note: 'Late bus' }]) {
      expect(codes((await agent.adjust(member, 20, changed, sent)).body)).toEqual([
        'idempotency_key_reused',
      ]);
    }
    expect((await agent.adjust(member, 21, { note: 'Late bus' }, sent)).status).toBe(422);
    // Another user's same key is another key.
    const other = await office.hire('agent');
    expect((await other.adjust(member, 20, {}, sent)).status).toBe(201);
    expect(await shop.balance(member)).toMatchObject({ available: 40 });
  });
});

describe('the record', () => {
  it('U8: says who and why, and vouches for a note that can be erased', async () => {
    const member = await shop.enrol();
    const { posting } = expected(await agent.adjust(member, 5, { note: 'Her dog Rex' }), 201);
    const [row] = await postings(member);
    expect(row).toMatchObject({ kind: 'adjust', actor: `user/${agent.id}` });
    expect(row?.effects).toMatchObject({
      uses: [
        [`adjust/user/${agent.id}`, 5],
        [`adjust/member/${member}`, 5],
      ],
    });
    const [kept] = await deployment.sql<{ salt: Buffer; note: string }>(
      'SELECT salt, note FROM notes WHERE bucket = $1 AND member_id = $2',
      [bucketOf(member), member],
    );
    expect(kept?.salt.length).toBe(16);
    const salted = createHash('sha256')
      .update(kept?.salt.toString('hex') ?? '')
      .update('Her dog Rex');
    expect(row?.content_digest?.toString('hex')).toBe(salted.digest('hex'));
    const everything = await deployment.sql(
      `SELECT p::text FROM postings p UNION ALL SELECT e::text FROM entries e
       UNION ALL SELECT a::text FROM audit_log a UNION ALL SELECT a::text FROM approvals a`,
    );
    expect(JSON.stringify(everything)).not.toContain('Rex');
    await deployment.sql('DELETE FROM notes WHERE member_id = $1', [member]);
    const after = expected(await agent.get(`/v1/adjustments/${posting}`), 200);
    expect(after).toMatchObject({ posting, points: 5, note: null });
  });

  it('U8: of a refusal keeps no note', async () => {
    const member = await shop.enrol();
    await agent.adjust(member, -5, { note: 'Nothing there' });
    expect(await postings(member)).toMatchObject([{ kind: 'refused', content_digest: null }]);
    expect(await deployment.sql('SELECT FROM notes WHERE member_id = $1', [member])).toEqual([]);
  });

  it('U7: of an approval without a posting has no place in the ledger', async () => {
    const member = await shop.enrol();
    const { id, posting } = await agent.ask(member, 150);
    expect(posting).toBeNull();
    expect(parsePublicId('apr', id)).toEqual({ memberId: member, seq: 1 });
    expect(await postings(member)).toEqual([]);
    const uses = await deployment.sql('SELECT FROM rolling_uses WHERE member_id = $1', [member]);
    expect(uses).toEqual([]);
  });
});
