import { randomUUID } from 'node:crypto';
import { systemCaller, type Caller } from '../../src/access/caller.js';
import { UsersService } from '../../src/access/users.service.js';
import { ReturnsService } from '../../src/accrual/returns/returns.service.js';
import { AdjustmentsService } from '../../src/adjustments/adjustments.service.js';
import { ApprovalsQueries } from '../../src/adjustments/approvals.queries.js';
import { ExpiryNoticesQueries } from '../../src/events/notices/expiry-notices.queries.js';
import { JobDesk } from '../../src/jobs/desk/job-desk.service.js';
import { BalancesService } from '../../src/ledger/balances.service.js';
import type { Posted } from '../../src/ledger/command.js';
import type { Renewal } from '../../src/rules/state.js';
import { runJob } from '../jobs/running.js';
import type { Engine } from '../ledger/engine.js';
import { DAY_MS } from '../support/clock.js';
import { limits, reasons } from '../support/staff.js';
import { buy, datesOf, FIRST, moveTo, postedOf, soundness, startTelling } from './telling.js';

let engine: Engine;
let ada: Caller;
let ben: Caller;
beforeAll(async () => {
  engine = await startTelling(undefined, { staff: { reasons, ...limits } });
  [ada, ben] = [await hired('ada'), await hired('ben')];
});
afterAll(async () => {
  expect(await soundness(engine)).toEqual([[], []]);
  await engine.close();
});

async function hired(name: string): Promise<Caller> {
  const users = engine.context.get(UsersService);
  const { userId } = await users.create({ name, role: 'agent', createdBy: 'test' });
  const nobodyElse = { retailer: undefined, memberId: undefined, permissions: new Set<never>() };
  return { kind: 'user', id: `u/${userId}`, actor: `user/${userId}`, ...nobodyElse };
}

const now = { at: FIRST };
async function pass(until: number): Promise<void> {
  now.at = Math.max(now.at, until);
  await moveTo(engine, now.at);
}

const by = (caller: Caller, idempotencyKey: string = randomUUID()) => ({
  ...{ caller, requestId: 'request', idempotencyKey },
});

const dayAfter = (days: number): string =>
  new Date(now.at + days * DAY_MS).toISOString().slice(0, 10);

const renew = async (
  memberId: string,
  kind: Renewal['kind'],
  points: number,
  days: number,
  request = by(ada),
): Promise<Posted> => {
  const wanted = { memberId, points, reason: 'goodwill', note: undefined };
  const renewal = { kind, lastDay: dayAfter(days) };
  return engine.context.get(AdjustmentsService).request({ ...wanted, renewal }, request);
};

const told = async (member: string): Promise<void> => {
  const dates = await datesOf(engine, member);
  await engine.context.get(ExpiryNoticesQueries).shown(member, dates);
};

/** A member whose hundred points went. */
async function whosePointsWent(): Promise<{ member: string; purchase: string }> {
  const member = await engine.enrol();
  const purchase = await buy(engine, member, now.at);
  const [date = 0] = await datesOf(engine, member);
  await pass(date - 7.5 * DAY_MS);
  await runJob(engine, 'expiry-notices');
  await told(member);
  await pass(date);
  await runJob(engine, 'point-expiry');
  expect(await postedOf(engine, member)).toMatchObject([{ points: 0 }]);
  return { member, purchase };
}

const states = async (member: string): Promise<unknown[]> => {
  const rows = await engine.rows<{ state: string }>(
    'SELECT state FROM notices WHERE member_id = $1 ORDER BY number',
    [member],
  );
  return rows.map(({ state }) => state);
};

const balance = async (member: string): Promise<object | undefined> => {
  const { available, owed } = (await engine.context.get(BalancesService).current(member)) ?? {};
  return { available, owed };
};

const back = (purchase: string): Promise<unknown> =>
  engine.context
    .get(ReturnsService)
    .record(
      purchase,
      { occurredAt: new Date(now.at).toISOString() },
      by(systemCaller('shop', 'key/test')),
    );

describe('points that staff renew', () => {
  it('Y6: come back once, at their age and to the new date, and go again when it was told', async () => {
    const { member, purchase } = await whosePointsWent();
    const key = by(ada);
    const first = await renew(member, 'reinstate', 90, 40, key);
    const again = await renew(member, 'reinstate', 90, 40, key);
    expect([first.replayed, again.replayed]).toEqual([false, true]);
    const tooMany = await renew(member, 'reinstate', 11, 40);
    expect(tooMany.postings.at(-1)?.kind).toBe('refused');
    expect(await balance(member)).toEqual({ available: 90, owed: 0 });
    const [lots] = await engine.rows<{ same: boolean; origin_seq: number }>(
      `SELECT l.accrued_at = o.accrued_at AS same, l.origin_seq FROM lots l
         JOIN lots o ON o.member_id = l.member_id AND o.seq = l.origin_seq
        WHERE l.member_id = $1 AND l.remaining > 0`,
      [member],
    );
    expect(lots).toEqual({ same: true, origin_seq: 1 });
    const date = Math.max(...(await datesOf(engine, member)));
    await pass(date + DAY_MS);
    await runJob(engine, 'point-expiry');
    expect(await balance(member)).toEqual({ available: 90, owed: 0 });
    await runJob(engine, 'expiry-notices');
    await told(member);
    await pass(date + 9 * DAY_MS);
    await runJob(engine, 'point-expiry');
    expect(await balance(member)).toEqual({ available: 0, owed: 0 });
    await back(purchase);
    expect(await balance(member)).toEqual({ available: 0, owed: 0 });
    expect((await renew(member, 'reinstate', 1, 40)).postings.at(-1)?.kind).toBe('refused');
  });

  it('Y6: come back when a second person says so, where one may not say it alone', async () => {
    const { member, purchase } = await whosePointsWent();
    await buy(engine, member, now.at, 50);
    const key = by(ada);
    expect((await renew(member, 'extend', 101, 400, key)).postings).toEqual([]);
    const approvals = engine.context.get(ApprovalsQueries);
    const asked = await approvals.askedUnder(member, ada.id.slice(2), key.idempotencyKey, 'extend');
    if (asked === undefined) throw new Error('Nothing was asked for.');
    expect(asked.renewal).toEqual({ kind: 'extend', lastDay: dayAfter(400) });
    await renew(member, 'reinstate', 100, 40);
    const done = await engine.context.get(AdjustmentsService).decide('approve', asked, by(ben));
    expect(done.postings.at(-1)?.kind).toBe('extend');
    await back(purchase);
    expect(await balance(member)).toEqual({ available: 50, owed: 0 });
  });

  it('Y7: that go later are told of their new date, and no more of the old one', async () => {
    const member = await engine.enrol();
    await buy(engine, member, now.at);
    const [date = 0] = await datesOf(engine, member);
    await pass(date - 7.5 * DAY_MS);
    await runJob(engine, 'expiry-notices');
    expect(await states(member)).toEqual(['due']);
    await renew(member, 'extend', 60, 60);
    expect(await states(member)).toEqual(['due']);
    await renew(member, 'extend', 40, 60);
    expect(await states(member)).toEqual(['withdrawn']);
    await told(member);
    await pass(date + DAY_MS);
    await runJob(engine, 'expiry-notices');
    await runJob(engine, 'point-expiry');
    expect(await balance(member)).toEqual({ available: 100, owed: 0 });
    expect(await states(member)).toEqual(['withdrawn']);
  });

  it('Y7: do not go by a notice that was about other points of the same date', async () => {
    const member = await engine.enrol();
    await buy(engine, member, now.at, 40);
    const [date = 0] = await datesOf(engine, member);
    await pass(now.at + 3 * DAY_MS);
    await buy(engine, member, now.at, 60);
    const [, later = 0] = await datesOf(engine, member);
    await pass(later - 7.5 * DAY_MS);
    await runJob(engine, 'expiry-notices');
    await told(member);
    expect(date).toBeGreaterThan(now.at);
    const days = Math.round((later - now.at) / DAY_MS) - 1;
    await renew(member, 'extend', 40, days);
    expect(await datesOf(engine, member)).toEqual([date, later]);
    await pass(later);
    await runJob(engine, 'point-expiry');
    expect(await balance(member)).toEqual({ available: 40, owed: 0 });
  });
});

it('U13: what no limit reaches any more is forgotten, and limits and rebuilding say the same', async () => {
  const member = await engine.enrol();
  const left = async (): Promise<unknown> =>
    engine.rows(
      `SELECT (SELECT count(*)::int FROM rolling_uses) AS uses,
              (SELECT count(*)::int FROM rolling_limits) AS locks,
              (SELECT count(*)::int FROM approvals_waiting) AS waiting`,
    );
  const give = async (points: number): Promise<string | undefined> => {
    const wanted = { memberId: member, points, reason: 'goodwill', note: undefined };
    const { postings } = await engine.context.get(AdjustmentsService).request(wanted, by(ada));
    return postings.at(-1)?.kind;
  };
  await give(101);
  await pass(now.at + 8 * DAY_MS);
  expect(await give(100)).toBe('adjust');
  const { items } = await engine.context
    .get(JobDesk)
    .foresee('clean-up', undefined, { cursor: undefined, limit: 100 });
  const foreseen = items.map(({ what, details }) => [what, details['rows']]);
  expect(foreseen.map(([what]) => what)).toEqual(['uses', 'lapsed', 'locks']);
  const due = foreseen.reduce((sum, [, rows]) => sum + Number(rows), 0);
  expect(await runJob(engine, 'clean-up')).toBe(due);
  expect(await left()).toEqual([{ uses: 2, locks: 2, waiting: 0 }]);
  expect([await give(100), await give(100), await give(100), await give(1)]).toEqual([
    ...['adjust', 'adjust', 'adjust', 'refused'],
  ]);
  // The row at which approvals of that user queue, which each request makes anew.
  expect(await runJob(engine, 'clean-up')).toBe(1);
  expect(await runJob(engine, 'clean-up')).toBe(0);
});
