import { randomUUID } from 'node:crypto';
import { answered, aPurchase, Api, daysAgo, expected, tally, type Answer } from '../support/api.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

const CALLS = 64;
const MANY = 200;
const MOST_A_DAY = 120;

/** Guards that none but a member who buys for the garden, and does nothing else, comes near to. */
function guarded(): ProgrammeDocument {
  const { earningRules } = apiProgramme();
  const basket: ProgrammeDocument['earningRules'][number] = {
    ...{ kind: 'steps', id: 'basket', name: 'For large baskets' },
    steps: [
      { minimumAmount: 5_000, points: 10 },
      { minimumAmount: 10_000, points: 25 },
    ],
    when: [{ kind: 'category', categories: ['garden'] }],
    caps: [{ period: 'lifetime', points: 5_000 }],
  };
  return apiProgramme({
    earningRules: [...earningRules, basket],
    guards: {
      basketWindow: { minutes: 60 },
      velocity: [{ counts: 'purchases', most: MOST_A_DAY, per: 'day', holdHours: 24 }],
    },
  });
}

let deployment: Deployment;
let one: Api;
let other: Api;

beforeAll(async () => {
  deployment = await deploy({ replicas: 2, programme: guarded(), env: { JOBS: 'off' } });
  const [first, second] = deployment.servers;
  one = new Api(first?.url ?? '', deployment.credentials.shop);
  other = one.at(second?.url ?? '');
  // Both have met the key and opened their connections, so that the races are close ones.
  await Promise.all([one, other].map((api) => api.memberWith(1)));
});

afterAll(async () => deployment.close());

/** As many calls at once, every second one to the other server. */
async function race<Body extends object>(
  call: (api: Api, index: number) => Promise<Answer<Body>>,
): Promise<Answer<Body>[]> {
  return Promise.all(
    Array.from({ length: CALLS }, (_, index) =>
      answered(() => call(index % 2 === 0 ? one : other, index)),
    ),
  );
}

interface Account {
  points: number;
  held: number;
  pending: number;
  postings: number;
}

async function account(member: string): Promise<Account | undefined> {
  const [row] = await deployment.sql<Account>(
    `SELECT points::int, held::int, pending::int, version AS postings
       FROM accounts WHERE member_id = $1`,
    [member],
  );
  return row;
}

async function kinds(member: string): Promise<Record<string, number>> {
  const rows = await deployment.sql<{ kind: string; count: number }>(
    'SELECT kind, count(*)::int FROM postings WHERE member_id = $1 GROUP BY kind',
    [member],
  );
  return Object.fromEntries(rows.map(({ kind, count }) => [kind, count]));
}

async function lots(member: string): Promise<object[]> {
  return deployment.sql(
    `SELECT amount::int, remaining::int, held::int FROM lots WHERE member_id = $1 ORDER BY seq, n`,
    [member],
  );
}

afterEach(async () => {
  expect((await deployment.verify()).differences).toEqual([]);
  expect(deployment.complaints()).toBe('');
});

describe('purchases at once, half to each of two servers', () => {
  it('R141, R138: of 200 as many are withheld, and as much is paid for a basket, as at one server', async () => {
    const member = await one.enrol();
    const noon = Date.parse(`${daysAgo(2).slice(0, 10)}T11:00:00Z`);
    const answers = await Promise.all(
      Array.from({ length: MANY }, (_, index) => {
        const at = new Date(noon - (index % 20 === 19 ? 60_000 : 0)).toISOString();
        const amount = index % 2 === 0 ? 6_000 : 12_000;
        const body = aPurchase(member, { at, amount, category: 'garden' });
        return answered(() => (index % 4 < 2 ? one : other).purchase(body));
      }),
    );
    expect(tally(answers)).toEqual({ 201: MANY });
    const said = answers.flatMap(({ body }) => ('why' in body ? body.why : []));
    expect(said.filter(({ code }) => code === 'fast_purchases')).toHaveLength(MANY - MOST_A_DAY);
    const [paid] = await deployment.sql<{ sum: string }>(
      `SELECT sum((item->>3)::bigint) / 1000000000 AS sum
         FROM postings, json_array_elements(explanation) AS item
        WHERE member_id = $1 AND (item->>0)::int = $2`,
      [member, guarded().earningRules.length - 1],
    );
    expect(Number(paid?.sum)).toBe(25);
  });

  it('L5: the same request 64 times is booked once and answered 64 times alike', async () => {
    const member = await one.enrol();
    const purchase = aPurchase(member);
    const key = randomUUID();
    const answers = await race((api) => api.purchase(purchase, { key }));
    expect(tally(answers)).toEqual({ 201: CALLS });
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    const replayed = answers.filter(({ headers }) => headers.get('idempotency-replayed'));
    expect(replayed).toHaveLength(CALLS - 1);
    expect(await account(member)).toMatchObject({ points: 100, postings: 1 });
    expect(await lots(member)).toEqual([{ amount: 100, remaining: 100, held: 0 }]);
  });

  it('L5: one reference under 64 keys is booked once', async () => {
    const member = await one.enrol();
    const purchase = aPurchase(member);
    const answers = await race((api) => api.purchase(purchase));
    expect(tally(answers)).toEqual({ 201: 1, '409 duplicate_reference': CALLS - 1 });
    expect(await account(member)).toMatchObject({ points: 100, postings: 1 });
  });

  it('L5: one reference for 64 members is booked for one of them', async () => {
    const members = await Promise.all(Array.from({ length: CALLS }, () => one.enrol()));
    const reference = randomUUID();
    const answers = await race((api, index) =>
      api.purchase(aPurchase(members[index] ?? '', { reference })),
    );
    expect(tally(answers)).toEqual({ 201: 1, '409 duplicate_reference': CALLS - 1 });
    const points = await deployment.sql(
      'SELECT member_id FROM accounts WHERE member_id = ANY ($1::uuid[]) AND points > 0',
      [members],
    );
    expect(points).toHaveLength(1);
  });

  it('L5: one key with two bodies stands for the one that came first', async () => {
    const member = await one.enrol();
    const bodies = [aPurchase(member, { amount: 100 }), aPurchase(member, { amount: 200 })];
    const key = randomUUID();
    const answers = await race((api, index) =>
      api.purchase(bodies[Math.floor(index / 2) % 2] ?? aPurchase(member), { key }),
    );
    expect(tally(answers)).toEqual({ 201: CALLS / 2, '422 idempotency_key_reused': CALLS / 2 });
    expect(await account(member)).toMatchObject({ postings: 1 });
    const booked = await deployment.sql('SELECT FROM purchase_references WHERE member_id = $1', [
      member,
    ]);
    expect(booked).toHaveLength(1);
  });

  it('L9: 64 different purchases of one member are all booked, in a chain without gaps', async () => {
    const member = await one.enrol();
    const answers = await race((api, index) =>
      api.purchase(aPurchase(member, { amount: (index + 1) * 100 })),
    );
    expect(tally(answers)).toEqual({ 201: CALLS });
    const sum = (CALLS * (CALLS + 1)) / 2;
    expect(await account(member)).toMatchObject({ points: sum, postings: CALLS });
    expect((await one.balance(member)).available).toBe(sum);
  });
});

describe('holds at once, half to each of two servers', () => {
  it('D2: of 64 holds just those succeed that the balance affords', async () => {
    const affordable = 10;
    const member = await one.memberWith(affordable * 500 + 499);
    const answers = await race((api) => api.hold(member));
    const refused = CALLS - affordable;
    expect(tally(answers)).toEqual({ 201: affordable, '422 insufficient_points': refused });
    expect(await account(member)).toMatchObject({ points: 499, held: 5_000, pending: 0 });
    expect(await lots(member)).toEqual([{ amount: 5_499, remaining: 5_499, held: 5_000 }]);
    expect(await kinds(member)).toEqual({ accrue: 1, hold: affordable, refused });
    expect(await one.balance(member)).toMatchObject({ available: 499, held: 5_000 });
  });

  it('D2: holds across several lots never overdraw one of them', async () => {
    const member = await one.enrol();
    for (let lot = 0; lot < 7; lot += 1) await one.give(member, 300);
    const answers = await race((api) => api.hold(member));
    expect(tally(answers)).toEqual({ 201: 4, '422 insufficient_points': CALLS - 4 });
    const held = await deployment.sql(
      `SELECT sum(held)::int AS held, bool_and(held BETWEEN 0 AND remaining) AS sound
         FROM lots WHERE member_id = $1`,
      [member],
    );
    expect(held).toEqual([{ held: 2_000, sound: true }]);
  });

  it('L5: one hold sent 64 times with one key holds once', async () => {
    const member = await one.memberWith(5_000);
    const key = randomUUID();
    const answers = await race((api) => api.hold(member, { key }));
    expect(tally(answers)).toEqual({ 201: CALLS });
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await account(member)).toMatchObject({ points: 4_500, held: 500, postings: 2 });
  });

  it('D3: capture and release race on one hold, and one of them wins', async () => {
    const member = await one.memberWith(500);
    const id = await one.held(member);
    const answers = await race((api, index) =>
      api.end(Math.floor(index / 2) % 2 === 0 ? 'capture' : 'release', id),
    );
    const [won, ...others] = answers.filter(({ status }) => status === 200);
    expect(others).toEqual([]);
    const state = won?.body.state ?? '';
    expect(['captured', 'released']).toContain(state);
    expect(tally(answers)).toEqual({ 200: 1, [`422 redemption_already_${state}`]: CALLS - 1 });
    const left = state === 'released' ? 500 : 0;
    expect(await account(member)).toMatchObject({ points: left, held: 0 });
    expect(await lots(member)).toEqual([{ amount: 500, remaining: left, held: 0 }]);
    expect((await one.balance(member)).available).toBe(left);
  });

  it('D3: 64 captures of one hold, each with its own key, have one effect', async () => {
    const member = await one.memberWith(600);
    const id = await one.held(member);
    const answers = await race((api) => api.end('capture', id));
    expect(tally(answers)).toEqual({ 200: 1, '422 redemption_already_captured': CALLS - 1 });
    expect(await account(member)).toMatchObject({ points: 100, held: 0 });
    expect(await lots(member)).toEqual([{ amount: 600, remaining: 100, held: 0 }]);
  });

  it('D3: 64 captures of one hold with one key are one capture, answered alike', async () => {
    const member = await one.memberWith(600);
    const id = await one.held(member);
    const key = randomUUID();
    const answers = await race((api) => api.end('capture', id, { key }));
    expect(tally(answers)).toEqual({ 200: CALLS });
    expect(new Set(answers.map(({ body }) => JSON.stringify(body))).size).toBe(1);
    expect(await kinds(member)).toEqual({ accrue: 1, hold: 1, redeem: 1 });
  });

  it('L3: purchases, holds, captures and releases in any mixture leave an exact balance', async () => {
    const member = await one.memberWith(2_000);
    const answers = await race(async (api, index): Promise<Answer> => {
      if (index % 4 < 2) return api.purchase(aPurchase(member, { amount: 10_000 }));
      const hold = await api.hold(member);
      if (hold.status !== 201) return hold;
      const ended = await api.end(index % 8 < 4 ? 'capture' : 'release', hold.body.id);
      return { ...ended, body: expected(ended, 200) };
    });
    const counted = await kinds(member);
    expect(counted['accrue']).toBe(1 + CALLS / 2);
    const captured = counted['redeem'] ?? 0;
    expect(counted['hold']).toBe(captured + (counted['release'] ?? 0));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(counted['hold'] ?? 0);
    const points = 2_000 + (CALLS / 2) * 100 - captured * 500;
    expect(await account(member)).toMatchObject({ points, held: 0 });
    expect(await one.balance(member)).toMatchObject({ available: points, held: 0 });
  });
});
