import { setTimeout as pause } from 'node:timers/promises';
import type { ExplanationView } from '../../src/statements/statements.views.js';
import type { MemberView } from '../../src/statements/statements.service.js';
import type { StandingView } from '../../src/tiers/standing.js';
import type { TierStep } from '../../src/tiers/tiers.views.js';
import { aPurchase, Api, daysAgo, expected, problem, type LedgerPageView } from '../support/api.js';
import { aProgrammeDocument } from '../support/programme.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

type Standing = StandingView & { history: TierStep[] };

const RETURN_DAYS = 30;
const DAY_MS = 86_400_000;

let deployment: Deployment;
let shop: Api;
let corner: Api;
let staff: Api;

beforeAll(async () => {
  const { tiers } = aProgrammeDocument();
  deployment = await deploy({ programme: apiProgramme({ tiers }), env: { JOBS: 'off' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
  corner = shop.as(deployment.credentials.corner);
  staff = shop.as(deployment.credentials.staff);
});

afterAll(async () => {
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

/** One millisecond before or after an instant. */
const shifted = (instant: string, by: number): string =>
  new Date(Date.parse(instant) + by).toISOString();

/** The midnight in London that ends the last day of a purchase's return window. */
function windowEnd(occurredAt: string): string {
  const day = new Intl.DateTimeFormat('en-CA', { timeZone: 'Europe/London' });
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/London',
    timeStyle: 'medium',
  });
  const bought = Date.parse(`${day.format(new Date(occurredAt))}T00:00:00Z`);
  const end = bought + (RETURN_DAYS + 1) * DAY_MS;
  // London is at most an hour ahead of UTC.
  const midnight = [end, end - 3_600_000].find((at) => clock.format(at) === '00:00:00');
  return new Date(midnight ?? NaN).toISOString();
}

describe('balances', () => {
  it('S2: a balance as of an instant holds the postings recorded up to then', async () => {
    const member = await shop.enrol();
    const empty = await shop.balance(member);
    const first = await shop.give(member, 100);
    await pause(5);
    const second = await shop.give(member, 200);
    await pause(5);
    expect((await shop.hold(member)).status).toBe(422);
    const third = await shop.give(member, 300);
    const at = async (asOf: string): Promise<number> =>
      (await shop.balance(member, asOf)).available;
    expect(await at(empty.asOf)).toBe(0);
    expect(await at(shifted(first.recordedAt, -1))).toBe(0);
    expect(await at(first.recordedAt)).toBe(100);
    expect(await at(shifted(second.recordedAt, -1))).toBe(100);
    expect(await at(second.recordedAt)).toBe(300);
    expect(await at(third.recordedAt)).toBe(600);
    expect((await shop.balance(member)).available).toBe(600);
    expect(await at('1999-12-31T23:59:59Z')).toBe(0);
  });

  it('S2: an instant may be written in any offset', async () => {
    const member = await shop.enrol();
    const { recordedAt } = await shop.give(member, 100);
    const local = new Date(Date.parse(recordedAt) + 7_200_000).toISOString().replace('Z', '+02:00');
    const balance = await shop.balance(member, local);
    expect(balance).toMatchObject({ member, asOf: recordedAt, available: 100 });
  });

  it('S2: an open hold is judged at the instant as well', async () => {
    const member = await shop.memberWith(600);
    const id = await shop.held(member);
    const held = (await shop.ledger(member)).postings[0];
    await pause(5);
    expected(await shop.end('release', id), 200);
    const then = held?.recordedAt ?? '';
    expect(await shop.balance(member, then)).toMatchObject({ available: 100, held: 500 });
    expect(await shop.balance(member, shifted(then, -1))).toMatchObject({
      available: 600,
      held: 0,
    });
    expect(await shop.balance(member)).toMatchObject({ available: 600, held: 0 });
  });

  it('R9: points are pending until the midnight that ends the return window', async () => {
    const member = await shop.enrol();
    const [old, recent, today] = [
      daysAgo(RETURN_DAYS + 2),
      daysAgo(RETURN_DAYS - 1),
      daysAgo(0.01),
    ];
    const settled = await shop.give(member, 100, old);
    const pending = await shop.give(member, 200, recent);
    const fresh = await shop.give(member, 400, today);
    expect(settled.availableFrom).toBe(windowEnd(old));
    const balance = await shop.balance(member);
    expect(balance).toMatchObject({ available: 100, pending: 600, held: 0, owed: 0 });
    expect(balance.nextAvailable).toEqual([
      { at: windowEnd(recent), points: 200 },
      { at: windowEnd(today), points: 400 },
    ]);
    expect([pending.availableFrom, fresh.availableFrom]).toEqual([
      windowEnd(recent),
      windowEnd(today),
    ]);
    expect(balance.nextExpiry.map(({ points }) => points)).toEqual([100, 200, 400]);
    expect(fresh.balance).toEqual({ available: 100, pending: 600, held: 0, owed: 0 });
  });

  it('R9: they are available from that very instant, without any posting or job', async () => {
    const member = await shop.enrol();
    await shop.give(member, 500, daysAgo(1));
    await pause(20);
    // Lets the window close ten milliseconds ago.
    const [lot] = await deployment.sql<{ at: Date }>(
      `UPDATE lots SET available_from = date_trunc('milliseconds', now()) - interval '10 ms'
        WHERE member_id = $1 RETURNING available_from AS at`,
      [member],
    );
    const closed = lot?.at.toISOString() ?? '';
    await deployment.sql('UPDATE accounts SET changes_at = $2 WHERE member_id = $1', [
      member,
      closed,
    ]);
    expect(await shop.balance(member, shifted(closed, -1))).toMatchObject({
      available: 0,
      pending: 500,
    });
    expect(await shop.balance(member, closed)).toMatchObject({ available: 500, pending: 0 });
    expect(await shop.balance(member)).toMatchObject({ available: 500, pending: 0 });
    expect((await shop.ledger(member)).postings).toHaveLength(1);
    const held = expected(await shop.hold(member), 201);
    expect(held.balance).toEqual({ available: 0, pending: 0, held: 500, owed: 0 });
  });

  it('S1: any retailer that can name a member sees the balance', async () => {
    const member = await shop.memberWith(100);
    expect((await corner.balance(member)).available).toBe(100);
    expect((await staff.balance(member)).available).toBe(100);
    const view = expected(await corner.get<MemberView>(`/v1/members/${member}`), 200);
    expect(view).toMatchObject({
      id: member,
      status: 'active',
      available: 100,
      tier: { code: 'blue', name: 'Blue' },
      qualifyingPoints: 100,
    });
  });
});

describe('the ledger', () => {
  it('S1: comes in pages, newest first, without gaps or repetitions', async () => {
    const member = await shop.enrol();
    const booked: (string | null)[] = [];
    for (let points = 1; points <= 7; points += 1) {
      booked.unshift((await shop.give(member, points)).posting);
    }
    const pages: LedgerPageView[] = [await shop.ledger(member, '?limit=3')];
    for (let next = pages[0]?.next; typeof next === 'string'; next = pages.at(-1)?.next) {
      // What is booked meanwhile belongs before the first page.
      await shop.give(member, 100);
      pages.push(await shop.ledger(member, `?limit=3&cursor=${next}`));
    }
    expect(pages.map(({ postings }) => postings.length)).toEqual([3, 3, 1]);
    expect(pages.flatMap(({ postings }) => postings.map(({ id }) => id))).toEqual(booked);
    expect((await shop.ledger(member)).postings).toHaveLength(9);
    expect((await shop.ledger(member)).next).toBeNull();
  });

  it('S1: says of each posting what it did and what it left', async () => {
    const member = await shop.memberWith(1_500);
    const [captured, released] = [await shop.held(member), await shop.held(member)];
    expected(await shop.end('capture', captured), 200);
    expected(await shop.end('release', released), 200);
    await shop.give(member, 20, daysAgo(1));
    expect((await shop.hold(member, {}, 'visit')).status).toBe(422);
    const { postings } = await shop.ledger(member);
    const told = postings.map(({ kind, points, balance: { available, pending, held } }) => [
      kind,
      points,
      available,
      pending,
      held,
    ]);
    expect(told.reverse()).toEqual([
      ['accrue', 1_500, 1_500, 0, 0],
      ['hold', -500, 1_000, 0, 500],
      ['hold', -500, 500, 0, 1_000],
      ['redeem', 0, 500, 0, 500],
      ['release', 500, 1_000, 0, 0],
      ['accrue', 25, 1_000, 25, 0],
      ['refused', 0, 1_000, 25, 0],
    ]);
    const byId = new Map(postings.map((posting) => [posting.id, posting]));
    const [redeem] = postings.filter(({ kind }) => kind === 'redeem');
    expect(byId.get(redeem?.subject ?? '')?.kind).toBe('hold');
  });

  it('S1: shows a retailer its own postings only, and staff all of them', async () => {
    const member = await shop.memberWith(100);
    await corner.give(member, 200);
    await shop.give(member, 300);
    const pointsSeenBy = async (api: Api): Promise<number[]> =>
      (await api.ledger(member)).postings.map(({ points }) => points);
    expect(await pointsSeenBy(shop)).toEqual([300, 100]);
    expect(await pointsSeenBy(corner)).toEqual([200]);
    expect(await pointsSeenBy(staff)).toEqual([300, 200, 100]);
  });

  it('S1: pages of own postings skip those of others', async () => {
    const member = await shop.enrol();
    for (const api of [shop, corner, shop, corner, corner, shop]) await api.give(member, 10);
    const first = await shop.ledger(member, '?limit=2');
    const second = await shop.ledger(member, `?limit=2&cursor=${first.next ?? ''}`);
    expect([first.postings.length, second.postings.length, second.next]).toEqual([2, 1, null]);
  });
});

describe('explanations', () => {
  const explanation = (api: Api, posting: string | null): ReturnType<Api['get']> =>
    api.get(`/v1/postings/${posting ?? ''}/explanation`);

  it('S3: name every rule considered, with its reason, and sum to the points', async () => {
    const member = await shop.enrol();
    const purchase = aPurchase(member, { amount: 1_050 });
    const booked = expected(
      await shop.purchase({
        ...purchase,
        total: { amount: 6_550, currency: 'GBP' },
        lines: [
          ...purchase.lines,
          { category: 'garden', quantity: 2, amount: 500 },
          { category: 'gift_cards', quantity: 1, amount: 5_000 },
        ],
      }),
      201,
    );
    const answer = await shop.get<ExplanationView>(
      `/v1/postings/${booked.posting ?? ''}/explanation`,
    );
    const { why, ...rest } = expected(answer, 200);
    expect(rest).toMatchObject({
      posting: booked.posting,
      kind: 'accrue',
      exactPoints: '20.5',
      carried: '0.5',
      programmeVersion: 1,
    });
    expect(why).toEqual(booked.why);
    expect(why.map(({ rule, line, code, points }) => [rule, line, code, points])).toEqual([
      [null, 2, 'category_cash_like', '0'],
      ['base', 0, 'rate_applied', '10.5'],
      ['garden', 1, 'category_rate_applied', '10'],
      ['tier', null, 'tier_has_no_bonus', '0'],
    ]);
  });

  it('S3: are for whoever may see the posting, and nobody else finds it', async () => {
    const member = await shop.enrol();
    const { posting } = await shop.give(member, 100);
    const [own, stranger] = [await shop.asMember(member), await shop.asMember(await shop.enrol())];
    const path = `/v1/me/postings/${posting ?? ''}/explanation`;
    expect((await explanation(shop, posting)).status).toBe(200);
    expect((await explanation(staff, posting)).status).toBe(200);
    expect((await own.get(path)).status).toBe(200);
    for (const answer of [
      await corner.get(`/v1/postings/${posting ?? ''}/explanation`),
      await stranger.get(path),
    ]) {
      expect([answer.status, problem(answer).code]).toEqual([404, 'not_found']);
    }
  });
});

describe('standings', () => {
  it('T1: a tier is reached by the posting that crosses its threshold', async () => {
    const member = await shop.enrol();
    const path = `/v1/members/${member}/standing`;
    const fresh = expected(await shop.get<Standing>(path), 200);
    const way = { metric: 'qualifying_points', threshold: 500, missing: 500 };
    expect(fresh).toEqual({
      tier: { code: 'blue', name: 'Blue' },
      qualifyingPoints: 0,
      next: { code: 'silver', name: 'Silver', ...way, ways: [{ ...way, counted: 0 }] },
      ...{ window: null, keeping: null, provisionalUntil: null, grant: null, benefits: [] },
      history: [],
    });
    await shop.give(member, 100);
    await shop.give(member, 399);
    const near = expected(await shop.get<Standing>(path), 200);
    expect(near).toMatchObject({ tier: { code: 'blue' }, next: { missing: 1 } });
    const crossing = await shop.give(member, 1);
    expect(crossing.standing).toEqual({
      tier: { code: 'silver', name: 'Silver' },
      qualifyingPoints: 500,
      next: null,
    });
    const reached = expected(await shop.get<Standing>(path), 200);
    expect(reached.history.map(({ tier, fromPosting, why }) => [tier, fromPosting, why])).toEqual([
      [
        ...['silver', 3],
        {
          ...{ code: 'threshold_reached', qualifyingPoints: '500', threshold: 500 },
          until: expect.any(String),
        },
      ],
      ['blue', 1, { code: 'threshold_reached', qualifyingPoints: '100', threshold: 0 }],
    ]);
    // The tier's bonus is for what comes after, and does not qualify.
    expect((await shop.give(member, 100)).points).toBe(125);
    expect((await shop.get<Standing>(path)).body.qualifyingPoints).toBe(600);
  });
});

describe('what a member reads', () => {
  it('S1: is the own view, balance, standing and whole ledger', async () => {
    const member = await shop.memberWith(600);
    await corner.give(member, 100);
    const own = await shop.asMember(member);
    for (const part of ['', '/balance', '/standing', '/ledger']) {
      const [mine, theirs] = [
        await own.get(`/v1/me${part}`),
        await staff.get(`/v1/members/${member}${part}`),
      ];
      expect(mine.status).toBe(200);
      expect({ ...mine.body, asOf: 0 }).toEqual({ ...theirs.body, asOf: 0 });
    }
    const { postings } = (await own.get<LedgerPageView>('/v1/me/ledger')).body;
    expect(postings.map(({ points }) => points)).toEqual([125, 600]);
    const [newest] = postings;
    const page = await own.get<LedgerPageView>(`/v1/me/ledger?cursor=${newest?.id ?? ''}`);
    expect(page.body.postings.map(({ points }) => points)).toEqual([600]);
    const before = shifted(newest?.recordedAt ?? '', -1);
    const balance = await own.get<{ available: number }>(`/v1/me/balance?asOf=${before}`);
    expect(balance.body.available).toBe(600);
  });
});
