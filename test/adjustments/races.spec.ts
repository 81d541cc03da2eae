import { randomUUID } from 'node:crypto';
import { answered, Api, expected, tally, type Answer } from '../support/api.js';
import { deploy, type Deployment } from '../support/server.js';
import { openOffice, staffProgramme, type Office, type Staff } from '../support/staff.js';

const CALLS = 100;

let deployment: Deployment;
let office: Office;
let shop: Api;
let urls: string[];

beforeAll(async () => {
  deployment = await deploy({ replicas: 2, programme: staffProgramme(), env: { JOBS: 'off' } });
  office = await openOffice(deployment);
  urls = deployment.servers.map(({ url }) => url);
  shop = new Api(urls[0] ?? '', deployment.credentials.shop);
});
afterEach(async () => {
  expect((await deployment.verify()).differences).toEqual([]);
  expect(deployment.complaints()).toBe('');
});
afterAll(async () => {
  await office.close();
  await deployment.close();
});

/** As many calls at once, every second one to the other server. */
async function race<Body extends object>(
  call: (url: string, index: number) => Promise<Answer<Body>>,
): Promise<Answer<Body>[]> {
  return Promise.all(
    Array.from({ length: CALLS }, (_, index) => answered(() => call(urls[index % 2] ?? '', index))),
  );
}

const hired = (count: number): Promise<Staff[]> =>
  Promise.all(Array.from({ length: count }, () => office.hire('agent')));

const enrolled = (count: number): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => shop.enrol()));

/** Points that adjustments moved, given and taken ones summed. */
async function moved(column: 'actor' | 'member_id', value: string): Promise<number> {
  const [row] = await deployment.sql<{ sum: number }>(
    `SELECT coalesce(sum(abs(billionths)) / 1000000000, 0)::int AS sum
       FROM postings WHERE kind = 'adjust' AND ${column} = $1`,
    [value],
  );
  return row?.sum ?? NaN;
}

describe('adjustments at once, half to each of two servers', () => {
  it('U3: of 100 by one staff user just those are posted that the limit allows', async () => {
    const [agent] = await hired(1);
    const members = await enrolled(25);
    const answers = await race(async (url, index) => {
      const member = members[index % members.length] ?? '';
      return expectStaff(agent).at(url).adjust(member, 40);
    });
    expect(tally(answers)).toEqual({ 201: 22, '422 staff_limit_reached': CALLS - 22 });
    expect(await moved('actor', `user/${expectStaff(agent).id}`)).toBe(880);
  });

  it('U3: of 100 for one member by ten of the staff just those that the limit allows', async () => {
    const staff = await hired(10);
    const member = await shop.memberWith(1_000);
    const answers = await race((url, index) =>
      expectStaff(staff[index % 10])
        .at(url)
        .adjust(member, index % 4 < 2 ? 30 : -30),
    );
    expect(tally(answers)).toEqual({ 201: 13, '422 member_limit_reached': CALLS - 13 });
    expect(await moved('member_id', member)).toBe(390);
  });

  it('U3: in any mixture of staff, members and sizes no limit is passed', async () => {
    const staff = await hired(3);
    const members = await enrolled(5);
    const answers = await race((url, index) =>
      expectStaff(staff[index % 3])
        .at(url)
        .adjust(members[(index * 7) % 5] ?? '', 1 + ((index * 37) % 100)),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].sort()).toEqual([201, 422]);
    for (const { id } of staff) expect(await moved('actor', `user/${id}`)).toBeLessThanOrEqual(900);
    for (const member of members) expect(await moved('member_id', member)).toBeLessThanOrEqual(400);
  });

  it('U10: of the same request 100 times one is posted', async () => {
    const [agent] = await hired(1);
    const member = await shop.enrol();
    const key = randomUUID();
    const answers = await race((url) => expectStaff(agent).at(url).adjust(member, 40, {}, { key }));
    expect(tally(answers)).toEqual({ 201: CALLS });
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await moved('member_id', member)).toBe(40);
  });

  it('U10: of the same request for an approval 100 times one is asked for', async () => {
    const [agent] = await hired(1);
    const member = await shop.enrol();
    const key = randomUUID();
    const answers = await race((url) =>
      expectStaff(agent).at(url).adjust(member, 150, {}, { key }),
    );
    expect(tally(answers)).toEqual({ 202: CALLS });
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(
      await deployment.sql('SELECT FROM approvals WHERE member_id = $1', [member]),
    ).toHaveLength(1);
  });

  it('U4: of 100 requests above the limit of one person each is asked for once', async () => {
    const [agent] = await hired(1);
    const member = await shop.enrol();
    const answers = await race((url) => expectStaff(agent).at(url).adjust(member, 150));
    expect(tally(answers)).toEqual({ 202: CALLS });
    const rows = await deployment.sql<{ n: number }>(
      'SELECT n FROM approvals WHERE member_id = $1 ORDER BY n',
      [member],
    );
    expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: CALLS }, (_, index) => index + 1));
    expect(await moved('member_id', member)).toBe(0);
  });
});

describe('approvals asked for at once', () => {
  it('U11: of 100 and as many more, half to each server, 100 wait', async () => {
    const [agent, decider] = await hired(2);
    const members = await enrolled(10);
    const ask = async (url: string, index: number): Promise<Answer> =>
      expectStaff(agent)
        .at(url)
        .adjust(members[index % 10] ?? '', 150);
    const answers = [await race(ask), await race(ask)].flat();
    expect(tally(answers)).toEqual({ 202: CALLS, '409 too_many_approvals': CALLS });
    const other = await expectStaff(decider).adjust(members[0] ?? '', 150);
    expect(other.status).toBe(202);
    const [{ id } = { id: '' }] = answers.flatMap(({ status, body }) =>
      status === 202 ? [body as { id: string }] : [],
    );
    expected(await expectStaff(decider).reject(id), 200);
    const again = await race(ask);
    expect(tally(again)).toEqual({ 202: 1, '409 too_many_approvals': CALLS - 1 });
    const lapsed = `interval '7 days'`;
    await deployment.sql(
      `UPDATE approvals_waiting SET lapses_at = lapses_at - ${lapsed} WHERE requester = $1`,
      [expectStaff(agent).id],
    );
    expect((await ask(urls[0] ?? '', 0)).status).toBe(202);
    const left = await deployment.sql('SELECT FROM approvals_waiting WHERE requester = $1', [
      expectStaff(agent).id,
    ]);
    expect(left).toHaveLength(1);
  });
});

describe('decisions at once', () => {
  const decisions = (member: string): Promise<{ action: string }[]> =>
    deployment.sql(`SELECT action FROM audit_log WHERE details->>'member' = $1`, [member]);

  it('U6: of 100 approvals by ten of the staff one is posted', async () => {
    const [asker, ...staff] = await hired(11);
    const member = await shop.enrol();
    const { id } = await expectStaff(asker).ask(member, 150);
    const answers = await race((url, index) =>
      expectStaff(staff[index % 10])
        .at(url)
        .approve(id),
    );
    expect(tally(answers)).toEqual({ 200: 1, '409 approval_decided': CALLS - 1 });
    expect(await moved('member_id', member)).toBe(150);
    expect(await decisions(member)).toEqual([{ action: 'adjustment.approved' }]);
  });

  it('U6: of yes and no one wins', async () => {
    const [asker, ...staff] = await hired(11);
    const member = await shop.enrol();
    const { id } = await expectStaff(asker).ask(member, 150);
    const answers = await race(async (url, index): Promise<Answer> => {
      const decider = expectStaff(staff[index % 10]).at(url);
      return Math.floor(index / 2) % 2 === 0 ? decider.approve(id) : decider.reject(id);
    });
    expect(tally(answers)).toEqual({ 200: 1, '409 approval_decided': CALLS - 1 });
    const [decision, ...others] = await decisions(member);
    expect(others).toEqual([]);
    const isYes = decision?.action === 'adjustment.approved';
    expect(await moved('member_id', member)).toBe(isYes ? 150 : 0);
  });

  it('U10: of one approval sent 100 times with one key each is answered alike', async () => {
    const [asker, decider] = await hired(2);
    const member = await shop.enrol();
    const { id } = await expectStaff(asker).ask(member, 150);
    const key = randomUUID();
    const answers = await race((url) => expectStaff(decider).at(url).approve(id, { key }));
    expect(tally(answers)).toEqual({ 200: CALLS });
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await decisions(member)).toHaveLength(1);
  });

  it('U4: of 100 by who asked none is a yes', async () => {
    const [asker] = await hired(1);
    const member = await shop.enrol();
    const { id } = await expectStaff(asker).ask(member, 150);
    const answers = await race((url) => expectStaff(asker).at(url).approve(id));
    expect(tally(answers)).toEqual({ '403 self_approval': CALLS });
    expect(await moved('member_id', member)).toBe(0);
  });

  it('U3, U7: of 100 approvals of as many requests just those that the limit allows', async () => {
    const [asker, decider] = await hired(2);
    const members = await enrolled(20);
    const ids: string[] = [];
    for (let n = 0; n < CALLS; n += 1) {
      ids.push((await expectStaff(asker).ask(members[n % members.length] ?? '', 110)).id);
    }
    const answers = await race((url, index) =>
      expectStaff(decider)
        .at(url)
        .approve(ids[index] ?? ''),
    );
    expect(tally(answers)).toEqual({ 200: 8, '422 staff_limit_reached': CALLS - 8 });
    expect(await moved('actor', `user/${expectStaff(asker).id}`)).toBe(880);
  });

  it('U4: by somebody just disabled are no, at once and on every server', async () => {
    const [asker, decider] = await hired(2);
    const member = await shop.enrol();
    // Both servers remember the user as active.
    const { id } = await expectStaff(asker).ask(member, 150);
    await race((url) => expectStaff(decider).at(url).get('/v1/approvals?limit=1'));
    await office.users.disable(expectStaff(decider).id, 'test');
    const answers = await race((url) => expectStaff(decider).at(url).approve(id));
    const codes = Object.keys(tally(answers));
    expect(
      codes.filter((code) => !['401 unauthenticated', '403 forbidden'].includes(code)),
    ).toEqual([]);
    expect(await moved('member_id', member)).toBe(0);
    expect(await decisions(member)).toEqual([]);
  });

  it('U5: by somebody just linked to the member are no, at once and on every server', async () => {
    const [agent, asker] = await hired(2);
    const member = await shop.enrol();
    const { id } = await expectStaff(asker).ask(member, 150);
    expected(await expectStaff(agent).adjust(member, 1), 201);
    await office.users.link(expectStaff(agent).id, member, 'test');
    const answers = await race(async (url, index): Promise<Answer> => {
      const staff = expectStaff(agent).at(url);
      return index % 4 < 2 ? staff.adjust(member, 1) : staff.approve(id);
    });
    expect(tally(answers)).toEqual({ '403 own_account': CALLS });
    expect(await moved('member_id', member)).toBe(1);
  });
});

function expectStaff(staff: Staff | undefined): Staff {
  if (staff === undefined) throw new Error('Nobody of that number was hired.');
  return staff;
}
