import { aPurchase, Api, daysAgo, expected, type PurchaseBody } from '../support/api.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';
import { rebuildCheck } from '../support/rebuilding.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';

let deployment: Deployment;
let shops: Api[];

type Offer = NonNullable<ProgrammeDocument['offers']>[number];

const offer = (code: string, more: Partial<Offer>): Offer => ({
  ...{ code, name: code, audience: { kind: 'all' } },
  pays: { kind: 'per_amount', rate: '1' },
  ...more,
});

const at = (location: string): Pick<Offer, 'when'> => ({
  when: [{ kind: 'location', locations: [location] }],
});

const programme = apiProgramme({
  earningRules: [{ kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' }],
  rewards: [],
  offers: [
    offer('few', { ...at('few'), budget: { points: 100 } }),
    offer('many', { ...at('many'), budget: { points: 100_000 } }),
    offer('money', {
      ...at('money'),
      budget: { money: { amount: 1_000, currency: 'GBP' }, pricePerPoint: '2.5' },
    }),
    offer('slots', { ...at('slots'), crowding: [{ grants: 3, per: 'hour', perLocation: true }] }),
    offer('home', {
      ...at('home'),
      sharedCaps: [
        { per: 'household', points: 50 },
        { per: 'device', points: 80 },
      ],
    }),
    offer('over', { ...at('over'), until: '2025-12-31', budget: { points: 100 } }),
  ],
});

beforeAll(async () => {
  deployment = await deploy({ programme, replicas: 2, env: { JOBS: 'off' } });
  shops = deployment.servers.map(({ url }) => new Api(url, deployment.credentials.shop));
});

afterAll(async () => {
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

afterEach(async () => {
  expect((await deployment.verify()).differences).toEqual([]);
  expect(await rebuildCheck(deployment.database)).toContain('no difference');
});

type Signals = Partial<Record<'household' | 'device' | 'payment', string>>;

interface Bought {
  purchase: string;
  exactPoints: string;
  why: { rule: string | null; code: string; points: string }[];
}

const shop = (index = 0): Api => shops[index % shops.length] ?? new Api('', '');

async function buys(
  member: string,
  location: string,
  pounds: number,
  {
    when = daysAgo(1),
    path = '',
    by = 0,
    signals,
  }: { when?: string; path?: string; by?: number; signals?: Signals } = {},
): Promise<Bought> {
  const bought = aPurchase(member, { at: when, amount: pounds * 100 });
  const body: PurchaseBody = { ...bought, location, ...(signals && { signals }) };
  const answer = await shop(by).post<Bought>(`/v1/purchases${path}`, body);
  return expected(answer, path === '' ? 201 : 200);
}

const extra = ({ why }: Bought, offered: string): number =>
  why.reduce((sum, { rule, points }) => sum + (rule === offered ? Number(points) : 0), 0);
const says = ({ why }: Bought, offered: string): string | undefined =>
  why.find(({ rule }) => rule === offered)?.code;

async function used(limit: string): Promise<number> {
  const rows = await deployment.sql<{ used: string }>(
    'SELECT coalesce(sum(used), 0) AS used FROM limit_slots WHERE limit_id = $1',
    [limit],
  );
  return Number(rows[0]?.used);
}

describe('the budget of an offer', () => {
  it('R50: is paid out to the last point over two servers, and a preview says the same', async () => {
    const members = await Promise.all([1, 2, 3, 4].map(() => shop().enrol()));
    const preview = await buys(members[0] ?? '', 'few', 30, { path: '/preview' });
    expect(extra(preview, 'few')).toBe(30);
    expect(await used('offer/few/points')).toBe(0);
    const bought = await Promise.all(members.map((member, by) => buys(member, 'few', 30, { by })));
    const paid = bought.map((each) => extra(each, 'few')).sort((a, b) => a - b);
    expect(paid).toEqual([10, 30, 30, 30]);
    expect(await used('offer/few/points')).toBe(100_000_000);
    const late = await buys(members[0] ?? '', 'few', 30);
    expect(says(late, 'few')).toBe('budget_used_up');
  });

  it('R53: has again what a return gives back, and pays it once', async () => {
    const member = await shop().enrol();
    const other = await shop().enrol();
    const bought = await buys(member, 'money', 400);
    expect(extra(bought, 'money')).toBe(400);
    expect(await used('offer/money/money')).toBe(1_000_000);
    const back = { occurredAt: daysAgo(0.5), lines: [{ line: '0', amount: 10_000 }] };
    expected(await shop(1).post(`/v1/purchases/${bought.purchase}/returns`, back), 201);
    expect(await used('offer/money/money')).toBe(750_000);
    expect(extra(await buys(other, 'money', 300), 'money')).toBe(100);
    expect(says(await buys(other, 'money', 300), 'money')).toBe('budget_used_up');
  });

  it('R50: of many points is found wherever the slots have them', async () => {
    const members = await Promise.all(Array.from({ length: 12 }, () => shop().enrol()));
    const bought = await Promise.all(
      members.map((member, by) => buys(member, 'many', 9_000, { by })),
    );
    const paid = bought.reduce((sum, each) => sum + extra(each, 'many'), 0);
    expect(paid).toBe(100_000);
    expect(await used('offer/many/points')).toBe(100_000 * 1_000_000);
  });

  it('R54: a late purchase has what is left and changes nothing of what was paid', async () => {
    const member = await shop().enrol();
    const later = await buys(member, 'slots', 10, { when: daysAgo(1) });
    const earlier = await buys(member, 'slots', 10, { when: daysAgo(2) });
    expect([extra(later, 'slots'), extra(earlier, 'slots')]).toEqual([10, 10]);
    expected(
      await shop().post(`/v1/purchases/${later.purchase}/returns`, { occurredAt: daysAgo(0.1) }),
      201,
    );
  });

  it('R55: pays for so many purchases in an hour, whoever comes first', async () => {
    const when = daysAgo(3);
    const members = await Promise.all(Array.from({ length: 6 }, () => shop().enrol()));
    const bought = await Promise.all(
      members.map((member, by) => buys(member, 'slots', 10, { when, by })),
    );
    expect(bought.filter((each) => extra(each, 'slots') === 10)).toHaveLength(3);
    expect(bought.filter((each) => says(each, 'slots') === 'slot_full')).toHaveLength(3);
  });

  it('R142: gives a household only so much, by two servers, and again what comes back', async () => {
    const signals = { household: 'hashed-oak-street-1' };
    const members = await Promise.all([1, 2, 3].map(() => shop().enrol()));
    const [ada = '', bob = ''] = members;
    const preview = await buys(ada, 'home', 70, { path: '/preview', signals });
    expect([extra(preview, 'home'), says(preview, 'home')]).toEqual([50, 'budget_capped']);
    const bought = await Promise.all(
      members.map((member, by) => buys(member, 'home', 30, { by, signals })),
    );
    const paid = bought.map((each) => extra(each, 'home')).sort((a, b) => a - b);
    expect(paid).toEqual([0, 20, 30]);
    // What was said once is known, whether or not it is said again.
    expect(says(await buys(bob, 'home', 10), 'home')).toBe('budget_used_up');
    const late = await buys(ada, 'home', 10, { when: daysAgo(2) });
    expect(says(late, 'home')).toBe('budget_used_up');
    const first = bought.find((each) => extra(each, 'home') === 30);
    const back = { occurredAt: daysAgo(0.5), lines: [{ line: '0', amount: 2_000 }] };
    expected(await shop(1).post(`/v1/purchases/${first?.purchase ?? ''}/returns`, back), 201);
    expect(extra(await buys(bob, 'home', 30, { by: 1 }), 'home')).toBe(20);

    // A device counts beside the household, and who is of none is one alone.
    const device = 'hashed-till-tablet-7';
    const of = (street: string): Signals => ({ household: `hashed-street-${street}`, device });
    const others = await Promise.all([1, 2, 3].map(() => shop().enrol()));
    const [cleo = '', dan = '', eve = ''] = others;
    expect(extra(await buys(cleo, 'home', 60, { signals: of('north') }), 'home')).toBe(50);
    expect(extra(await buys(dan, 'home', 60, { signals: of('south') }), 'home')).toBe(30);
    expect(extra(await buys(eve, 'home', 60), 'home')).toBe(50);
    expect(extra(await buys(eve, 'home', 60), 'home')).toBe(0);
    // Whoever is of two households takes from both.
    expect(extra(await buys(cleo, 'home', 60, { signals: of('south') }), 'home')).toBe(0);
  });

  it('R56: says nothing of an offer that is over, and locks nothing for it', async () => {
    const bought = await buys(await shop().enrol(), 'over', 10);
    expect(says(bought, 'over')).toBeUndefined();
    expect(await used('offer/over/points')).toBe(0);
  });
});
