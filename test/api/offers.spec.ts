import type { LiveOffersView, OffersView } from '../../src/partner-offers/offers/offers.views.js';
import type { Offer } from '../../src/programmes/document.js';
import { isHeldOut } from '../../src/rules/offers/standing.js';
import type { ExplanationView } from '../../src/statements/statements.views.js';
import { aPurchase, Api, daysAgo, expected } from '../support/api.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';
import { rebuildCheck } from '../support/rebuilding.js';
import { openOffice, type Office } from '../support/staff.js';

let deployment: Deployment;
let shops: Api[];
let office: Office;
let staff: Api;

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
    offer('active', { ...at('active'), activation: true, budget: { points: 1_000 } }),
    offer('half', { ...at('half'), holdoutShare: '0.5' }),
    offer('plain', at('plain')),
    offer('other', { when: [{ kind: 'retailer', retailers: ['corner'] }] }),
    offer('silver', { audience: { kind: 'tiers', tiers: ['silver'] } }),
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

interface Bought {
  posting: string;
  purchase: string;
  why: { rule: string | null; code: string; points: string }[];
}

async function buys(member: string, location: string, when = daysAgo(0), by = 0): Promise<Bought> {
  const body = { ...aPurchase(member, { at: when, amount: 1_000 }), location };
  return expected(await shop(by).post<Bought>('/v1/purchases', body), 201);
}

const said = ({ why }: Bought, code: string): string | undefined =>
  why.find(({ rule }) => rule === code)?.code;
const codesOf = (view: OffersView): string[] => view.offers.map(({ code }) => code);

describe('an offer that is activated', () => {
  it('O1, O2: pays from the instant on, and a late event and a return go by that', async () => {
    const member = await shop().enrol();
    const own = await shop().asMember(member);
    const before = daysAgo(0);
    expect(said(await buys(member, 'active'), 'active')).toBe('not_activated');
    const path = '/v1/me/offers/active/activate';
    const first = expected(await own.post<OffersView>(path, {}), 200);
    const again = expected(await own.post<OffersView>(path, {}), 200);
    expect(again).toEqual(first);
    const paid = await buys(member, 'active', daysAgo(0), 1);
    expect(said(paid, 'active')).toBe('rate_applied');
    expect(said(await buys(member, 'active', before), 'active')).toBe('not_activated');
    const back = { occurredAt: daysAgo(0) };
    expected(await shop().post(`/v1/purchases/${paid.purchase}/returns`, back), 201);
    const live = expected(await staff.get<LiveOffersView>('/v1/offers'), 200);
    expect(live.offers[0]?.budgets).toEqual([
      { unit: 'points', total: '1000', used: '0', left: '1000' },
    ]);
  });

  it('O1: is told to the member, and to a till where it is valid', async () => {
    const member = await shop().enrol();
    const own = await shop().asMember(member);
    const mine = codesOf(expected(await own.get<OffersView>('/v1/me/offers'), 200));
    expect(mine).toEqual(expect.arrayContaining(['active', 'plain', 'other']));
    expect(mine).not.toContain('silver');
    const path = `/v1/members/${member}/offers`;
    const here = codesOf(expected(await shop().get<OffersView>(path), 200));
    expect(here).toContain('active');
    expect(here).not.toContain('other');
    expect((await own.post('/v1/me/offers/silver/activate', {})).status).toBe(404);
  });
});

describe('members who are held out', () => {
  it('O4: get nothing, are told nothing, and staff see why', async () => {
    const members = await Promise.all(Array.from({ length: 12 }, () => shop().enrol()));
    const out = members.filter((member) => isHeldOut(member, 'half', 500_000));
    expect(out.length).toBeGreaterThan(0);
    expect(out.length).toBeLessThan(members.length);
    for (const member of members) {
      const isOut = out.includes(member);
      const bought = await buys(member, 'half');
      expect(said(bought, 'half')).toBe(isOut ? undefined : 'rate_applied');
      const own = await shop().asMember(member);
      const mine = codesOf(expected(await own.get<OffersView>('/v1/me/offers'), 200));
      expect(mine.includes('half')).toBe(!isOut);
      const path = `/v1/postings/${bought.posting}/explanation`;
      const agent = await office.hire('agent');
      const { why } = expected(await agent.get<ExplanationView>(path), 200);
      expect(why.find(({ rule }) => rule === 'half')?.code).toBe(
        isOut ? 'held_out' : 'rate_applied',
      );
    }
  });
});

describe('an offer that staff pause', () => {
  it('O3: pays nothing from then on, on every server, until it goes on', async () => {
    const member = await shop().enrol();
    const earlier = await buys(member, 'plain');
    const pause = '/v1/offers/plain/pause';
    expect((await shop().post(pause, { reason: 'x' })).status).toBe(403);
    expect(expected(await staff.post(pause, { reason: 'Too dear.' }), 200)).toMatchObject({
      state: 'paused',
      pauseReason: 'Too dear.',
    });
    const within = daysAgo(0);
    for (const by of [0, 1]) {
      expect(said(await buys(member, 'plain', daysAgo(0), by), 'plain')).toBe('offer_paused');
    }
    const own = await shop().asMember(member);
    const mine = codesOf(expected(await own.get<OffersView>('/v1/me/offers'), 200));
    expect(mine).not.toContain('plain');
    expected(await staff.post('/v1/offers/plain/resume', { reason: 'Cheaper now.' }), 200);
    expect(said(await buys(member, 'plain', daysAgo(0), 1), 'plain')).toBe('rate_applied');
    // What happened in the pause and arrives after it is as if it had come in time.
    expect(said(await buys(member, 'plain', within), 'plain')).toBe('offer_paused');
    const back = { occurredAt: daysAgo(0) };
    const path = `/v1/purchases/${earlier.purchase}/returns`;
    const returned = expected(await shop().post<{ points: number }>(path, back), 201);
    expect(returned.points).toBe(-20);
    const log = await deployment.sql<{ action: string }>(
      `SELECT action FROM audit_log WHERE subject = 'offer/plain' ORDER BY at`,
    );
    expect(log.map(({ action }) => action)).toEqual(['offer.paused', 'offer.resumed']);
  });
});
