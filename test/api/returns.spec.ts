import { randomUUID } from 'node:crypto';
import type { ReturnView } from '../../src/accrual/returns/returns.views.js';
import {
  Api,
  aPurchase,
  daysAgo,
  expected,
  problem,
  type Answer,
  type PurchaseBody,
  type Sent,
} from '../support/api.js';
import { aProgrammeDocument } from '../support/programme.js';
import { deploy, type Deployment } from '../support/server.js';

let deployment: Deployment;
let shop: Api;

beforeAll(async () => {
  const programme = aProgrammeDocument({ purchasesBeforeEnrolment: true });
  deployment = await deploy({ programme });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
});

afterAll(async () => {
  const complaints = deployment.complaints();
  const { differences } = await deployment.verify();
  await deployment.close();
  expect({ complaints, differences }).toEqual({ complaints: '', differences: [] });
});

interface Basket {
  member: string;
  purchase: string;
  reference: string;
}

/** Three lines: plants at 2 points a pound, home at 1, and delivery that earns nothing. */
async function basket(options: { at?: string; member?: string } = {}): Promise<Basket> {
  const member = options.member ?? (await shop.enrol());
  const body: PurchaseBody = {
    ...aPurchase(member, { at: options.at ?? daysAgo(2) }),
    total: { amount: 8_000, currency: 'GBP' },
    lines: [
      { id: 'rose', category: 'garden', quantity: 3, amount: 1_000 },
      { id: 'lamp', category: 'home', quantity: 1, amount: 6_500 },
      { id: 'van', category: 'delivery', quantity: 1, amount: 500 },
    ],
  };
  const { purchase } = expected(await shop.purchase(body), 201);
  return { member, purchase: purchase ?? '', reference: body.reference };
}

const bringBack = async (
  purchase: string,
  body: object = {},
  sent: Sent = {},
  by = shop,
): Promise<Answer<ReturnView>> =>
  by.post(
    `/v1/purchases/${encodeURIComponent(purchase)}/returns`,
    { occurredAt: daysAgo(0), ...body },
    sent,
  );

const preview = async (purchase: string, body: object = {}): Promise<ReturnView> =>
  expected(
    await shop.post<ReturnView>(`/v1/purchases/${purchase}/returns/preview`, {
      occurredAt: daysAgo(0),
      ...body,
    }),
    200,
  );

describe('what comes back', () => {
  it('C7, R15: everything, by id or by reference, with nothing left behind', async () => {
    for (const by of ['id', 'reference']) {
      const { member, purchase, reference } = await basket();
      const answer = await bringBack(by === 'id' ? purchase : `ref:${reference}`);
      const { points, exactPoints, lines, balance, standing } = expected(answer, 201);
      expect({ points, exactPoints }).toEqual({ points: -105, exactPoints: '-105' });
      expect(lines).toEqual([
        { line: 0, quantity: 3, amount: 1_000 },
        { line: 1, quantity: 1, amount: 6_500 },
        { line: 2, quantity: 1, amount: 500 },
      ]);
      expect(balance).toEqual({ available: 0, pending: 0, held: 0, owed: 0 });
      expect(standing.qualifyingPoints).toBe(0);
      expect(await shop.balance(member)).toMatchObject({ pending: 0, owed: 0 });
    }
  });

  it('R15: pieces and amounts of lines, in parts that sum to the whole', async () => {
    const { purchase } = await basket();
    const parts: [object, number, number][] = [
      // One rose of three for 10.00 pounds is 3.33, 6.66 points.
      [{ line: 'rose', quantity: 1 }, 333, -7],
      [{ line: 'lamp', amount: 1_500 }, 1_500, -15],
      [{ line: 'rose', quantity: 1 }, 333, -7],
      // What is left of the lamp is 50 pounds: the visit still reaches its 20 pounds.
      [{ line: 'lamp' }, 5_000, -70],
      [{ line: 'rose' }, 334, -6],
    ];
    let left = 105;
    for (const [line, amount, points] of parts) {
      const answer = expected(await bringBack(purchase, { lines: [line] }), 201);
      expect(answer.lines[0]?.amount).toBe(amount);
      left += answer.points;
      expect([line, answer.points, answer.balance.pending]).toEqual([line, points, left]);
    }
    expect(left).toBe(0);
    const again = await bringBack(purchase, { lines: [{ line: 'rose' }] });
    expect([again.status, problem(again).code]).toEqual([422, 'return_exceeds_purchase']);
  });

  it('R15: the bonus of a purchase goes when the rest no longer reaches its minimum', async () => {
    const { purchase } = await basket();
    const { points, why } = expected(await bringBack(purchase, { lines: [{ line: 'lamp' }] }), 201);
    expect(points).toBe(-85);
    expect(why.map(({ code }) => code)).toEqual(['returned', 'minimum_no_longer_met']);
  });

  it('C1, C3: more than is left is refused with the line to blame, and changes nothing', async () => {
    const { member, purchase } = await basket();
    const before = await shop.balance(member);
    const faults: [object, string][] = [
      [{ line: 'rose', quantity: 4 }, '/lines/0/quantity'],
      [{ line: 'rose', amount: 1_001 }, '/lines/0/amount'],
      [{ line: 'tulip' }, '/lines/0/line'],
    ];
    for (const [line, pointer] of faults) {
      const answer = await bringBack(purchase, { lines: [line] });
      expect([answer.status, problem(answer).errors?.[0]?.pointer]).toEqual([422, pointer]);
    }
    const early = await bringBack(purchase, { occurredAt: daysAgo(10) });
    expect(problem(early).code).toBe('return_before_purchase');
    const late = await bringBack(purchase, { occurredAt: '2099-01-01T00:00:00Z' });
    expect(problem(late).code).toBe('occurred_in_future');
    const { asOf, ...same } = before;
    expect(asOf).not.toBe('');
    expect(await shop.balance(member)).toMatchObject(same);
  });

  it('C7: nobody else’s purchase, and none that is not there', async () => {
    const { purchase, reference } = await basket();
    const corner = shop.as(deployment.credentials.corner);
    for (const id of [purchase, `ref:${reference}`, 'pur_none', 'ref:none']) {
      const answer = await bringBack(id, {}, {}, id.endsWith('none') ? shop : corner);
      expect([answer.status, problem(answer).code]).toEqual([404, 'original_not_found']);
    }
  });
});

describe('what a return costs', () => {
  it('C8: is what the preview says, and the preview writes nothing', async () => {
    const { member, purchase } = await basket();
    const before = await shop.ledger(member);
    const said = await preview(purchase, { lines: [{ line: 'lamp' }] });
    expect(await shop.ledger(member)).toEqual(before);
    const done = expected(await bringBack(purchase, { lines: [{ line: 'lamp' }] }), 201);
    const { points, exactPoints, lines, balance, standing, why } = said;
    expect(done).toMatchObject({ points, exactPoints, lines, balance, standing, why });
    expect([said.posting, typeof done.posting]).toEqual([null, 'string']);
  });

  it('C1, R17: spent points are owed, and the next purchase pays the debt first', async () => {
    const member = await shop.enrol();
    const gift = await shop.give(member, 500);
    await shop.end('capture', await shop.held(member));
    const { balance, why } = expected(await bringBack(gift.purchase ?? ''), 201);
    // 500 for 500 pounds and 20 for the visit; 500 are spent.
    expect(balance).toEqual({ available: 0, pending: 0, held: 0, owed: 500 });
    expect(why).toContainEqual(expect.objectContaining({ code: 'points_owed', detail: 500 }));
    // At silver 580 pounds are 725 points, and the visit 20.
    const next = await shop.give(member, 580, daysAgo(1));
    expect(next.balance).toEqual({ available: 0, pending: 245, held: 0, owed: 0 });
    expect(next.why).toContainEqual(expect.objectContaining({ code: 'owed_repaid', detail: 500 }));
    // Bringing that one back as well leaves the debt as it was.
    const again = expected(await bringBack(next.purchase ?? ''), 201);
    expect(again.balance).toEqual({ available: 0, pending: 0, held: 0, owed: 500 });
  });

  it('R17: held points stay held; the rest comes from other lots', async () => {
    const member = await shop.enrol();
    const first = await shop.give(member, 480, daysAgo(70));
    await shop.give(member, 280, daysAgo(60));
    await shop.held(member);
    const { balance, why } = expected(await bringBack(first.purchase ?? ''), 201);
    expect(balance).toEqual({ available: 0, pending: 0, held: 500, owed: 200 });
    expect(why).toContainEqual(
      expect.objectContaining({ code: 'taken_from_other_points', detail: 300 }),
    );
  });

  it('R19: a tier goes with a purchase that can still be returned, and stays after', async () => {
    const member = await shop.enrol();
    const lifting = await shop.give(member, 700, daysAgo(2));
    expect(lifting.standing.tier.code).toBe('silver');
    const back = expected(await bringBack(lifting.purchase ?? ''), 201);
    expect(back.standing).toMatchObject({ tier: { code: 'blue' }, qualifyingPoints: 0 });
    const older = await shop.enrol();
    const kept = await shop.give(older, 700, daysAgo(60));
    const said = await preview(kept.purchase ?? '');
    expect(said.standing).toMatchObject({ tier: { code: 'silver' }, qualifyingPoints: 0 });
    expect(said.why).toContainEqual(expect.objectContaining({ code: 'tier_kept_until_review' }));
  });
});

describe('rewards and exchanges', () => {
  it('C10, R18: a whole return gives back the reward used on it, to the lots it came from', async () => {
    const member = await shop.enrol();
    await shop.give(member, 600);
    const redemption = await shop.held(member);
    await shop.end('capture', redemption);
    const paid = { ...aPurchase(member, { at: daysAgo(0) }), redemptions: [redemption] };
    const { purchase } = expected(await shop.purchase(paid), 201);
    const twice = await shop.purchase({ ...paid, reference: randomUUID() });
    expect([twice.status, problem(twice).errors?.[0]?.pointer]).toEqual([422, '/redemptions/0']);
    const { givenBack, balance } = expected(await bringBack(purchase ?? ''), 201);
    expect(givenBack).toEqual([{ redemption, reward: 'voucher', points: 500 }]);
    expect(balance).toEqual({ available: 620, pending: 0, held: 0, owed: 0 });
    const end = await shop.end('capture', redemption);
    expect(problem(end).code).toBe('redemption_returned');
  });

  it('L10, R18: the balance counts spent points that are back in their lot, now and as of then', async () => {
    const member = await shop.memberWith(600);
    const redemption = await shop.held(member);
    await shop.end('capture', redemption);
    const paid = { ...aPurchase(member, { at: daysAgo(0) }), redemptions: [redemption] };
    const { purchase } = expected(await shop.purchase(paid), 201);
    const { balance, recordedAt } = expected(await bringBack(purchase ?? ''), 201);
    expect(await shop.balance(member)).toMatchObject(balance);
    expect(await shop.balance(member, recordedAt)).toMatchObject(balance);
  });

  it('C9: an exchange is booked whole, replayed whole, or not at all', async () => {
    const { member, purchase } = await basket();
    const exchange = { ...aPurchase(member, { at: daysAgo(0), amount: 9_000 }), member: undefined };
    const key = randomUUID();
    const body = { lines: [{ line: 'lamp' }], exchange, occurredAt: daysAgo(0) };
    const first = expected(await bringBack(purchase, body, { key }), 201);
    expect([first.points, first.exchange?.points]).toEqual([-85, 110]);
    const replay = await bringBack(purchase, body, { key });
    expect(replay.headers.get('idempotency-replayed')).toBe('true');
    expect(replay.body).toEqual(first);
    const asked = await deployment.sql<{ kind: string; caller: string; operation: string }>(
      `SELECT kind, caller, operation FROM postings WHERE member_id = $1 AND seq > 1 ORDER BY seq`,
      [member],
    );
    expect(asked).toEqual([
      { kind: 'return', caller: 'r/shop', operation: 'return' },
      { kind: 'accrue', caller: 'r/shop', operation: 'return' },
    ]);
    const before = await shop.balance(member);
    const again = await bringBack(purchase, { exchange, occurredAt: daysAgo(0) });
    expect(problem(again).code).toBe('duplicate_reference');
    expect((await shop.balance(member)).pending).toBe(before.pending);
  });

  it('C9: what is wrong with the purchase taken in exchange is blamed where it stands', async () => {
    const { member, purchase } = await basket();
    const sound = { ...aPurchase(member, { at: daysAgo(0), amount: 9_000 }), member: undefined };
    const total = { amount: 9_001, currency: 'GBP' };
    const faults = [
      [{ ...sound, total }, '/exchange/total/amount'],
      [{ ...sound, redemptions: ['rdm_none'] }, '/exchange/redemptions/0'],
      [{ ...sound, occurredAt: daysAgo(-2) }, '/exchange/occurredAt'],
    ] as const;
    for (const [exchange, pointer] of faults) {
      const answer = await bringBack(purchase, { exchange, occurredAt: daysAgo(0) });
      expect([answer.status, problem(answer).errors?.[0]?.pointer]).toEqual([422, pointer]);
    }
  });

  it('L5: the same key again answers the same, another body under it is refused', async () => {
    const { purchase } = await basket();
    const key = randomUUID();
    const occurredAt = daysAgo(0);
    const first = await bringBack(purchase, { occurredAt }, { key });
    const second = await bringBack(purchase, { occurredAt }, { key });
    expect(second.body).toEqual(expected(first, 201));
    const other = await bringBack(purchase, { occurredAt, lines: [{ line: 'rose' }] }, { key });
    expect(problem(other).code).toBe('idempotency_key_reused');
    const refused = await bringBack(purchase, { occurredAt });
    expect(problem(refused).code).toBe('nothing_left_to_return');
  });
});

describe('late events', () => {
  it('R11: a purchase that comes late corrects what came after it', async () => {
    const member = await shop.enrol();
    const later = await shop.give(member, 300, daysAgo(2));
    expect(later.points).toBe(320);
    // In time it would have lifted the member to silver first, and had the visit of its day.
    const late = await shop.give(member, 600, daysAgo(5));
    expect(late.why).toContainEqual(expect.objectContaining({ code: 'late_event' }));
    expect(late.standing.tier.code).toBe('silver');
    const { postings } = await shop.ledger(member);
    expect(postings.map(({ kind, points }) => [kind, points])).toEqual([
      ['accrue', 620],
      ['correct', 75],
      ['accrue', 320],
    ]);
    expect((await shop.balance(member)).pending).toBe(1_015);
    const back = expected(await bringBack(later.purchase ?? ''), 201);
    expect(back.points).toBe(-395);
  });
});
