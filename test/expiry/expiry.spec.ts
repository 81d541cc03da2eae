import { systemCaller } from '../../src/access/caller.js';
import { ReturnsService } from '../../src/accrual/returns/returns.service.js';
import { ExpiryNoticesQueries } from '../../src/events/notices/expiry-notices.queries.js';
import { JobDesk } from '../../src/jobs/desk/job-desk.service.js';
import { BalancesService } from '../../src/ledger/balances.service.js';
import { runJob } from '../jobs/running.js';
import type { Engine } from '../ledger/engine.js';
import { DAY_MS } from '../support/clock.js';
import { buy, datesOf, FIRST, moveTo, postedOf, soundness, startTelling } from './telling.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startTelling();
});
afterAll(async () => {
  expect(await soundness(engine)).toEqual([[], []]);
  await engine.close();
});

const now = { at: FIRST };
/** Days pass; the programme's clock never goes back. */
async function pass(until: number): Promise<void> {
  now.at = Math.max(now.at, until);
  await moveTo(engine, now.at);
}

const told = (): ExpiryNoticesQueries => engine.context.get(ExpiryNoticesQueries);
const noticesOf = (member: string) =>
  engine.rows<{ subject: string; text: string; facts: Record<string, unknown> }>(
    `SELECT subject, about->>'text' AS text, about->'facts' AS facts
       FROM notices WHERE member_id = $1 ORDER BY number`,
    [member],
  );

async function withPoints(): Promise<{ member: string; purchase: string; date: number }> {
  const member = await engine.enrol();
  const purchase = await buy(engine, member, now.at);
  const [date = 0] = await datesOf(engine, member);
  return { member, purchase, date };
}

async function back(purchase: string): Promise<void> {
  await engine.context.get(ReturnsService).record(
    purchase,
    { occurredAt: new Date(now.at).toISOString() },
    {
      caller: systemCaller('shop', 'key/test'),
      requestId: 'request',
      idempotencyKey: `back ${purchase}`,
    },
  );
}

describe('points that go', () => {
  it('Y1, Y2: are told so many days before, once, for each date of a member', async () => {
    const { member, date } = await withPoints();
    await buy(engine, member, now.at, 20);
    await pass(date - 31.5 * DAY_MS);
    expect(await runJob(engine, 'expiry-notices')).toBe(0);
    await pass(date - 30.5 * DAY_MS);
    expect(await runJob(engine, 'expiry-notices')).toBe(1);
    expect(await runJob(engine, 'expiry-notices')).toBe(0);
    const [notice] = await noticesOf(member);
    expect(notice?.facts).toMatchObject({ points: 120, expiresAt: new Date(date).toISOString() });
    expect(notice?.text).toMatch(
      / is the last day of 120 points, if you do not use them before\.$/,
    );
  });

  it('Y3: stay where nobody was told, and a dry run says of whom', async () => {
    const { member, date } = await withPoints();
    await pass(date + DAY_MS);
    expect(await runJob(engine, 'point-expiry')).toBe(0);
    const { items } = await engine.context.get(JobDesk).foresee('point-expiry', undefined, {
      cursor: undefined,
      limit: 100,
    });
    expect(items.filter(({ memberId }) => memberId === member)).toMatchObject([
      { what: 'no-evidence', dueAt: date, details: { points: 100 } },
    ]);
    expect(await engine.context.get(BalancesService).current(member)).toMatchObject({
      available: 100,
      ...{ nextExpiry: [], pastExpiry: [{ at: date, points: 100 }] },
    });
  });

  it('Y2, Y3: are told late where nobody did before, and go when the days of the notice are over', async () => {
    const { member, date } = await withPoints();
    await pass(date + 2 * DAY_MS);
    await runJob(engine, 'expiry-notices');
    expect(await noticesOf(member)).toMatchObject([
      {
        subject: expect.stringContaining('/0/') as string,
        text: expect.stringMatching(/7 days/) as string,
      },
    ]);
    await told().shown(member, [date]);
    await pass(date + 9 * DAY_MS);
    expect(await postedOf(engine, member)).toEqual([]);
    await runJob(engine, 'point-expiry');
    expect(await postedOf(engine, member)).toEqual([]);
    await pass(date + 10 * DAY_MS);
    await runJob(engine, 'point-expiry');
    expect(await postedOf(engine, member)).toMatchObject([{ points: 0, owed: 0 }]);
  });

  it('Y3, R110: go at their date with evidence, once; a return of them is owed by nobody', async () => {
    const { member, purchase, date } = await withPoints();
    await pass(date - 7.5 * DAY_MS);
    await runJob(engine, 'expiry-notices');
    await told().shown(member, [date]);
    const before = await engine.context.get(JobDesk).foresee('point-expiry', date, {
      cursor: undefined,
      limit: 100,
    });
    expect(before.items.filter(({ memberId }) => memberId === member)).toMatchObject([
      { what: 'expire', dueAt: date, details: { points: 100, evidence: 'shown' } },
    ]);
    await pass(date);
    await runJob(engine, 'point-expiry');
    await runJob(engine, 'point-expiry');
    const number = (await noticesOf(member)).length;
    expect(await postedOf(engine, member)).toEqual([
      {
        at: new Date(date),
        why: [-2, -1, 'expired', '0', `shown/${String(number)}`],
        points: 0,
        owed: 0,
      },
    ]);
    await back(purchase);
    const { available, owed } = (await engine.context.get(BalancesService).current(member)) ?? {};
    expect({ available, owed }).toEqual({ available: 0, owed: 0 });
  });

  it('Y4: go without any channel only after tries for a month, the date being seen all the time', async () => {
    const { member, date } = await withPoints();
    await pass(date - 30.5 * DAY_MS);
    await runJob(engine, 'expiry-notices');
    const tried = (tries: number) =>
      engine.rows(`UPDATE notices SET state = 'unreachable', tries = $2 WHERE member_id = $1`, [
        member,
        tries,
      ]);
    await tried(2);
    await pass(date + DAY_MS);
    await runJob(engine, 'expiry-notices');
    await runJob(engine, 'point-expiry');
    expect(await postedOf(engine, member)).toEqual([]);
    await tried(3);
    await pass(date + 2 * DAY_MS);
    await runJob(engine, 'expiry-notices');
    await pass(date + 10 * DAY_MS);
    await runJob(engine, 'point-expiry');
    expect(await postedOf(engine, member)).toMatchObject([
      { why: [-2, -1, 'expired', '0', 'last_resort/1'], points: 0 },
    ]);
  });
});
