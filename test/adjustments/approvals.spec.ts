import type { ApprovalsView, ApprovalView } from '../../src/adjustments/adjustments.views.js';
import { Api, expected, problem, type Answer } from '../support/api.js';
import { deploy, type Deployment } from '../support/server.js';
import { openOffice, staffProgramme, type Office, type Staff } from '../support/staff.js';

const DAY_MS = 86_400_000;

let deployment: Deployment;
let office: Office;
let shop: Api;
let agent: Staff;
let manager: Staff;
let member: string;

beforeAll(async () => {
  deployment = await deploy({ programme: staffProgramme(), env: { JOBS: 'off' } });
  office = await openOffice(deployment);
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
});
beforeEach(async () => {
  [agent, manager] = await Promise.all([office.hire('agent'), office.hire('manager')]);
  member = await shop.enrol();
});
afterEach(async () => {
  expect((await deployment.verify()).differences).toEqual([]);
  expect(deployment.complaints()).toBe('');
});
afterAll(async () => {
  await office.close();
  await deployment.close();
});

const refusal = (answer: Answer): unknown => [answer.status, problem(answer).code];

const approvalOf = async (id: string): Promise<ApprovalView> =>
  expected(await agent.get<ApprovalView>(`/v1/approvals/${id}`), 200);

const kinds = async (): Promise<string[]> => {
  const rows = await deployment.sql<{ kind: string }>(
    'SELECT kind FROM postings WHERE member_id = $1 ORDER BY seq',
    [member],
  );
  return rows.map(({ kind }) => kind);
};

const auditOf = (id: string): Promise<object[]> =>
  deployment.sql('SELECT actor, action, details FROM audit_log WHERE subject = $1', [
    `approval/${id}`,
  ]);

/** Lets a member's approvals have been asked for that long ago. */
const turnBack = (ms: number): Promise<object[]> =>
  deployment.sql(
    `UPDATE approvals SET requested_at = requested_at - $2 * interval '1 millisecond',
            lapses_at = lapses_at - $2 * interval '1 millisecond' WHERE member_id = $1`,
    [member, ms],
  );

describe('an adjustment above what one person may do', () => {
  it('U4: waits, and is posted when another one approves', async () => {
    const asked = await agent.ask(member, 150, 'Flooded garden');
    expect(asked).toMatchObject({
      member,
      points: 150,
      reason: { code: 'goodwill', name: 'Goodwill' },
      note: 'Flooded garden',
      state: 'pending',
      requestedBy: agent.id,
      decidedBy: null,
      decidedAt: null,
      posting: null,
    });
    expect(Date.parse(asked.lapsesAt) - Date.parse(asked.requestedAt)).toBe(7 * DAY_MS);
    expect(await shop.balance(member)).toMatchObject({ available: 0 });
    const adjustment = expected(await manager.approve(asked.id), 200);
    expect(adjustment).toMatchObject({
      points: 150,
      note: 'Flooded garden',
      requestedBy: agent.id,
      approvedBy: manager.id,
      approval: asked.id,
      balance: { available: 150 },
    });
    expect(await approvalOf(asked.id)).toMatchObject({
      id: asked.id,
      note: asked.note,
      requestedAt: asked.requestedAt,
      state: 'approved',
      decidedBy: manager.id,
      decidedAt: adjustment.recordedAt,
      posting: adjustment.posting,
    });
  });

  it('U7, U8: is the act of who asked; who approved is in its effects and the audit log', async () => {
    const { id } = await agent.ask(member, 150);
    const { posting } = expected(await manager.approve(id), 200);
    const [row] = await deployment.sql(
      'SELECT actor, caller, effects FROM postings WHERE member_id = $1',
      [member],
    );
    expect(row).toMatchObject({
      actor: `user/${agent.id}`,
      caller: `u/${manager.id}`,
      effects: { approval: [1, manager.id], uses: [[`adjust/user/${agent.id}`, 150], {}] },
    });
    const details = { member, points: 150, reason: 'goodwill', requestedBy: agent.id, posting };
    expect(await auditOf(id)).toEqual([
      { actor: `user/${manager.id}`, action: 'adjustment.approved', details },
    ]);
    const own = await shop.asMember(member);
    const why = await own.get(`/v1/me/postings/${posting}/explanation`);
    expect(why.body).toMatchObject({
      why: [
        { code: 'adjustment_given', points: '150' },
        { code: 'adjustment_approved', points: '0' },
      ],
    });
  });

  it('U4: is approved by any agent but the one who asked, who may withdraw', async () => {
    const { id } = await agent.ask(member, -150);
    expect(refusal(await agent.approve(id))).toEqual([403, 'self_approval']);
    expect(await kinds()).toEqual([]);
    expect(expected(await agent.reject(id), 200)).toMatchObject({
      state: 'rejected',
      decidedBy: agent.id,
    });
    const second = await agent.ask(member, 101);
    const colleague = await office.hire('agent');
    expect((await colleague.approve(second.id)).status).toBe(200);
  });

  it('U5: is decided by nobody who benefits, nor asked by one who turns out to', async () => {
    const beneficiary = await office.hire('manager', member);
    const { id } = await agent.ask(member, 150);
    expect(refusal(await beneficiary.approve(id))).toEqual([403, 'own_account']);
    expect(refusal(await beneficiary.reject(id))).toEqual([403, 'own_account']);
    await office.users.link(agent.id, member, 'test');
    expect(refusal(await manager.approve(id))).toEqual([403, 'own_account']);
    expect(await kinds()).toEqual([]);
    expect((await manager.reject(id)).status).toBe(200);
  });

  it('U9: is decided by staff who may, and read by auditors', async () => {
    const { id } = await agent.ask(member, 150);
    const auditor = await office.hire('auditor');
    expect((await auditor.get(`/v1/approvals/${id}`)).status).toBe(200);
    for (const role of ['viewer', 'marketer', 'auditor', 'admin'] as const) {
      const staff = await office.hire(role);
      expect(refusal(await staff.approve(id))).toEqual([403, 'forbidden']);
      expect(refusal(await staff.reject(id))).toEqual([403, 'forbidden']);
    }
    expect(await approvalOf(id)).toMatchObject({ state: 'pending' });
  });

  it('U6: is decided once', async () => {
    const [yes, no] = [await agent.ask(member, 150), await agent.ask(member, 150)];
    expected(await manager.approve(yes.id), 200);
    expected(await manager.reject(no.id), 200);
    for (const { id } of [yes, no]) {
      expect(refusal(await manager.approve(id))).toEqual([409, 'approval_decided']);
      expect(refusal(await manager.reject(id))).toEqual([409, 'approval_decided']);
    }
    expect(await kinds()).toEqual(['adjust']);
    expect(await auditOf(no.id)).toMatchObject([{ action: 'adjustment.rejected' }]);
  });

  it('U6: lapses after seven days', async () => {
    const { id } = await agent.ask(member, 150);
    await turnBack(7 * DAY_MS - 60_000);
    expect(await approvalOf(id)).toMatchObject({ state: 'pending' });
    await turnBack(60_000);
    expect(await approvalOf(id)).toMatchObject({ state: 'lapsed', decidedBy: null });
    expect(refusal(await manager.approve(id))).toEqual([409, 'approval_lapsed']);
    expect(refusal(await manager.reject(id))).toEqual([409, 'approval_lapsed']);
    expect(await kinds()).toEqual([]);
    expect((await agent.ask(member, 150)).id).not.toBe(id);
  });

  it('U7: is judged when it is approved, and waits on when it is refused', async () => {
    const { id } = await agent.ask(member, 150);
    for (const points of [100, 100, 100]) expected(await manager.adjust(member, points), 201);
    const refused = await manager.approve(id, { key: 'early' });
    expect(refused.body).toMatchObject({
      code: 'member_limit_reached',
      limit: 400,
      used: 300,
      asked: 150,
    });
    expect(await approvalOf(id)).toMatchObject({ state: 'pending' });
    // A day later there is room again; the refusal stays the answer of its key.
    await deployment.sql(
      `UPDATE rolling_uses SET used_at = used_at - interval '1 day' WHERE member_id = $1`,
      [member],
    );
    expect(refusal(await manager.approve(id, { key: 'early' }))).toEqual([
      422,
      'member_limit_reached',
    ]);
    expect(expected(await manager.approve(id), 200).balance).toMatchObject({ available: 450 });
    expect(await kinds()).toEqual(['adjust', 'adjust', 'adjust', 'refused', 'adjust']);
  });

  it('U7: that takes points takes what is there when it is approved', async () => {
    const { id } = await agent.ask(member, -150);
    await shop.give(member, 149);
    const refused = await manager.approve(id);
    expect(refused.body).toMatchObject({ code: 'insufficient_points', available: 149, missing: 1 });
    await shop.give(member, 1);
    expect(expected(await manager.approve(id), 200).balance).toMatchObject({ available: 0 });
  });

  it('U3: is refused at once when no day could allow it', async () => {
    const answer = await agent.adjust(member, 401);
    expect(answer.body).toMatchObject({ code: 'member_limit_reached', limit: 400, used: 0 });
    expect(await kinds()).toEqual(['refused']);
    expect(await deployment.sql('SELECT FROM approvals WHERE member_id = $1', [member])).toEqual(
      [],
    );
  });

  it('U10: keeps one answer for each key', async () => {
    const body = { member: { id: member }, points: 150, reason: 'goodwill' };
    const first = await agent.post<ApprovalView>('/v1/adjustments', body, { key: 'ask' });
    const { id } = expected(first, 202);
    expect(refusal(await manager.reject('apr_none'))).toEqual([404, 'not_found']);
    // A refusal that blames the person gives the key back.
    expect(refusal(await agent.approve(id, { key: 'decide' }))).toEqual([403, 'self_approval']);
    expected(await agent.reject((await agent.ask(member, 150)).id, { key: 'decide' }), 200);
    const approved = expected(await manager.approve(id, { key: 'decide' }), 200);
    const again = await agent.post('/v1/adjustments', body, { key: 'ask' });
    expect([again.status, again.body]).toEqual([202, first.body]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await agent.post('/v1/adjustments', { ...body, points: 151 }, { key: 'ask' });
    expect(refusal(other)).toEqual([422, 'idempotency_key_reused']);
    expect(await manager.approve(id, { key: 'decide' })).toMatchObject({ body: approved });
    const { id: third } = await agent.ask(member, 150);
    expect(refusal(await manager.approve(third, { key: 'decide' }))).toEqual([
      ...[422, 'idempotency_key_reused'],
    ]);
    const no = expected(await manager.reject(third, { key: 'no' }), 200);
    expect(await manager.reject(third, { key: 'no' })).toMatchObject({ status: 200, body: no });
    expect(await auditOf(third)).toHaveLength(1);
  });
});

describe('the list of approvals', () => {
  it('U4: shows what waits, newest first, page by page and by state', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 5; n += 1) ids.unshift((await agent.ask(member, 150)).id);
    const [fifth = '', fourth = '', , , first = ''] = ids;
    await manager.approve(fifth);
    await manager.reject(fourth);
    await deployment.sql(
      `UPDATE approvals SET lapses_at = requested_at WHERE member_id = $1 AND n = 1`,
      [member],
    );
    const listed = async (query: string): Promise<ApprovalView[]> => {
      const items: ApprovalView[] = [];
      let cursor = '';
      do {
        const path = `/v1/approvals?limit=2${query}${cursor}`;
        const page = expected(await manager.get<ApprovalsView>(path), 200);
        expect(page.items.length).toBeLessThanOrEqual(2);
        items.push(...page.items);
        cursor = page.next === null ? '' : `&cursor=${page.next}`;
      } while (cursor !== '');
      return items.filter((each) => each.member === member);
    };
    expect((await listed('')).map(({ id }) => id)).toEqual(ids);
    expect((await listed('&state=approved')).map(({ id }) => id)).toEqual([fifth]);
    expect((await listed('&state=rejected')).map(({ id }) => id)).toEqual([fourth]);
    expect((await listed('&state=lapsed')).map(({ id }) => id)).toEqual([first]);
    const pending = await listed('&state=pending');
    expect(pending.map(({ id, state }) => [id, state])).toEqual(
      ids.slice(2, 4).map((id) => [id, 'pending']),
    );
    for (const query of ['?state=gone', '?cursor=apr_none', '?limit=0', '?limit=201']) {
      expect(refusal(await manager.get(`/v1/approvals${query}`))).toEqual([400, 'invalid_request']);
    }
  });
});
