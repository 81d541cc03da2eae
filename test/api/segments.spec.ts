import fc from 'fast-check';
import type { AccrualView } from '../../src/accrual/accrual.views.js';
import type {
  SegmentMembersView,
  SegmentsView,
} from '../../src/members/segments/segments.views.js';
import type { Criterion, ProgrammeDocument, Segment } from '../../src/programmes/document.js';
import { Api, aPurchase, daysAgo, expected, problem } from '../support/api.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

const SEGMENTS = 60;
const MEMBERS = 40;
const seed = Number(process.env['SEGMENTS_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

const days = fc.integer({ min: 1, max: 40 });
const subset = <T>(...all: T[]): fc.Arbitrary<T[]> => fc.subarray(all, { minLength: 1 });
const bounds = (least: string, most: string, max: number): fc.Arbitrary<object> =>
  fc
    .tuple(fc.integer({ min: 1, max }), fc.integer({ min: 0, max }), fc.constantFrom(0, 1, 2))
    .map(([low, more, which]) => ({
      ...(which !== 1 && { [least]: low }),
      ...(which !== 0 && { [most]: Math.min(low + more, max) }),
    }));

const criteria: fc.Arbitrary<object>[] = [
  subset('blue', 'silver').map((tiers) => ({ kind: 'tier', tiers })),
  subset('host', 'cook').map((personas) => ({ kind: 'persona', personas })),
  subset('books', 'wine').map((preferences) => ({ kind: 'preference', preferences })),
  subset(1, 2, 3, 4, 5, 6).map((months) => ({ kind: 'birth_month', months })),
  bounds('atLeastDays', 'atMostDays', 40).map((said) => ({ kind: 'enrolled', ...said })),
  subset('shop', 'corner').map((retailers) => ({ kind: 'enrolled_by', retailers })),
  fc
    .tuple(days, bounds('atLeast', 'atMost', 4))
    .map(([within, said]) => ({ kind: 'purchases', days: within, ...said })),
  fc
    .tuple(days, fc.integer({ min: 0, max: 20_000 }))
    .map(([within, atLeast]) => ({ kind: 'spend', days: within, atLeast })),
  bounds('atLeastDays', 'atMostDays', 40).map((said) => ({ kind: 'last_purchase', ...said })),
  fc
    .tuple(subset('home', 'garden'), fc.option(days, { nil: undefined }))
    .map(([categories, within]) => ({
      ...{ kind: 'bought', categories },
      ...(within !== undefined && { days: within }),
    })),
];

/** Segments of one criterion each, and of two or three. */
const segments: Segment[] = fc
  .sample(fc.integer({ min: 0, max: 2 ** 30 }), { numRuns: SEGMENTS, seed })
  .map((draw, no) => {
    const size = no < 3 * criteria.length ? 1 : 2 + (draw % 2);
    const kinds = Array.from({ length: size }, (_, n) => criteria[(no + 3 * n) % criteria.length]);
    const all = kinds.flatMap((kind, n) =>
      kind === undefined ? [] : (fc.sample(kind, { numRuns: 1, seed: draw + n }) as Criterion[]),
    );
    return { code: `s${String(no)}`, name: `Segment ${String(no)}`, all };
  });
const rich: Segment = { code: 'rich', name: 'Rich', all: [{ kind: 'balance', atLeast: 150 }] };

const programme: ProgrammeDocument = apiProgramme({
  tiers: [
    { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
    { code: 'silver', name: 'Silver', threshold: 200, multiplier: '1.25' },
  ],
  personas: [
    { code: 'host', name: 'Host' },
    { code: 'cook', name: 'Cook' },
  ],
  preferences: [
    { code: 'books', name: 'Books' },
    { code: 'wine', name: 'Wine' },
  ],
  countedPurchases: { minimumAmount: 1_000 },
  segments: [...segments, rich],
  earningRules: [
    { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' },
    ...segments.map(({ code }): ProgrammeDocument['earningRules'][number] => ({
      ...{ kind: 'per_amount', id: code, name: code, rate: '0.001', qualifies: false },
      when: [{ kind: 'segment', segments: [code] }],
    })),
  ],
});

let deployment: Deployment;
let staff: Api;
let shop: Api;
const members: string[] = [];

beforeAll(async () => {
  deployment = await deploy({ programme, env: { JOBS: 'off' } });
  const url = deployment.servers[0]?.url ?? '';
  staff = new Api(url, deployment.credentials.staff);
  shop = new Api(url, deployment.credentials.shop);
  const corner = new Api(url, deployment.credentials.corner);
  const draws = fc.sample(fc.infiniteStream(fc.nat(1_000)), { numRuns: MEMBERS, seed });
  for (const draw of draws) {
    const next = (): number => Number(draw.next().value);
    members.push(await live(next() % 3 === 0 ? corner : shop, next));
  }
}, 120_000);

afterAll(async () => {
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

/** A member who says something of themselves, joined some days ago, buys, and returns some of it. */
async function live(retailer: Api, next: () => number): Promise<string> {
  const persona = ['host', 'cook', undefined][next() % 3];
  const preferences = [[], ['books'], ['wine'], ['books', 'wine']][next() % 4] ?? [];
  const birthMonth = 1 + (next() % 12);
  const said = { ...(persona !== undefined && { persona }), preferences, birthMonth };
  const member = await retailer.enrol(said);
  await deployment.sql(
    `UPDATE members SET enrolled_at = enrolled_at - $2 * interval '7 hours' WHERE member_id = $1`,
    [member, next() % 160],
  );
  // Some come late, and so in another order than they were made.
  for (let left = next() % 6; left > 0; left -= 1) {
    const category = ['home', 'garden', 'delivery'][next() % 3] ?? 'home';
    const bought = aPurchase(member, {
      ...{ category, amount: 1 + next() * 10 },
      at: daysAgo((next() % 29) + (next() % 10) / 10),
    });
    const { purchase } = expected(await retailer.purchase(bought), 201);
    if (next() % 3 > 0) continue;
    const line = { line: '0', ...(next() % 2 === 0 && { amount: bought.total.amount }) };
    const back = { occurredAt: new Date().toISOString(), lines: [line] };
    expected(await retailer.post(`/v1/purchases/${purchase ?? ''}/returns`, back), 201);
  }
  return member;
}

/** The segments in which the live core finds a member: the rules that would pay for a purchase now. */
async function decided(member: string): Promise<string[]> {
  const request = aPurchase(member, { at: new Date().toISOString(), amount: 100_000 });
  const { why } = expected(await shop.post<AccrualView>('/v1/purchases/preview', request), 200);
  return why.flatMap(({ rule, code }) =>
    code === 'rate_applied' && rule !== 'base' ? [rule ?? ''] : [],
  );
}

async function listed(code: string, limit: number): Promise<string[]> {
  const found: string[] = [];
  let cursor = '';
  for (;;) {
    const path = `/v1/segments/${code}/members?limit=${String(limit)}${cursor}`;
    const { members: page, next } = expected(await staff.get<SegmentMembersView>(path), 200);
    expect(page.length).toBeLessThanOrEqual(limit);
    found.push(...page);
    if (next === null) return found;
    cursor = `&cursor=${next}`;
  }
}

describe('segments', () => {
  it(`M10, M11: counts, lists and the core agree on every member (seed ${String(seed)})`, async () => {
    const core = new Map<string, string[]>();
    for (const member of members) core.set(member, await decided(member));
    const counted = expected(await staff.get<SegmentsView>('/v1/segments'), 200);
    expect(counted).toMatchObject({ version: 1, members: MEMBERS });
    const wrong: string[] = [];
    for (const { code, all } of segments) {
      const expectedIds = members.filter((id) => core.get(id)?.includes(code)).sort();
      const ids = (await listed(code, 1 + (all.length % 7))).sort();
      const told = counted.segments.find((each) => each.code === code)?.members;
      if (ids.join() !== expectedIds.join() || told !== ids.length) {
        wrong.push(
          `${JSON.stringify(all)}: ${String(told)} counted, ${ids.length} listed, ${expectedIds.length} decided`,
        );
      }
    }
    expect(wrong).toEqual([]);
    // The draws are worth something: some segments have some of the members, of most kinds.
    const some = counted.segments.filter(({ members: n }) => n !== null && n > 0 && n < MEMBERS);
    expect(some.length).toBeGreaterThan(SEGMENTS / 4);
  }, 120_000);

  it('M10: tell the share, and of points what accounts have', async () => {
    const counted = expected(await staff.get<SegmentsView>('/v1/segments'), 200);
    const [row] = await deployment.sql<{ rich: number }>(
      'SELECT count(*)::int AS rich FROM accounts WHERE points + held >= 150',
    );
    const found = counted.segments.find(({ code }) => code === 'rich');
    expect(found?.members).toBe(row?.rich);
    const millionths = Math.floor(((found?.members ?? 0) * 1_000_000) / MEMBERS);
    expect(Math.round(Number(found?.share) * 1_000_000)).toBe(millionths);
  });

  it('M12: are read by staff who may, page by page', async () => {
    expect((await shop.get('/v1/segments')).status).toBe(403);
    expect(problem(await staff.get('/v1/segments/none/members')).code).toBe('not_found');
    const page = await staff.get('/v1/segments/rich/members?cursor=else');
    expect(problem(page).errors).toMatchObject([{ pointer: '/cursor', code: 'invalid_cursor' }]);
    expect(problem(await staff.get('/v1/segments/rich/members?limit=0')).status).toBe(400);
  });

  it('R80: keep what they said with the purchase, and verification is clean', async () => {
    const rows = await deployment.sql<{ segments: string[] }>(
      `SELECT content -> 'traits' -> 'segments' AS segments FROM purchases`,
    );
    expect(rows.length).toBeGreaterThan(MEMBERS);
    expect(rows.every(({ segments: kept }) => Array.isArray(kept))).toBe(true);
    expect((await deployment.verify()).differences).toEqual([]);
    expect(await deployment.rebuild()).toEqual([]);
  });
});
