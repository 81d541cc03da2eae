import { aPurchase, daysAgo, expected, Api, type PurchaseBody } from '../support/api.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

let deployment: Deployment;
let shop: Api;

const programme = apiProgramme({
  personas: [
    { code: 'gardener', name: 'Gardener' },
    { code: 'host', name: 'Host' },
  ],
  earningRules: [
    { kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' },
    {
      kind: 'multiplier',
      id: 'hosts',
      name: 'Double for hosts',
      by: '2',
      when: [{ kind: 'persona', personas: ['host'] }],
    },
  ],
});

beforeAll(async () => {
  deployment = await deploy({ programme, env: { JOBS: 'off' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
});

afterAll(async () => {
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

const says = async (member: string, persona: string | null): Promise<void> => {
  const own = await shop.asMember(member);
  expected(await own.send('PATCH', '/v1/me/preferences', JSON.stringify({ persona })), 200);
};

interface Bought {
  id: string;
  points: string;
}

async function buys(member: string, at: string, path = ''): Promise<Bought> {
  const body: PurchaseBody = aPurchase(member, { at, amount: 1_000 });
  const answer = await shop.post<{ purchase: string; exactPoints: string }>(
    `/v1/purchases${path}`,
    body,
  );
  const { purchase, exactPoints } = expected(answer, path === '' ? 201 : 200);
  return { id: purchase, points: exactPoints };
}

const earned = async (member: string): Promise<number> => {
  const rows = await deployment.sql<{ points: string }>(
    'SELECT points FROM accounts WHERE member_id = $1',
    [member],
  );
  return Number(rows[0]?.points);
};
const contents = async (member: string): Promise<object[]> =>
  deployment.sql<object>(
    `SELECT content -> 'traits' AS traits FROM purchases WHERE member_id = $1 ORDER BY seq`,
    [member],
  );
const sound = async (): Promise<void> => {
  expect((await deployment.verify()).differences).toEqual([]);
};

describe('a rule for a persona', () => {
  it('R26: pays by what the member said before, and a return by what was kept', async () => {
    const member = await shop.enrol();
    expect(await buys(member, daysAgo(9))).toMatchObject({ points: '10' });
    await says(member, 'host');
    expect(await buys(member, daysAgo(8), '/preview')).toMatchObject({ points: '20' });
    const asHost = await buys(member, daysAgo(8));
    expect(asHost.points).toBe('20');
    await says(member, 'gardener');
    expect(await buys(member, daysAgo(7))).toMatchObject({ points: '10' });
    expect(await earned(member)).toBe(40);
    const back = { occurredAt: daysAgo(6), lines: [{ line: '0', amount: 500 }] };
    expected(await shop.post(`/v1/purchases/${asHost.id}/returns`, back), 201);
    expect(await earned(member)).toBe(30);
    const rest = { occurredAt: daysAgo(5) };
    expected(await shop.post(`/v1/purchases/${asHost.id}/returns`, rest), 201);
    expect(await earned(member)).toBe(20);
    await sound();
  });

  it('R26: what comes late changes nothing of what was kept with later purchases', async () => {
    const member = await shop.enrol({ persona: 'host' });
    expect(await buys(member, daysAgo(5))).toMatchObject({ points: '20' });
    await says(member, null);
    expect(await buys(member, daysAgo(8))).toMatchObject({ points: '10' });
    expect(await earned(member)).toBe(30);
    await sound();
  });

  it('R26: an exchange goes by what the member says now, what it is exchanged for by then', async () => {
    const member = await shop.enrol();
    const { id } = await buys(member, daysAgo(5));
    await says(member, 'host');
    const { member: _, ...exchange } = aPurchase(member, { at: daysAgo(4), amount: 1_000 });
    const request = { occurredAt: daysAgo(4), exchange };
    expected(await shop.post(`/v1/purchases/${id}/returns`, request), 201);
    expect(await earned(member)).toBe(20);
    await sound();
  });

  it('C11: keeps no more than a rule asks, where it can be erased and no retailer sees it', async () => {
    const member = await shop.enrol({ persona: 'host', birthMonth: 4 });
    const { id } = await buys(member, daysAgo(5));
    expect(await contents(member)).toEqual([{ traits: { persona: 'host' } }]);
    const seen = expected(await shop.get<{ content: object }>(`/v1/purchases/${id}`), 200);
    expect(JSON.stringify(seen)).not.toContain('host');
    const kept = await deployment.sql<{ text: string }>(
      'SELECT row_to_json(p)::text AS text FROM postings p WHERE member_id = $1',
      [member],
    );
    expect(kept.length).toBe(1);
    expect(kept.map(({ text }) => text).join()).not.toContain('"host"');
  });
});
