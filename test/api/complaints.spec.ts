/** What users of other programmes have complained of, each as a story that ends well here. */
import { randomUUID } from 'node:crypto';
import type { AccrualView } from '../../src/accrual/accrual.views.js';
import type { ReturnView } from '../../src/accrual/returns/returns.views.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { Api, aPurchase, expected, problem, type PurchaseBody } from '../support/api.js';
import { DAY_MS, TestClock } from '../support/clock.js';
import { aProgrammeDocument } from '../support/programme.js';
import { deploy, type Deployment } from '../support/server.js';

let deployment: Deployment;
let shop: Api;
let staff: Api;
let clock: TestClock;

const document = (overrides: Partial<ProgrammeDocument> = {}): ProgrammeDocument =>
  aProgrammeDocument({ purchasesBeforeEnrolment: true, ...overrides });

beforeAll(async () => {
  deployment = await deploy({ programme: document(), env: { TEST_CLOCK: 'on' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
  staff = shop.as(deployment.credentials.staff);
  clock = new TestClock(staff);
});

afterAll(async () => {
  const { differences } = await deployment.verify();
  await deployment.close();
  expect(differences).toEqual([]);
});

/** An instant some days before the programme's now. */
const ago = async (days: number): Promise<string> =>
  new Date((await clock.now()) - days * DAY_MS).toISOString();

async function buys(
  member: string,
  pounds: number,
  more: Partial<PurchaseBody> & { days?: number } = {},
): Promise<AccrualView> {
  const { days = 0, ...rest } = more;
  const purchase = aPurchase(member, { amount: pounds * 100, at: await ago(days) });
  return expected(await shop.purchase({ ...purchase, ...rest }), 201);
}

async function brings(
  back: AccrualView,
  more: object = {},
  how: 'returns' | 'returns/preview' = 'returns',
): Promise<ReturnView> {
  const at = `/v1/purchases/${back.purchase ?? ''}/${how}`;
  const answer = await shop.post<ReturnView>(at, { occurredAt: await ago(0), ...more });
  return expected(answer, how === 'returns' ? 201 : 200);
}

async function spends(member: string): Promise<string> {
  const id = await shop.held(member);
  expected(await shop.end('capture', id), 200);
  return id;
}

const codesOf = ({ why }: Pick<ReturnView, 'why'>): string[] => why.map(({ code }) => code);

describe('returns', () => {
  it('C1: a refund takes back what was earned, once, and never what was spent', async () => {
    const member = await shop.enrol();
    await buys(member, 600, { days: 80 });
    const later = await buys(member, 100, { days: 40 });
    await spends(member);
    const before = await shop.balance(member);
    const { points, balance } = await brings(later);
    expect(points).toBe(-145);
    expect(balance).toMatchObject({ available: before.available - 145, owed: 0 });
  });

  it('C2: a refund goes by the rule that awarded it, gone or not, and says so', async () => {
    const member = await shop.enrol();
    const old = await buys(member, 100);
    const { earningRules } = document();
    const [base] = earningRules;
    if (base === undefined) throw new Error('The sample has a base rule.');
    const cheaper = document({ earningRules: [{ ...base, kind: 'per_amount', rate: '0.1' }] });
    const effectiveAt = new Date((await clock.now()) + 60_000).toISOString();
    expected(await staff.post('/v1/programme/versions', { document: cheaper, effectiveAt }), 201);
    await clock.forward(120_000);
    expect((await buys(member, 100)).points).toBe(10);
    const back = await brings(old);
    expect([back.points, back.programmeVersion]).toEqual([-120, 1]);
    expect(codesOf(back)).toEqual(['returned', 'minimum_no_longer_met']);
    const again = document();
    const next = new Date((await clock.now()) + 60_000).toISOString();
    expected(
      await staff.post('/v1/programme/versions', { document: again, effectiveAt: next }),
      201,
    );
    await clock.forward(120_000);
  });

  it('C3: part of a purchase brings back its part, and the bonus only when it is lost', async () => {
    const member = await shop.enrol();
    const lines = [
      { id: 'a', category: 'home', quantity: 4, amount: 8_000 },
      { id: 'b', category: 'home', quantity: 1, amount: 2_000 },
    ];
    const bought = await buys(member, 100, { lines });
    expect(bought.points).toBe(120);
    const some = await brings(bought, { lines: [{ line: 'a', quantity: 4 }] });
    expect([some.points, codesOf(some)]).toEqual([-80, ['returned']]);
    const rest = await brings(bought, { lines: [{ line: 'b', amount: 1 }] });
    expect(codesOf(rest)).toEqual(['returned', 'minimum_no_longer_met']);
    expect((await brings(bought)).balance.pending).toBe(0);
  });

  it('C4: a reward used on what comes back is given back, expired meanwhile or not', async () => {
    const member = await shop.enrol();
    await buys(member, 600, { days: 40 });
    const redemption = await spends(member);
    const paid = await buys(member, 30, { redemptions: [redemption] });
    // The points of the reward expire 24 months after they were accrued.
    await clock.forward(800 * DAY_MS);
    const { givenBack, balance } = await brings(paid);
    expect(givenBack).toEqual([{ redemption, reward: 'voucher', points: 500 }]);
    expect(balance.available).toBe(620);
    const { nextExpiry } = await shop.balance(member);
    const now = await clock.now();
    const grace = Date.parse(nextExpiry[0]?.at ?? '') - now;
    expect(nextExpiry[0]?.points).toBe(500);
    expect(grace).toBeGreaterThan(29 * DAY_MS);
    expect(grace).toBeLessThanOrEqual(32 * DAY_MS);
  });
});

describe('earning', () => {
  it('C5: 30 and 20 pounds are what 50 pounds are, and the rest is carried in sight', async () => {
    const apart = await shop.enrol();
    const whole = await shop.enrol();
    const parts = [aPurchase(apart, { amount: 1_030 }), aPurchase(apart, { amount: 1_080 })];
    const answers: AccrualView[] = [];
    for (const each of parts) answers.push(expected(await shop.purchase(each), 201));
    expect(answers.map(({ points, carried }) => [points, carried])).toEqual([
      [10, '0.3'],
      [11, '0.1'],
    ]);
    const once = aPurchase(whole, { amount: 1_999 });
    expect(expected(await shop.purchase(once), 201).carried).toBe('0.99');
  });

  it('C6: what points and vouchers pay earns nothing, and new points wait', async () => {
    const member = await shop.enrol();
    const half = [
      { kind: 'voucher', amount: 5_000 },
      { kind: 'card', amount: 5_000 },
    ];
    const { points, balance, why } = await buys(member, 100, { tenders: half });
    expect(points).toBe(70);
    expect(codesOf({ why })).toContain('paid_by_excluded_tender');
    expect(balance).toMatchObject({ available: 0, pending: 70 });
    const early = await shop.hold(member);
    expect(problem(early).code).toBe('insufficient_points');
  });

  it('C7: a purchase is awarded once, whatever is sent again and under which key', async () => {
    const member = await shop.enrol();
    const purchase = aPurchase(member, { at: await ago(0) });
    const key = randomUUID();
    for (let n = 0; n < 3; n++) expected(await shop.purchase(purchase, { key }), 201);
    const other = await shop.purchase(purchase);
    expect([other.status, problem(other).code]).toEqual([409, 'duplicate_reference']);
    expect((await shop.ledger(member)).postings).toHaveLength(1);
  });

  it('C16: a cap gives what is left of it and says so, and never refuses the whole', async () => {
    const member = await shop.enrol();
    await buys(member, 50);
    const second = await buys(member, 50);
    expect([second.points, codesOf(second)]).toEqual([
      50,
      expect.arrayContaining(['rate_applied', 'cool_down_running']),
    ]);
  });
});

describe('lots, debts and tiers', () => {
  it('C8: a balance is what the lots have left, and no old debit outlives its credit', async () => {
    const member = await shop.enrol();
    await buys(member, 600, { days: 40 });
    await spends(member);
    await clock.forward(900 * DAY_MS);
    const fresh = await buys(member, 100);
    // The old lot shows what is left of it until its expiry is posted; the new one is whole.
    expect(fresh.balance).toMatchObject({ available: 120, pending: fresh.points });
  });

  it('C9: every lot has the expiry of its purchase, whatever opened it', async () => {
    const member = await shop.enrol();
    const first = await buys(member, 600, { days: 40 });
    const redemption = await spends(member);
    const paid = await buys(member, 33, { days: 2, redemptions: [redemption] });
    await buys(member, 700, { days: 5 });
    await brings(paid);
    await brings(first, { lines: [{ line: '0', amount: 10_000 }] });
    const lots = await deployment.sql<{ terms: number }>(
      'SELECT count(expires_at)::int - count(*)::int AS terms FROM lots WHERE member_id = $1',
      [member],
    );
    expect(lots).toEqual([{ terms: 0 }]);
  });

  it('C10: what a return takes from a race of redemptions is exact', async () => {
    const member = await shop.enrol();
    const gift = await buys(member, 1_000, { days: 40 });
    const [back, ...holds] = await Promise.all([
      brings(gift),
      ...Array.from({ length: 4 }, async () => shop.hold(member)),
    ]);
    const held = holds.filter(({ status }) => status === 201).length * 500;
    const { available, owed } = await shop.balance(member);
    expect(back.points).toBe(-1_020 + back.balance.owed);
    expect([available, owed]).toEqual([0, held]);
  });

  it('C11: what is paid with points counts towards no tier', async () => {
    const member = await shop.enrol();
    await buys(member, 499, { days: 40 });
    await buys(member, 100, { tenders: [{ kind: 'points', amount: 10_000 }] });
    const { tier, qualifyingPoints } = expected(
      await shop.get<AccrualView['standing']>(`/v1/members/${member}/standing`),
      200,
    );
    expect([tier.code, qualifyingPoints]).toEqual(['blue', 499]);
  });

  it('C12: a preview tells what a return does to the tier, which stays until a review', async () => {
    const member = await shop.enrol();
    const lifting = await buys(member, 700, { days: 40 });
    const said = await brings(lifting, {}, 'returns/preview');
    expect(said.standing.tier.code).toBe('silver');
    expect(codesOf(said)).toContain('tier_kept_until_review');
    const done = await brings(lifting);
    expect(done.standing).toEqual(said.standing);
  });

  it('C17: a debt is a figure of its own, and lots expire as they would without it', async () => {
    const member = await shop.enrol();
    const gift = await buys(member, 600, { days: 40 });
    await spends(member);
    expect((await brings(gift)).balance.owed).toBe(500);
    await buys(member, 1_000);
    const { owed, pending, nextExpiry } = await shop.balance(member);
    expect(owed).toBe(0);
    expect(nextExpiry).toEqual([expect.objectContaining({ points: pending })]);
  });
});
