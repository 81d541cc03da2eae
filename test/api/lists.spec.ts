import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ListsView, UploadAnswer } from '../../src/partner-offers/lists/lists.views.js';
import type { ExplanationView } from '../../src/statements/statements.views.js';
import { aPurchase, Api, daysAgo, expected } from '../support/api.js';
import { bulk } from './bulk-stream.js';
import { apiProgramme, deploy, secrets, type Deployment } from '../support/server.js';
import { rebuildCheck } from '../support/rebuilding.js';
import { openOffice, type Office } from '../support/staff.js';

const run = promisify(execFile);

let deployment: Deployment;
let shops: Api[];
let office: Office;
let staff: Api;

const programme = apiProgramme({
  earningRules: [{ kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' }],
  rewards: [],
  offers: [
    {
      ...{ code: 'invited', name: 'Invited', audience: { kind: 'lists', lists: ['spring'] } },
      ...{ from: daysAgo(5).slice(0, 10), activation: false },
      pays: { kind: 'per_amount', rate: '1' },
    },
    {
      ...{ code: 'asked', name: 'Asked', audience: { kind: 'all' }, activation: true },
      ...{ from: daysAgo(5).slice(0, 10), when: [{ kind: 'location', locations: ['asked'] }] },
      pays: { kind: 'per_amount', rate: '1' },
    },
    {
      ...{ code: 'always', name: 'Always', audience: { kind: 'all' } },
      when: [{ kind: 'location', locations: ['always'] }],
      pays: { kind: 'per_amount', rate: '1' },
    },
  ],
});

beforeAll(async () => {
  deployment = await deploy({ programme, replicas: 2, env: { JOBS: 'off' } });
  shops = deployment.servers.map(({ url }) => new Api(url, deployment.credentials.shop));
  office = await openOffice(deployment);
  staff = await office.hire('marketer');
});

afterAll(async () => {
  expect(await rebuildCheck(deployment.database)).toContain('no difference');
  await office.close();
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

const shop = (index = 0): Api => shops[index % shops.length] ?? new Api('', '');

/** Every line of the answer; the last one says what became of the upload. */
async function upload(
  text: string,
  { list = 'spring', type = 'application/x-ndjson', by = staff } = {},
): Promise<UploadAnswer[]> {
  const response = await fetch(`${by.url}/v1/lists/${list}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${by.credential ?? ''}`, 'content-type': type },
    body: text,
  });
  expect(response.status).toBe(200);
  const lines = (await response.text()).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as UploadAnswer);
}

const ofIds = (ids: readonly string[]): string =>
  ids.map((member) => `${JSON.stringify({ member })}\n`).join('');

async function points(member: string, occurredAt = daysAgo(0), by = 0): Promise<number> {
  const body = aPurchase(member, { at: occurredAt, amount: 1_000 });
  return expected(await shop(by).purchase(body), 201).points;
}

async function audits(action: string): Promise<object[]> {
  return deployment.sql<object>(`SELECT details FROM audit_log WHERE action = $1 ORDER BY at`, [
    action,
  ]);
}

describe('an offer for a list', () => {
  it('O28: pays those who are on it, from the upload on, on every server', async () => {
    const [ada, bob] = [await shop().enrol({ card: 'LIST 0001' }), await shop().enrol()];
    expect(await points(ada)).toBe(10);
    const answer = await upload('{"card":"list-0001"}\n{"card":"LIST 9999"}\n\n{"member":"x"}\n');
    expect(answer).toEqual([
      expect.objectContaining({ line: 2, code: 'unknown_member' }),
      expect.objectContaining({ line: 4, code: 'invalid_line' }),
      { replaced: true, list: 'spring', lines: 3, members: 1, refused: 2 },
    ]);
    expect([await points(ada), await points(ada, daysAgo(0), 1)]).toEqual([20, 20]);
    expect(await points(bob)).toBe(10);
    const own = await shop().asMember(bob);
    const offers = expected(await own.get<{ offers: object[] }>('/v1/me/offers'), 200);
    expect(offers.offers).not.toContainEqual(expect.objectContaining({ code: 'invited' }));
    expect(await audits('list.replaced')).toEqual([
      { details: { lines: 3, members: 1, refused: 2 } },
    ]);
  });

  it('O28, R103: goes by the list as it was when a purchase was first decided', async () => {
    const member = await shop().enrol();
    await upload(ofIds([member]));
    const bought = expected(
      await shop().purchase(aPurchase(member, { at: daysAgo(0), amount: 1_000 })),
      201,
    );
    await upload(ofIds([await shop().enrol()]));
    const late = expected(
      await shop().purchase(aPurchase(member, { at: daysAgo(1), amount: 500 })),
      201,
    );
    expect(late.points).toBe(5);
    const agent = await office.hire('agent');
    const path = `/v1/postings/${bought.posting ?? ''}/explanation`;
    const { why } = expected(await agent.get<ExplanationView>(path), 200);
    expect(why.find(({ rule }) => rule === 'invited')?.points).toBe('10');
    const back = { occurredAt: daysAgo(0) };
    expected(await shop().post(`/v1/purchases/${bought.purchase ?? ''}/returns`, back), 201);
    const { balance } = expected(
      await shop().purchase(aPurchase(member, { at: daysAgo(0), amount: 100 })),
      201,
    );
    expect(balance.pending + balance.available).toBe(5 + 1);
  });

  it('O1, O28: is known to each purchase of a batch, whatever else the others ask for', async () => {
    const member = await shop().enrol();
    await upload(ofIds([member]));
    const own = await shop().asMember(member);
    expected(await own.post('/v1/me/offers/asked/activate', {}), 200);
    const lines = [0, 20].map((days) => ({
      ...aPurchase(member, { at: daysAgo(days), amount: 1_000 }),
      ...{ location: 'asked', idempotencyKey: randomUUID() },
    }));
    // The older one is of a day on which neither ran, and asks for nothing of the member.
    const text = lines.map((line) => JSON.stringify(line));
    const answers = await bulk(shop(), `${text.join('\n')}\n`);
    expect(answers.map(({ points: got }) => got)).toEqual([30, 10]);
  });

  it('is hidden from a member who is not on it, and told to staff', async () => {
    const member = await shop().enrol();
    const bought = expected(await shop().purchase(aPurchase(member, { at: daysAgo(0) })), 201);
    expect(bought.why.some(({ rule }) => rule === 'invited')).toBe(false);
    const agent = await office.hire('agent');
    const path = `/v1/postings/${bought.posting ?? ''}/explanation`;
    const { why } = expected(await agent.get<ExplanationView>(path), 200);
    expect(why.find(({ rule }) => rule === 'invited')?.code).toBe('not_listed');
  });
});

describe('an upload', () => {
  it('O29: of a table reads one column and keeps no other', async () => {
    const member = await shop().enrol({ card: 'LIST 0002' });
    const table = 'Name,Card,E-mail\n"Ada, L.",LIST 0002,ada@example.com\nBob,,bob@example.com\n';
    expect(await upload(table, { type: 'text/csv' })).toEqual([
      expect.objectContaining({ line: 3, code: 'invalid_line' }),
      expect.objectContaining({ replaced: true, members: 1 }),
    ]);
    expect(await points(member)).toBe(20);
    const [last] = await upload('Name,Phone\nAda,1\n', { type: 'text/csv' });
    expect(last).toMatchObject({ replaced: false, problem: { code: 'invalid_request' } });
    expect(await points(member)).toBe(20);
  });

  it('K8: from the command line tells the same', async () => {
    const member = await shop().enrol({ card: 'LIST 0003' });
    const folder = await mkdtemp(join(process.env['TEST_FOLDER'] ?? tmpdir(), 'lists-'));
    const file = join(folder, 'invited.csv');
    await writeFile(file, 'card\nLIST 0003\nLIST 9999\n');
    const urls = { DATABASE_URL: deployment.database.serverUrl };
    const env = { PATH: process.env['PATH'], ...secrets, ...urls };
    const args = ['dist/src/cli/fealty.js', 'list', 'replace', 'spring', file];
    const ended = await run(process.execPath, args, { env }).catch((error: unknown) => error);
    await rm(folder, { recursive: true });
    expect(ended).toMatchObject({ code: 1 });
    const { stdout, stderr } = ended as { stdout: string; stderr: string };
    expect(stderr).toContain(`${file}:3: unknown_member`);
    expect(stdout).toMatch(/members +1/);
    expect(await points(member)).toBe(20);
  });

  it('O29: that names nobody, is cut off or overtaken leaves the list as it was', async () => {
    const member = await shop().enrol();
    await upload(ofIds([member]));
    const nobody = await upload('{"card":"LIST 9999"}\n{"e-mail":"a@b.example"}\nno json\n');
    expect(nobody.map(({ code, replaced }) => code ?? replaced)).toEqual([
      ...['unknown_member', 'invalid_line', 'invalid_json', false],
    ]);
    const others = await Promise.all(Array.from({ length: 3 }, () => shop().enrol()));
    const cut = request(`${staff.url}/v1/lists/spring`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${staff.credential ?? ''}`,
        'content-type': 'application/x-ndjson',
        'content-length': 1_000_000,
      },
    });
    cut.on('error', () => undefined);
    cut.write(ofIds(others));
    await new Promise((resolve) => setTimeout(resolve, 300));
    cut.destroy();
    await new Promise((resolve) => cut.once('close', resolve));
    expect(await points(member)).toBe(20);
    for (const other of others) expect(await points(other)).toBe(10);
    const { lists } = expected(await staff.get<ListsView>('/v1/lists'), 200);
    expect(lists).toEqual([expect.objectContaining({ list: 'spring', members: 1 })]);
  });

  it('O29: one of several at once is the list, whole, and nothing of the others is kept', async () => {
    const crowds = await Promise.all(
      Array.from({ length: 4 }, () => Promise.all(Array.from({ length: 5 }, () => shop().enrol()))),
    );
    const answers = await Promise.all(crowds.map((crowd) => upload(ofIds(crowd))));
    const put = answers.flatMap((lines, place) => (lines.at(-1)?.replaced === true ? place : []));
    expect(put.length).toBeGreaterThan(0);
    const kept = await deployment.sql<{ member_id: string }>(
      `SELECT m.member_id FROM offer_list_members m WHERE m.list = 'spring'`,
    );
    const crowd = crowds.find((each) => kept.some(({ member_id }) => each.includes(member_id)));
    expect(kept.map(({ member_id }) => member_id).sort()).toEqual([...(crowd ?? [])].sort());
  });

  it('O30: nobody puts themselves on a list, and only who may keeps one', async () => {
    const member = await shop().enrol();
    const own = await office.hire('marketer', member);
    const friend = await shop().enrol();
    expect(await upload(ofIds([member, friend]), { by: own })).toEqual([
      expect.objectContaining({ line: 1, code: 'own_account' }),
      expect.objectContaining({ replaced: true, members: 1 }),
    ]);
    expect([await points(member), await points(friend)]).toEqual([10, 20]);
    const viewer = await office.hire('viewer');
    expect((await viewer.get('/v1/lists')).status).toBe(403);
    expect((await shop().get('/v1/lists')).status).toBe(403);
  });

  it('O30: a list is taken away for all at once', async () => {
    const member = await shop().enrol();
    await upload(ofIds([member]));
    expect((await staff.send('DELETE', '/v1/lists/spring', undefined)).status).toBe(204);
    expect(await points(member)).toBe(10);
    expect((await staff.send('DELETE', '/v1/lists/spring', undefined)).status).toBe(404);
    expect((await staff.send('DELETE', '/v1/lists/No%20List', undefined)).status).toBe(400);
    expect(await deployment.sql('SELECT 1 FROM offer_list_members')).toEqual([]);
    expect(await audits('list.removed')).toHaveLength(1);
  });
});
