import type { LiveOffersView, OffersView } from '../../src/partner-offers/offers/offers.views.js';
import { luckUnder } from '../../src/accrual/luck.js';
import type { ExplanationView } from '../../src/statements/statements.views.js';
import { aPurchase, Api, expected, type PurchaseBody } from '../support/api.js';
import { DAY_MS, HOUR_MS, TestClock } from '../support/clock.js';
import { apiProgramme, deploy, secrets, type Deployment } from '../support/server.js';
import { rebuildCheck } from '../support/rebuilding.js';
import { openOffice, type Office } from '../support/staff.js';

/** Millionths of the days. */
const CHANCE = 300_000;
const POINTS = 15;

let deployment: Deployment;
let shops: Api[];
let clock: TestClock;
let office: Office;

const programme = apiProgramme({
  earningRules: [{ kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' }],
  rewards: [],
  surprises: [
    {
      ...{ code: 'thanks', name: 'A little thank you', audience: { kind: 'all' }, chance: '0.3' },
      ...{ points: POINTS, minimumAmount: 1_000, caps: [{ period: 'year', points: 1_000 }] },
      budget: { points: 100_000 },
    },
    {
      ...{ code: 'rare', name: 'Rare', audience: { kind: 'all' }, chance: '0.5' },
      ...{ points: 20, minimumAmount: 5_000, caps: [{ period: 'year', points: 1_000 }] },
      budget: { points: 70 },
    },
  ],
});

beforeAll(async () => {
  deployment = await deploy({ programme, replicas: 2, env: { JOBS: 'off', TEST_CLOCK: 'on' } });
  shops = deployment.servers.map(({ url }) => new Api(url, deployment.credentials.shop));
  office = await openOffice(deployment);
  clock = new TestClock(shop().as(deployment.credentials.staff));
  await clock.to(noonAfter(await clock.now()));
});

afterAll(async () => {
  expect((await deployment.verify()).differences).toEqual([]);
  expect(await rebuildCheck(deployment.database)).toContain('no difference');
  await office.close();
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

/** Noon UTC of the day after, so that no day ends meanwhile. */
const noonAfter = (now: number): number =>
  Math.floor(now / DAY_MS) * DAY_MS + DAY_MS + 12 * HOUR_MS;

const shop = (index = 0): Api => shops[index % shops.length] ?? new Api('', '');

const luckOf = luckUnder(secrets.HANDLE_SECRET);

async function isLucky(member: string, code = 'thanks', chance = CHANCE): Promise<boolean> {
  const day = new Date(await clock.now()).toISOString().slice(0, 10);
  return luckOf(member)(code, day) < chance;
}

/** New members whose luck today is the wanted one. */
async function members(count: number, lucky: boolean, code = 'thanks'): Promise<string[]> {
  const found: string[] = [];
  for (let tries = 0; found.length < count && tries < 200; tries += 1) {
    const member = await shop().enrol();
    const chance = code === 'rare' ? 500_000 : CHANCE;
    if ((await isLucky(member, code, chance)) === lucky) found.push(member);
  }
  return found;
}

async function member(lucky: boolean): Promise<string> {
  const [found = ''] = await members(1, lucky);
  return found;
}

interface Bought {
  posting: string;
  purchase: string;
  exactPoints: string;
  why: { rule: string | null; name: string | null; code: string; points: string }[];
}

async function body(of: string, pence: number, ago = 0): Promise<PurchaseBody> {
  const at = new Date((await clock.now()) - ago).toISOString();
  return aPurchase(of, { at, amount: pence });
}

async function buys(of: string, pence: number, { ago = 0, by = 0 } = {}): Promise<Bought> {
  const sent = await body(of, pence, ago);
  return expected(await shop(by).post<Bought>('/v1/purchases', sent), 201);
}

const won = ({ why }: Bought, code = 'thanks'): number =>
  why.reduce((sum, { rule, points }) => sum + (rule === code ? Number(points) : 0), 0);
const isSilent = ({ why }: Bought): boolean => why.every(({ rule }) => rule !== 'thanks');

describe('a surprise', () => {
  it('O5: comes with the first large enough purchase of a lucky day, on whichever server', async () => {
    const [lucky, unlucky] = [await member(true), await member(false)];
    for (const by of [0, 1]) expect(isSilent(await buys(unlucky, 2_000, { by }))).toBe(true);
    expect(isSilent(await buys(lucky, 999))).toBe(true);
    const first = await buys(lucky, 1_000, { by: 1 });
    expect(first.why).toContainEqual({
      ...{ rule: 'thanks', name: 'A little thank you', code: 'surprise_given' },
      ...{ line: null, points: String(POINTS), detail: null },
    });
    for (const by of [0, 1]) expect(isSilent(await buys(lucky, 1_000, { by }))).toBe(true);
  });

  it('O5: is told by no preview, no list, and to no till', async () => {
    const lucky = await member(true);
    const sent = await body(lucky, 4_000);
    const preview = expected(await shop().post<Bought>('/v1/purchases/preview', sent), 200);
    expect(isSilent(preview)).toBe(true);
    const own = await shop().asMember(lucky);
    for (const [caller, path] of [
      [own, '/v1/me/offers'],
      [shop(), `/v1/members/${lucky}/offers`],
    ] as const) {
      expect(expected(await caller.get<OffersView>(path), 200).offers).toEqual([]);
    }
    expect((await own.post('/v1/me/offers/thanks/activate', {})).status).toBe(404);
    for (const caller of [own, shop()]) {
      expect((await caller.get('/v1/programme')).status).toBe(403);
    }
    expect(won(await buys(lucky, 4_000))).toBe(POINTS);
  });

  it('O6: is drawn once a day: again by a key, at once, and after it came back', async () => {
    const lucky = await member(true);
    const sent = await body(lucky, 1_000);
    const [key, tries] = ['the-same', [0, 1, 0, 1]];
    const again = await Promise.all(
      tries.map((by) => shop(by).post<Bought>('/v1/purchases', sent, { key })),
    );
    const answers = again.filter(({ status }) => status === 201);
    expect(new Set(answers.map((answer) => answer.body.posting)).size).toBe(1);
    const many = await Promise.all(tries.map((by) => buys(lucky, 1_000, { by })));
    const [first] = answers;
    if (first === undefined) throw new Error('One is booked.');
    expect(won(first.body) + many.reduce((sum, each) => sum + won(each), 0)).toBe(POINTS);
    const bought = [first.body, ...many];
    for (const { purchase } of bought) {
      const back = { occurredAt: new Date(await clock.now()).toISOString() };
      expected(await shop().post(`/v1/purchases/${purchase}/returns`, back), 201);
    }
    const balance = await shop().get<{ pending: number; owed: number }>(
      `/v1/members/${lucky}/balance`,
    );
    expect(balance.body).toMatchObject({ pending: 0, owed: 0 });
    expect(won(await buys(lucky, 1_000))).toBe(POINTS);
  });

  it('O6: in exchange is drawn when it is booked, not when it is looked at', async () => {
    const lucky = await member(true);
    const small = await buys(lucky, 500);
    const at = new Date(await clock.now()).toISOString();
    const { member: _, ...exchange } = await body(lucky, 2_000);
    const asked = { occurredAt: at, exchange };
    const path = `/v1/purchases/${small.purchase}/returns`;
    const preview = await shop().post<{ exchange: Bought }>(`${path}/preview`, asked);
    expect(isSilent(expected(preview, 200).exchange)).toBe(true);
    const done = await shop().post<{ exchange: Bought }>(path, asked);
    expect(won(expected(done, 201).exchange)).toBe(POINTS);
  });

  it('O5: does not come late, nor of a day that is over', async () => {
    const lucky = await member(true);
    await buys(lucky, 100);
    expect(isSilent(await buys(lucky, 2_000, { ago: HOUR_MS }))).toBe(true);
    const other = await shop().enrol();
    const yesterday: Bought[] = [];
    for (const days of [5, 4, 3, 2, 1]) {
      yesterday.push(await buys(other, 2_000, { ago: days * DAY_MS }));
    }
    expect(yesterday.every(isSilent)).toBe(true);
  });

  it('O7: never gives more than its budget, however many are lucky at once', async () => {
    const lucky = await members(6, true, 'rare');
    const bought = await Promise.all(lucky.map((each, by) => buys(each, 5_000, { by })));
    const paid = bought.map((each) => won(each, 'rare')).sort((a, b) => a - b);
    expect(paid).toEqual([0, 0, 10, 20, 20, 20]);
    const nothing = bought.find((each) => won(each, 'rare') === 0);
    expect(nothing?.why.map(({ rule }) => rule)).not.toContain('rare');
    const agent = await office.hire('agent');
    const path = `/v1/postings/${String(nothing?.posting)}/explanation`;
    const { why } = expected(await agent.get<ExplanationView>(path), 200);
    expect(why.find(({ rule }) => rule === 'rare')?.code).toBe('budget_used_up');
    const staff = await office.hire('marketer');
    const { offers } = expected(await staff.get<LiveOffersView>('/v1/offers'), 200);
    expect(offers.find(({ code }) => code === 'rare')).toMatchObject({
      chance: '0.5',
      budgets: [{ unit: 'points', total: '70', used: '70', left: '0' }],
    });
  });

  it('O7: is paused as an offer is', async () => {
    const [lucky = '', other = ''] = await members(2, true);
    const staff = await office.hire('marketer');
    expected(await staff.post('/v1/offers/thanks/pause', { reason: 'A fault.' }), 200);
    expect(isSilent(await buys(lucky, 2_000))).toBe(true);
    expected(await staff.post('/v1/offers/thanks/resume', { reason: 'Mended.' }), 200);
    expect(won(await buys(other, 2_000, { by: 1 }))).toBe(POINTS);
    expect(won(await buys(lucky, 2_000, { by: 1 }))).toBe(POINTS);
  });

  it('O5: comes as often as its chance says', async () => {
    const day = new Date(await clock.now()).toISOString().slice(0, 10);
    const ids = Array.from({ length: 20_000 }, (_, n) => `member ${String(n)}`);
    const share = (code: string, at: string): number =>
      ids.filter((id) => luckOf(id)(code, at) < CHANCE).length / ids.length;
    for (const [code, at] of [
      ['thanks', day],
      ['thanks', '2026-01-01'],
      ['rare', day],
    ] as const) {
      expect(share(code, at)).toBeCloseTo(0.3, 1);
    }
    const both = ids.filter(
      (id) => luckOf(id)('thanks', day) < CHANCE && luckOf(id)('rare', day) < CHANCE,
    );
    expect(both.length / ids.length).toBeCloseTo(0.09, 1);
    const elsewhere = luckUnder('another secret of another server, 32 characters');
    const same = ids.filter((id) => luckOf(id)('thanks', day) === elsewhere(id)('thanks', day));
    expect(same.length).toBeLessThan(5);
  });
});
