import fc from 'fast-check';
import type { BalanceView, PostingView } from '../../src/statements/statements.views.js';
import { aPurchase, Api, expected, problem } from '../support/api.js';
import { DAY_MS, MINUTE_MS, TestClock } from '../support/clock.js';
import { apiProgramme, deploy, type Deployment } from '../support/server.js';

const HOLD_MS = 15 * MINUTE_MS;

let deployment: Deployment;
let shop: Api;
let staff: Api;
let clock: TestClock;

beforeAll(async () => {
  const programme = apiProgramme({ lateEvents: { windowDays: 90, older: 'flag' } });
  deployment = await deploy({ programme, env: { JOBS: 'off', TEST_CLOCK: 'on' } });
  shop = new Api(deployment.servers[0]?.url ?? '', deployment.credentials.shop);
  staff = shop.as(deployment.credentials.staff);
  clock = new TestClock(staff);
});

afterAll(async () => {
  const complaints = deployment.complaints();
  await deployment.close();
  expect(complaints).toBe('');
});

const instant = (at: number): string => new Date(at).toISOString();
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

type Step =
  | { do: 'buy'; points: number; agoMs: number }
  | { do: 'hold' }
  | { do: 'end'; how: 'capture' | 'release'; which: number }
  | { do: 'wait'; ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  // Up to 80 days late, or on a till whose clock runs up to 4 minutes ahead.
  fc.record({
    do: fc.constant('buy' as const),
    points: fc.integer({ min: 1, max: 900 }),
    agoMs: fc.oneof(
      fc.integer({ min: 0, max: 80 * DAY_MS }),
      fc.integer({ min: -4 * MINUTE_MS, max: 0 }),
    ),
  }),
  fc.constant({ do: 'hold' } as const),
  fc.record({
    do: fc.constant('end' as const),
    how: fc.constantFrom('capture', 'release'),
    which: fc.nat(20),
  }),
  fc.record({
    do: fc.constant('wait' as const),
    ms: fc.oneof(
      // At least a minute, which is never over before the request that asks for it arrives.
      fc.integer({ min: 60_000, max: 2 * HOLD_MS }),
      fc.integer({ min: DAY_MS, max: 20 * DAY_MS }),
    ),
  }),
);

/** Lives a history over HTTP; refusals are part of it. */
async function live(steps: readonly Step[]): Promise<string> {
  const member = await shop.enrol();
  await shop.give(member, 1_600, instant((await clock.now()) - 60 * DAY_MS));
  const holds: string[] = [];
  for (const each of steps) {
    if (each.do === 'wait') await clock.forward(each.ms);
    if (each.do === 'buy') {
      const at = instant((await clock.now()) - each.agoMs);
      expected(await shop.purchase(aPurchase(member, { amount: each.points * 100, at })), 201);
    }
    if (each.do === 'hold') {
      const { status, body } = await shop.hold(member);
      if (status === 201) holds.push(body.id);
    }
    const id = holds[each.do === 'end' ? each.which % Math.max(holds.length, 1) : 0];
    if (each.do === 'end' && id !== undefined) await shop.end(each.how, id);
  }
  return member;
}

/** All postings, oldest first. */
async function postingsOf(member: string, query = ''): Promise<PostingView[]> {
  const { postings } = await staff.ledger(member, `?limit=200${query}`);
  return postings.reverse();
}

async function balance(member: string, query: string): Promise<BalanceView> {
  return expected(await staff.get<BalanceView>(`/v1/members/${member}/balance?${query}`), 200);
}

/** When an event counts from: when it happened, and no later than it was known. */
const happened = ({ occurredAt, recordedAt }: PostingView): number =>
  Math.min(Date.parse(occurredAt), Date.parse(recordedAt));

/** What a choice of postings adds up to at an instant, by arithmetic on the ledger's lines alone. */
function addedUp(chosen: readonly PostingView[], at: number): { total: number; held: number } {
  const points = new Map(chosen.map((each) => [each.id, -each.points]));
  const ended = new Set(
    chosen.flatMap(({ kind, subject }) => (['redeem', 'release'].includes(kind) ? [subject] : [])),
  );
  const accrued = chosen.filter(({ kind }) => kind === 'accrue').map(({ points }) => points);
  const redeemed = chosen
    .filter(({ kind }) => kind === 'redeem')
    .map(({ subject }) => points.get(subject ?? '') ?? NaN);
  const open = chosen.filter(
    (each) => each.kind === 'hold' && !ended.has(each.id) && happened(each) + HOLD_MS > at,
  );
  return { total: sum(accrued) - sum(redeemed), held: sum(open.map((each) => -each.points)) };
}

const figures = ({ available, pending, held, owed }: BalanceView): object => ({
  available,
  pending,
  held,
  owed,
});

/** The laws that hold for any member's history; also for one with corrections. */
async function judge(member: string): Promise<void> {
  const postings = await postingsOf(member);
  for (const [index, posting] of postings.entries()) {
    if (postings[index + 1]?.recordedAt !== posting.recordedAt) {
      const then = await balance(member, `asOf=${posting.recordedAt}`);
      expect(figures(then)).toEqual(posting.balance);
    }
    const at = happened(posting);
    const chosen = postings.filter((each) => happened(each) <= at);
    const valid = await balance(member, `validAt=${instant(at)}`);
    const { total, held } = addedUp(chosen, at);
    expect([valid.available + valid.pending + valid.held - valid.owed, valid.held]).toEqual([
      total,
      held,
    ]);
    expect(await postingsOf(member, `&validAt=${instant(at)}`)).toEqual(chosen);
    const known = postings.filter((each) => each.recordedAt <= posting.recordedAt);
    expect(await postingsOf(member, `&asOf=${posting.recordedAt}`)).toEqual(known);
  }
  const now = await shop.balance(member);
  const { validAt, ...same } = await balance(member, `validAt=${now.asOf}&asOf=${now.asOf}`);
  expect([validAt, same]).toEqual([now.asOf, now]);
}

describe('any history', () => {
  it('S2, S4: as of a posting it is its running figures, by event it adds up, now it is the balance', async () => {
    const history = fc.array(step, { minLength: 4, maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(history, async (steps) => judge(await live(steps))),
      { numRuns: 25, endOnFailure: true },
    );
  }, 120_000);
});

describe('asked by event', () => {
  it('S4: a purchase reported late counts from when it was made, unless asOf says otherwise', async () => {
    const member = await shop.enrol();
    const start = await clock.now();
    await clock.forward(40 * DAY_MS);
    const before = await clock.now();
    await clock.forward(1_000);
    await shop.give(member, 100, instant(start));
    const day = instant(start + DAY_MS);
    expect(await balance(member, `validAt=${day}`)).toMatchObject({
      available: 0,
      pending: 100,
      validAt: day,
    });
    expect(await balance(member, `validAt=${instant(start - 1)}`)).toMatchObject({ pending: 0 });
    const known = `validAt=${day}&asOf=${instant(before)}`;
    expect(await balance(member, known)).toMatchObject({ available: 0, pending: 0 });
    expect(await postingsOf(member, `&${known}`)).toEqual([]);
    // Judged after its window, the same purchase is there to spend.
    const later = instant(start + 32 * DAY_MS);
    expect(await balance(member, `validAt=${later}`)).toMatchObject({ available: 100, pending: 0 });
  });

  it('S4: a hold counts until its time is up, whenever its release was posted', async () => {
    const member = await shop.enrol();
    await shop.give(member, 600, instant((await clock.now()) - 60 * DAY_MS));
    const { expiresAt } = expected(await shop.hold(member), 201);
    await clock.forward(DAY_MS);
    const up = Date.parse(expiresAt);
    expect(await balance(member, `validAt=${instant(up - 1)}`)).toMatchObject({ held: 500 });
    expect(await balance(member, `validAt=${instant(up)}`)).toMatchObject({
      held: 0,
      available: 600,
    });
    await shop.give(member, 1, instant(await clock.now()));
    expect(await balance(member, `validAt=${instant(up - 1)}`)).toMatchObject({ held: 500 });
  });

  it('S4: members ask the same of their own', async () => {
    const member = await shop.enrol();
    const start = await clock.now();
    await shop.give(member, 100, instant(start - 60 * DAY_MS));
    const own = await shop.asMember(member);
    const at = `validAt=${instant(start - 70 * DAY_MS)}`;
    const mine = expected(await own.get<BalanceView>(`/v1/me/balance?${at}`), 200);
    expect([mine.available, mine.validAt]).toEqual([0, instant(start - 70 * DAY_MS)]);
    for (const [path, count] of [
      [`/v1/me/ledger?${at}`, 0],
      [`/v1/me/ledger?asOf=${instant(start - 1)}`, 0],
      [`/v1/me/ledger?validAt=${instant(start)}`, 1],
    ] as const) {
      const page = expected(await own.get<{ postings: object[] }>(path), 200);
      expect([path, page.postings.length]).toEqual([path, count]);
    }
  });

  it('S4: pages of the past go on where the last one ended', async () => {
    const member = await shop.enrol();
    const start = await clock.now();
    for (const days of [5, 1, 4, 2, 3])
      await shop.give(member, days, instant(start - days * DAY_MS));
    const at = `validAt=${instant(start - 2 * DAY_MS)}&limit=2`;
    const first = await staff.ledger(member, `?${at}`);
    const second = await staff.ledger(member, `?${at}&cursor=${first.next ?? ''}`);
    const points = [...first.postings, ...second.postings].map((posting) => posting.points);
    expect(points).toEqual([3, 2, 4, 5]);
  });

  it('S4: the future and what is no instant are refused with a pointer', async () => {
    const member = await shop.enrol();
    const own = await shop.asMember(member);
    const future = instant((await clock.now()) + DAY_MS);
    for (const [field, code] of [
      ['asOf', 'as_of_in_future'],
      ['validAt', 'valid_at_in_future'],
    ] as const) {
      for (const part of ['balance', 'ledger']) {
        for (const [api, at] of [
          [shop, `/v1/members/${member}`],
          [own, '/v1/me'],
        ] as const) {
          const late = await api.get(`${at}/${part}?${field}=${future}`);
          expect([late.status, problem(late).errors?.[0]]).toMatchObject([
            422,
            { pointer: `/${field}`, code },
          ]);
          const wrong = await api.get(`${at}/${part}?${field}=yesterday`);
          expect([wrong.status, problem(wrong).errors?.[0]?.pointer]).toEqual([400, `/${field}`]);
        }
      }
    }
  });
});
