import type { CreditsView } from '../../src/partner-offers/credits/credits.views.js';
import { Api, aPurchase, daysAgo, expected, problem, type Answer } from '../support/api.js';
import { keyOf } from '../support/keys.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

let deployment: Deployment;
let staff: Api;
let agent: Api;
let shop: Api;
let month: string;
beforeAll(async () => {
  const programme = apiProgramme({
    partners: [
      { code: 'travel', kind: 'agent', channels: ['agency'] },
      { code: 'wheels', kind: 'partner', terms: { kind: 'postpaid', price: '1' } },
    ],
  });
  deployment = await deploy({ programme, env: { JOBS: 'off' } });
  const url = deployment.servers[0]?.url ?? '';
  staff = new Api(url, deployment.credentials.staff);
  agent = new Api(url, await keyOf(deployment, 'travel', 'agent'));
  shop = new Api(url, deployment.credentials.shop);
  month = new Date().toISOString().slice(0, 7);
});
afterAll(async () => {
  await deployment.close();
  expect(deployment.complaints()).toBe('');
});

const credits = async (reader = staff): Promise<CreditsView> =>
  expected(await reader.get<CreditsView>(`/v1/partners/travel/credits/${month}`), 200);

/** What the same postings come to by another way to them: what the agent's purchases are worth. */
async function bySql(): Promise<{ points: string; sales: number }> {
  const [row] = await deployment.sql<{ points: string; sales: string }>(
    `SELECT trim_scale(sum((item->>3)::numeric) / 1000000000)::text AS points,
            count(DISTINCT (p.member_id, p.seq)) AS sales
       FROM purchases p
       JOIN postings o ON o.member_id = p.member_id AND o.kind IN ('accrue', 'return', 'correct')
        AND p.seq = CASE WHEN o.kind = 'accrue' THEN o.seq ELSE o.subject_seq END
      CROSS JOIN LATERAL json_array_elements(o.explanation) AS e (item)
      WHERE p.retailer = 'travel' AND p.content->'activity' IS NULL`,
  );
  return { points: row?.points ?? '', sales: Number(row?.sales) };
}

describe('the credits of an agent', () => {
  it('O9: are what its sales earned, with what came back and what was corrected since', async () => {
    const [one, other] = [await shop.enrol(), await shop.enrol()];
    const sold = async (member: string, amount: number): Promise<string> =>
      String(
        expected(await agent.purchase(aPurchase(member, { amount, at: daysAgo(3) })), 201).purchase,
      );
    const first = await sold(one, 5_050);
    await sold(one, 1_000);
    await sold(other, 333);
    expected(await shop.purchase(aPurchase(other, { amount: 70_000 })), 201);
    // Comes late, and makes the member one of a better tier before the agent sold anything.
    expected(await shop.purchase(aPurchase(one, { amount: 10_000_000, at: daysAgo(5) })), 201);
    const lines = [{ line: '0', amount: 1_010 }];
    expected(
      await agent.post(`/v1/purchases/${first}/returns`, { occurredAt: daysAgo(1), lines }),
      201,
    );
    const visit = {
      member: { id: one },
      kind: 'visit',
      reference: 'visit',
      occurredAt: daysAgo(1),
    };
    expected(await agent.post('/v1/activities', visit), 201);
    const view = await credits();
    expect(view).toMatchObject({ agent: 'travel', period: month, closed: false });
    expect(view.lines.map(({ kind, count, points }) => [kind, count, points])).toEqual([
      ['sold', 3, '63.83'],
      ['corrected', 2, '15.125'],
      ['returned', 1, '-12.625'],
    ]);
    expect(view).toMatchObject({ sales: 3, members: 2, points: '66.33' });
    expect(await bySql()).toEqual({ points: '66.33', sales: 3 });
  });

  it("O9: are the agent's own and the staff's, and no other's; a partner has none", async () => {
    expect(await credits(agent)).toEqual(await credits());
    const of = (reader: Api, code: string, name = month): Promise<Answer> =>
      reader.get(`/v1/partners/${code}/credits/${name}`);
    expect(problem(await of(agent, 'wheels')).status).toBe(404);
    expect(problem(await of(staff, 'wheels')).status).toBe(404);
    expect(problem(await of(shop, 'travel')).status).toBe(404);
    expect(problem(await of(staff, 'travel', '2026-13')).code).toBe('invalid_request');
    expect(problem(await of(staff, 'travel', '2099-01')).code).toBe('period_in_future');
    expect((await credits()).lines).toHaveLength(3);
  });

  it('O9: are a table or a page for who asks for one', async () => {
    const get = (accept: string): Promise<Response> =>
      fetch(`${staff.url}/v1/partners/travel/credits/${month}`, {
        headers: { accept, authorization: `Bearer ${deployment.credentials.staff}` },
      });
    const table = await (await get('text/csv')).text();
    expect(table.split('\r\n')).toEqual([
      'entry,version,count,points',
      'sold,1,3,63.83',
      'corrected,1,2,15.125',
      'returned,1,1,-12.625',
      'members,,2,',
      'all sales,,3,66.33',
      '',
    ]);
    const page = await get('text/html');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const text = await page.text();
    expect(text).toContain(`<h1>Credits ${month}: travel</h1>`);
    expect(text).toContain('<td class="number">-12.625</td>');
    expect(text).not.toContain('<script');
  });
});
