import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { OffersView } from '../../src/partner-offers/offers/offers.views.js';
import type {
  CouponBatchesView,
  RedeemedCouponView,
} from '../../src/redemptions/coupons/coupons.views.js';
import { isHeldOut } from '../../src/rules/offers/standing.js';
import { aPurchase, Api, daysAgo, expected, problem, tally, type Answer } from '../support/api.js';
import { temporaryFolder } from '../support/embedded.js';
import { rebuildCheck } from '../support/rebuilding.js';
import { apiProgramme, deploy, secrets, type Deployment } from '../support/server.js';

const offer = (code: string, more: object = {}): object => ({
  ...{ code, name: `Offer ${code}`, audience: { kind: 'all' } },
  ...{ pays: { kind: 'per_amount', rate: '1' }, byCoupon: true },
  ...more,
});
const at = (location: string): object => ({ when: [{ kind: 'location', locations: [location] }] });

const programme = apiProgramme({
  earningRules: [{ kind: 'per_amount', id: 'base', name: 'On everything', rate: '1' }],
  rewards: [],
  offers: [
    offer('letter', at('letter')),
    offer('open', { ...at('open'), byCoupon: false, activation: true }),
    offer('over', { ...at('over'), until: '2025-01-31' }),
    offer('half', { ...at('half'), holdoutShare: '0.5' }),
    offer('plain', { ...at('plain'), byCoupon: false }),
  ] as never[],
});

let deployment: Deployment;
let shop: Api;
let two: Api;
let staff: Api;

beforeAll(async () => {
  deployment = await deploy({ replicas: 2, programme, env: { JOBS: 'off' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
  two = shop.at(deployment.servers[1]?.url ?? '');
  staff = shop.as(deployment.credentials.staff);
});

afterAll(async () => {
  expect((await deployment.verify()).differences).toEqual([]);
  expect(await rebuildCheck(deployment.database)).toContain('no difference');
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

async function made(of: string, count: number): Promise<string[]> {
  const response = await fetch(`${shop.url}/v1/coupons/batches`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${deployment.credentials.staff}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ reference: randomUUID(), offer: of, count }),
  });
  const lines = (await response.text()).trim().split('\n');
  return lines.map((line) => (JSON.parse(line) as { code: string }).code);
}

const redeem = (
  by: Api,
  member: string,
  code: string,
  key?: string,
): Promise<Answer<RedeemedCouponView>> =>
  by.post('/v1/coupons/redeem', { member: { id: member }, code }, { key });

async function says(member: string, location: string): Promise<string | undefined> {
  const body = { ...aPurchase(member, { at: daysAgo(0), amount: 1_000 }), location };
  interface Why {
    why: { rule: string | null; code: string }[];
  }
  const { why } = expected(await shop.post<Why>('/v1/purchases', body), 201);
  return why.find(({ rule }) => rule === location)?.code;
}

describe('a coupon for an offer', () => {
  it('D17: activates it for one member, once, and the same key says the same again', async () => {
    const [code = ''] = await made('letter', 1);
    const member = await shop.enrol();
    const own = await shop.asMember(member);
    const mine = async (): Promise<string[]> =>
      expected(await own.get<OffersView>('/v1/me/offers'), 200).offers.map((each) => each.code);
    expect(await mine()).not.toContain('letter');
    expect((await own.post('/v1/me/offers/letter/activate', {})).status).toBe(404);
    expect(await says(member, 'letter')).toBe('not_activated');
    const key = randomUUID();
    const first = await redeem(shop, member, code, key);
    expect(expected(first, 201)).toMatchObject({
      ...{ coupon: null, offer: { code: 'letter', name: 'Offer letter' }, points: 0 },
      member,
    });
    const again = await redeem(two, member, code, key);
    expect([again.body, again.headers.get('idempotency-replayed')]).toEqual([first.body, 'true']);
    expect(await mine()).toContain('letter');
    expect(await says(member, 'letter')).toBe('rate_applied');
    const other = await shop.enrol();
    expect(problem(await redeem(two, other, code)).code).toBe('coupon_already_used');
    expect(await says(other, 'letter')).toBe('not_activated');
    const why = await shop.get(`/v1/postings/${first.body.posting}/explanation`);
    expect(why.body).toMatchObject({
      why: [{ code: 'offer_activated', name: 'Offer letter', points: '0', detail: 'letter' }],
    });
  });

  it('D17: that is refused is as good as before', async () => {
    const [code = '', second = ''] = await made('open', 2);
    const member = await shop.enrol();
    expected(await staff.post('/v1/offers/open/pause', { reason: 'A try.' }), 200);
    expect(problem(await redeem(shop, member, code)).code).toBe('offer_is_paused');
    expected(await staff.post('/v1/offers/open/resume', { reason: 'Tried.' }), 200);
    expected(await redeem(shop, member, code), 201);
    expect(problem(await redeem(shop, member, second)).code).toBe('offer_already_activated');
    const own = await shop.asMember(await shop.enrol());
    expected(await own.post('/v1/me/offers/open/activate', {}), 200);
    const late = await own.post('/v1/me/coupons/redeem', { code: second });
    expect(problem(late).code).toBe('offer_already_activated');
    expected(await redeem(two, await shop.enrol(), second), 201);
    const [old = ''] = await made('over', 1);
    expect(problem(await redeem(shop, member, old)).code).toBe('offer_not_running');
  });

  it('D17, O4: is good for whom the offer is for, and tells nobody that they are held out', async () => {
    const [code = ''] = await made('half', 1);
    const members = await Promise.all(Array.from({ length: 12 }, () => shop.enrol()));
    const out = members.find((each) => isHeldOut(each, 'half', 500_000)) ?? '';
    const in_ = members.find((each) => !isHeldOut(each, 'half', 500_000)) ?? '';
    expect(problem(await redeem(shop, out, code)).code).toBe('offer_not_for_member');
    expected(await redeem(shop, in_, code), 201);
    expect(await says(in_, 'half')).toBe('rate_applied');
  });

  it('D17: is used by one of many who try at once, on two servers', async () => {
    const codes = await made('letter', 8);
    for (const code of codes) {
      const fresh = await Promise.all(Array.from({ length: 4 }, () => shop.enrol()));
      const answers = await Promise.all(
        fresh.map((member, n) => redeem(n % 2 ? two : shop, member, code)),
      );
      expect(tally(answers)).toEqual({ '201': 1, '422 coupon_already_used': 3 });
    }
    // One member with several at once, who activates it by hand besides, uses up one at most.
    const [a = '', b = '', c = ''] = await made('open', 3);
    const member = await shop.enrol();
    const own = await shop.asMember(member);
    const [byHand, ...answers] = await Promise.all([
      own.post('/v1/me/offers/open/activate', {}),
      ...[a, b, c].map((code, n) => redeem(n % 2 ? two : shop, member, code)),
    ]);
    expect(byHand.status).toBe(200);
    expect(answers.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(1);
  });

  it('D17: is made of one thing, which there is', async () => {
    const ask = async (body: object): Promise<unknown> => {
      const answer = await staff.post('/v1/coupons/batches', {
        ...{ reference: randomUUID(), count: 1 },
        ...body,
      });
      return [answer.status, problem(answer).errors?.[0]?.pointer];
    };
    expect(await ask({})).toEqual([400, '/offer']);
    expect(await ask({ coupon: 'fair', offer: 'letter' })).toEqual([400, '/offer']);
    for (const unknown of ['none', 'plain', 'base']) {
      expect(await ask({ offer: unknown })).toEqual([422, '/offer']);
    }
    expect(await ask({ coupon: 'letter' })).toEqual([422, '/coupon']);
  });
});

describe('batches of coupons', () => {
  it('D18: are listed, newest first, with how many are used', async () => {
    const codes = await made('letter', 3);
    for (const code of codes.slice(1)) expected(await redeem(shop, await shop.enrol(), code), 201);
    const first = expected(await staff.get<CouponBatchesView>('/v1/coupons/batches?limit=1'), 200);
    expect(first.items).toMatchObject([{ coupon: null, offer: 'letter', count: 3, used: 2 }]);
    const seen = [...first.items];
    for (let { next } = first; next !== null;) {
      const path = `/v1/coupons/batches?limit=2&cursor=${encodeURIComponent(next)}`;
      const page = expected(await staff.get<CouponBatchesView>(path), 200);
      seen.push(...page.items);
      next = page.next;
    }
    const [all] = await deployment.sql<{ count: string }>('SELECT count(*) FROM coupon_batches');
    expect([seen.length, new Set(seen.map(({ reference }) => reference)).size]).toEqual([
      Number(all?.count),
      Number(all?.count),
    ]);
    expect(problem(await shop.get('/v1/coupons/batches')).code).toBe('forbidden');
  });

  it('D18: are made on the command line, into a file of their owner alone', async () => {
    const out = join(await temporaryFolder(), 'codes.txt');
    const fealty = async (...args: string[]): Promise<{ stdout: string; stderr: string }> => {
      const { serverUrl, ownerUrl } = deployment.database;
      const urls = { DATABASE_URL: serverUrl, DATABASE_OWNER_URL: ownerUrl };
      const env = { PATH: process.env['PATH'], ...secrets, ...urls };
      const all = ['dist/src/cli/fealty.js', 'coupon', ...args];
      return promisify(execFile)(process.execPath, all, { env });
    };
    const make = (...more: string[]): Promise<unknown> =>
      fealty('make', '--reference', 'cli', '--count', '601', ...more);
    expect(await make('--offer', 'letter', '--out', out)).toMatchObject({ stdout: '' });
    const codes = (await readFile(out, 'utf8')).trim().split('\n');
    expect(new Set(codes).size).toBe(601);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expected(await redeem(shop, await shop.enrol(), codes[600] ?? ''), 201);
    const listed = await fealty('list', '--limit', '1');
    expect(listed.stdout).toMatch(/cli +offer letter +1 +601 +cli\n$/);
    await expect(make('--offer', 'letter', '--out', out)).rejects.toMatchObject({ code: 2 });
    const again = join(await temporaryFolder(), 'again.txt');
    await make('--offer', 'letter', '--out', again);
    expect(await readFile(again, 'utf8')).toBe(await readFile(out, 'utf8'));
    const refused = join(await temporaryFolder(), 'refused.txt');
    await expect(make('--offer', 'open', '--out', refused)).rejects.toMatchObject({ code: 1 });
    await expect(stat(refused)).rejects.toThrow('ENOENT');
    await writeFile(refused, 'mine');
    await expect(make('--offer', 'letter', '--out', refused)).rejects.toMatchObject({ code: 2 });
    expect(await readFile(refused, 'utf8')).toBe('mine');
  });
});
