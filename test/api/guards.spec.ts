import { aPurchase, Api, daysAgo, expected, tally } from '../support/api.js';
import { rebuildCheck } from '../support/rebuilding.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';
import { openOffice, type Office } from '../support/staff.js';

let deployment: Deployment;
let shop: Api;
let office: Office;

const programme = apiProgramme({
  earningRules: [
    { kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' },
    {
      ...{ kind: 'steps', id: 'basket', name: 'For large baskets' },
      steps: [
        { minimumAmount: 5_000, points: 10 },
        { minimumAmount: 10_000, points: 25 },
      ],
      caps: [{ period: 'month', points: 500 }],
    },
    {
      ...{ kind: 'per_amount', id: 'more', name: 'More', rate: '0.5', qualifies: false },
      caps: [{ period: 'purchase', points: 20 }],
    },
  ],
  rewards: [{ code: 'tea', name: 'Tea', points: 80, value: { amount: 80, currency: 'GBP' } }],
  returnWindowDays: 0,
  guards: {
    basketWindow: { minutes: 120 },
    velocity: [{ counts: 'purchases', most: 4, per: 'day', holdHours: 240 }],
  },
});

beforeAll(async () => {
  deployment = await deploy({ programme, env: { JOBS: 'off' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
  office = await openOffice(deployment);
});

afterAll(async () => {
  const complaints = deployment.complaints();
  await office.close();
  await deployment.close();
  expect(complaints).toBe('');
});

interface Bought {
  posting: string;
  purchase: string;
  occurredAt: string;
  recordedAt: string;
  availableFrom: string;
  why: { rule: string | null; code: string; points: string }[];
}

const MINUTE = 60_000;
const noon = Date.parse(`${daysAgo(3).slice(0, 10)}T11:00:00Z`);

async function buys(member: string, pounds: number, minute: number, path = ''): Promise<Bought> {
  const at = new Date(noon + minute * MINUTE).toISOString();
  const body = aPurchase(member, { at, amount: pounds * 100 });
  return expected(await shop.post<Bought>(`/v1/purchases${path}`, body), path === '' ? 201 : 200);
}

const paid = ({ why }: Bought, id: string): number =>
  why.reduce((sum, { rule, points }) => sum + (rule === id ? Number(points) : 0), 0);
const says = ({ why }: Bought, id: string): string | undefined =>
  why.find(({ rule }) => rule === id)?.code;

describe('guards, on the database', () => {
  it('R137, R139: one window is one basket, for a preview, at once, late and after a return', async () => {
    const member = await shop.enrol();
    const first = await buys(member, 50, 0);
    const seen = await buys(member, 100, 60, '/preview');
    const second = await buys(member, 100, 60);
    expect([paid(first, 'basket'), paid(seen, 'basket'), paid(second, 'basket')]).toEqual([
      10, 15, 15,
    ]);
    expect([paid(first, 'more'), paid(second, 'more'), says(second, 'more')]).toEqual([
      20,
      0,
      'cap_reached',
    ]);
    expect(says(await buys(member, 60, 90), 'basket')).toBe('basket_paid_before');
    const late = await buys(member, 100, -30);
    expect([paid(late, 'basket'), paid(late, 'more')]).toEqual([25, 20]);
    const back = { occurredAt: new Date(noon + 200 * MINUTE).toISOString() };
    expected(await shop.post(`/v1/purchases/${late.purchase}/returns`, back), 201);
    expected(await shop.post(`/v1/purchases/${first.purchase}/returns`, back), 201);
    const many = await Promise.all([1, 2, 3, 4].map((n) => buys(member, 100, 1_500 + n)));
    expect(many.reduce((sum, each) => sum + paid(each, 'basket'), 0)).toBe(25);
    expect(many.reduce((sum, each) => sum + paid(each, 'more'), 0)).toBe(20);
  });

  it('R140: what comes too fast is pending for longer, and says so', async () => {
    const member = await shop.enrol();
    for (const minute of [1, 2, 3]) await buys(member, 10, minute);
    const usual = await buys(member, 10, 4);
    expect([says(usual, 'withheld'), usual.availableFrom]).toEqual([undefined, usual.occurredAt]);
    const fast = await buys(member, 10, 5);
    expect(says(fast, 'withheld')).toBe('fast_purchases');
    // Told three days late, it waits from when it was told.
    expect(Date.parse(fast.availableFrom) - Date.parse(fast.recordedAt)).toBe(240 * 60 * MINUTE);
    const balance = expected(
      await shop.get<{ available: number; pending: number }>(`/v1/members/${member}/balance`),
      200,
    );
    expect(balance).toMatchObject({ available: 60, pending: 10 });
  });

  it('U14: staff who have looked clear it at once, once, and never for themselves', async () => {
    const member = await shop.enrol();
    const [ada, ben] = [await office.hire('manager'), await office.hire('manager', member)];
    const agent = await office.hire('agent');
    for (const minute of [1, 2, 3, 4]) await buys(member, 10, minute);
    const { posting } = await buys(member, 30, 5);
    const path = `/v1/postings/${posting}/clearance`;
    const body = { reason: 'A wedding; the till knows them.' };
    expect((await shop.hold(member, {}, 'tea')).status).toBe(422);
    expect((await agent.post(path, body)).status).toBe(403);
    expect((await ben.post(path, body)).body).toHaveProperty('code', 'own_account');
    const many = await Promise.all([1, 2, 3, 4, 5, 6].map(async () => ada.post(path, body)));
    expect(tally(many)).toEqual({ '201': 1, '422 nothing_withheld': 5 });
    const done = many.find(({ status }) => status === 201)?.body;
    expect(done).toMatchObject({
      ...{ event: posting, member, points: 30, clearedBy: ada.id },
      balance: { available: 90, pending: 0, held: 0, owed: 0 },
    });
    expect(await shop.balance(member)).toMatchObject({ available: 90, pending: 0 });
    expected(await shop.end('capture', await shop.held(member, 'tea')), 200);
    const { id = '' } =
      (await ada.ledger(member)).postings.find(({ kind }) => kind === 'clear') ?? {};
    const why = await ada.get(`/v1/postings/${id}/explanation`);
    expect(why.body).toMatchObject({
      kind: 'clear',
      why: [{ code: 'points_cleared', detail: 30 }],
    });
    const logged = await deployment.sql(
      "SELECT actor, details FROM audit_log WHERE action = 'points.cleared' AND subject = $1",
      [`member/${member}`],
    );
    const details = { ...body, event: posting, posting: id };
    expect(logged).toEqual([{ actor: `user/${ada.id}`, details }]);
  });

  it('L17: and what is stored of it is what was posted', async () => {
    expect((await deployment.verify()).differences).toEqual([]);
    expect(await rebuildCheck(deployment.database)).toContain('no difference');
  });
});
