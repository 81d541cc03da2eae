import type { PreferencesView } from '../../src/members/profiles/profiles.views.js';
import { openOffice, type Office } from '../support/staff.js';
import { consent, expected, Api, type Answer } from '../support/api.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

let deployment: Deployment;
let office: Office;
let shop: Api;

const programme = apiProgramme({
  personas: [
    { code: 'gardener', name: 'Gardener' },
    { code: 'host', name: 'Host', description: 'Has guests.' },
  ],
  preferences: [
    { code: 'books', name: 'Books' },
    { code: 'wine', name: 'Wine' },
  ],
});

beforeAll(async () => {
  deployment = await deploy({ programme, env: { JOBS: 'off' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
  office = await openOffice(deployment);
});

afterAll(async () => {
  await office.close();
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

const at = '/v1/me/preferences';
const patch = async <Body = PreferencesView>(own: Api, change: object): Promise<Answer<Body>> =>
  own.send('PATCH', at, JSON.stringify(change));
const faults = ({ body, status }: Answer): unknown => ({
  status,
  code: (body as { code?: string }).code,
  pointers: (body as { errors?: { pointer: string }[] }).errors?.map(({ pointer }) => pointer),
});
const audited = async (member: string): Promise<object[]> =>
  deployment.sql<object>(
    `SELECT actor, action, details FROM audit_log WHERE subject = $1 ORDER BY at, id`,
    [`member/${member}`],
  );

describe('what a member says of themselves', () => {
  it('M6: in words of the programme, which the answer names, a part at a time', async () => {
    const own = await shop.asMember(await shop.enrol());
    const before = expected(await own.get<PreferencesView>(at), 200);
    expect(before).toEqual({
      persona: null,
      birthMonth: null,
      preferences: [],
      choices: {
        personas: [
          { code: 'gardener', name: 'Gardener', description: null },
          { code: 'host', name: 'Host', description: 'Has guests.' },
        ],
        preferences: [
          { code: 'books', name: 'Books' },
          { code: 'wine', name: 'Wine' },
        ],
      },
    });
    expected(await patch(own, { persona: 'host', preferences: ['wine', 'books'] }), 200);
    const after = expected(await patch(own, { birthMonth: 5, preferences: ['books'] }), 200);
    const { choices } = before;
    const said = { birthMonth: 5, preferences: ['books'], choices };
    expect(after).toEqual({ persona: 'host', ...said });
    expect(expected(await patch(own, { persona: null }), 200)).toMatchObject({ persona: null });
    expect(expected(await own.get(at), 200)).toEqual({ persona: null, ...said });
  });

  it('M6: anything else is refused at its place and changes nothing', async () => {
    const member = await shop.enrol();
    const own = await shop.asMember(member);
    const unknown = { persona: 'king', birthMonth: 5, preferences: ['wine', 'wars'] };
    expect(faults(await patch(own, unknown))).toEqual({
      status: 422,
      code: 'unknown_choice',
      pointers: ['/persona', '/preferences/1'],
    });
    for (const wrong of [{ birthMonth: 0 }, { birthMonth: '5' }, { birthday: '1990-05-01' }]) {
      expect((await patch(own, wrong)).status).toBe(400);
    }
    expect(expected(await own.get(at), 200)).toMatchObject({ birthMonth: null, preferences: [] });
    expect(await audited(member)).toEqual([]);
    const enrolling = { consent: consent(), persona: 'king', card: 'CARD-KING' };
    expect(faults(await shop.post('/v1/members', enrolling))).toMatchObject({ status: 422 });
    expect((await shop.post('/v1/members/find', { card: 'CARD-KING' })).status).toBe(404);
  });

  it('M7: a birth month stands for a year, whether or not it is taken back', async () => {
    const member = await shop.enrol({ birthMonth: 3 });
    const own = await shop.asMember(member);
    expected(await patch(own, { birthMonth: 3 }), 200);
    const refused = { status: 422, code: 'birth_month_stands', pointers: ['/birthMonth'] };
    expect(faults(await patch(own, { birthMonth: 4 }))).toEqual(refused);
    expected(await patch(own, { birthMonth: null }), 200);
    expect(faults(await patch(own, { birthMonth: 4, persona: 'host' }))).toEqual(refused);
    expect(expected(await own.get(at), 200)).toMatchObject({ birthMonth: null, persona: null });
    await deployment.sql(
      `UPDATE profiles SET birth_month_said_at = birth_month_said_at - interval '365 days'
        WHERE member_id = $1`,
      [member],
    );
    expect(expected(await patch(own, { birthMonth: 4 }), 200)).toMatchObject({ birthMonth: 4 });
  });

  it('M8: is in the audit log without a value, and once', async () => {
    const member = await shop.enrol();
    const own = await shop.asMember(member);
    const said = { persona: 'host', birthMonth: 5, preferences: ['wine'] };
    for (const change of [said, said, { persona: 'gardener' }, {}]) {
      expected(await patch(own, change), 200);
    }
    const action = 'member.preferences_changed';
    const entry = (...fields: string[]): object => ({
      actor: expect.stringMatching(/^member\//) as string,
      action,
      details: { fields },
    });
    expect(await audited(member)).toEqual([
      entry('persona', 'birthMonth', 'preferences'),
      entry('persona'),
    ]);
  });

  it('M8: is read by the member and by staff who serve members, and by nobody else', async () => {
    const member = await shop.enrol({ persona: 'host', birthMonth: 7, preferences: ['wine'] });
    const ofMember = `/v1/members/${member}/preferences`;
    const agent = await office.hire('agent');
    const own = await shop.asMember(member);
    const seen = expected(await agent.get(ofMember), 200);
    expect(seen).toMatchObject({ persona: 'host', birthMonth: 7, preferences: ['wine'] });
    expect(expected(await own.get(at), 200)).toEqual(seen);
    const marketer = await office.hire('marketer');
    const { corner } = deployment.credentials;
    for (const other of [shop, shop.as(corner), marketer, own]) {
      expect((await other.get(ofMember)).status).toBe(403);
    }
    for (const other of [shop, agent]) expect((await patch(other, {})).status).toBe(403);
    expect((await agent.get('/v1/members/nobody/preferences')).status).toBe(404);
  });

  it('M6: changes of different parts at once are all kept', async () => {
    const own = await shop.asMember(await shop.enrol());
    const changes = [{ persona: 'host' }, { birthMonth: 9 }, { preferences: ['books'] }];
    for (const answer of await Promise.all(changes.map((change) => patch(own, change)))) {
      expected(answer, 200);
    }
    const all = { persona: 'host', birthMonth: 9, preferences: ['books'] };
    expect(expected(await own.get(at), 200)).toMatchObject(all);
  });
});
