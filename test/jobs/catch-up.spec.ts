import { systemCaller } from '../../src/access/caller.js';
import { AccrualService } from '../../src/accrual/accrual.service.js';
import { ClockService } from '../../src/clock/clock.service.js';
import { RebuildService } from '../../src/ledger/rebuild/rebuild.service.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { DAY_MS } from '../support/clock.js';
import { apiProgramme } from '../support/server.js';
import { runJob } from './running.js';

const DAYS = 30;
/** Noon of a day to come; everything is counted from here, on both databases. */
const FIRST = Math.floor(Date.now() / DAY_MS) * DAY_MS + 2.5 * DAY_MS;
/** A tier is kept for the year of membership it is reached in and the one after. */
const DUE = FIRST + 728 * DAY_MS;

const engines: Engine[] = [];
afterAll(async () => {
  for (const engine of engines) await engine.close();
});

/** Members who each enrol and reach a tier on a day of their own, by more or less. */
async function settled(): Promise<{ engine: Engine; members: string[] }> {
  const engine = await startEngine({ TEST_CLOCK: 'on' });
  engines.push(engine);
  const programme = apiProgramme({
    tiers: [
      { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
      { code: 'silver', name: 'Silver', threshold: 500, keep: 400, multiplier: '1' },
      { code: 'gold', name: 'Gold', threshold: 1_000, keep: 800, multiplier: '1' },
    ],
    ladder: { window: { kind: 'anniversary' } },
  });
  const published = { effectiveAt: '2020-01-01T00:00:00Z', by: 'test' };
  await engine.context.get(ProgrammesService).publish(programme, published);
  const members: string[] = [];
  for (let day = 0; day < DAYS; day += 1) {
    const noon = FIRST + day * DAY_MS;
    await engine.context.get(ClockService).moveTo(noon, 'test');
    const id = await engine.enrol();
    members.push(id);
    const amount = 60_000 + (day % 3) * 30_000;
    await engine.context.get(AccrualService).record(
      {
        member: { id },
        reference: `day ${String(day)}`,
        occurredAt: new Date(noon).toISOString(),
        total: { amount, currency: 'GBP' },
        lines: [{ category: 'home', quantity: 1, amount }],
      },
      {
        caller: systemCaller('shop', 'key/test'),
        requestId: 'request',
        idempotencyKey: `day ${String(day)}`,
      },
    );
  }
  return { engine, members };
}

interface Reviewed {
  at: string;
  tier: string;
  why: unknown;
  after: string[];
  explanation: unknown;
  effects: unknown;
}

async function reviewsOf(engine: Engine, memberId: string): Promise<Reviewed[]> {
  return engine.rows<Reviewed & object>(
    `SELECT p.seq, p.occurred_at AS at, s.tier, s.why, p.explanation, p.effects, p.kind,
            array[p.points_after, p.qualifying_after, p.owed_after, p.held_after] AS after
       FROM postings p JOIN standings s
         ON s.bucket = p.bucket AND s.member_id = p.member_id AND s.from_seq = p.seq
      WHERE p.member_id = $1 AND p.kind = 'review' ORDER BY p.seq`,
    [memberId],
  );
}

it('J6: thirty missed days caught up are thirty single days, row by row', async () => {
  const [daily, atOnce] = [await settled(), await settled()];
  const done: number[] = [];
  for (let day = 0; day <= DAYS + 4; day += 1) {
    await daily.engine.context.get(ClockService).moveTo(DUE + day * DAY_MS, 'test');
    done.push(await runJob(daily.engine, 'tier-reviews'));
  }
  await atOnce.engine.context.get(ClockService).moveTo(DUE + (DAYS + 4) * DAY_MS, 'test');
  const caughtUp = await runJob(atOnce.engine, 'tier-reviews');

  // The days were no two of them alike in whom they reviewed.
  expect(done.filter((count) => count > 0).length).toBeGreaterThan(DAYS / 2);
  expect(caughtUp).toBe(done.reduce((sum, count) => sum + count));
  for (const [index, member] of daily.members.entries()) {
    const reviews = await reviewsOf(daily.engine, member);
    expect(reviews.length).toBeGreaterThan(0);
    expect(await reviewsOf(atOnce.engine, atOnce.members[index] ?? '')).toEqual(reviews);
  }
  for (const { engine } of [daily, atOnce]) {
    expect((await engine.context.get(RebuildService).check()).differences).toEqual([]);
  }
}, 300_000);
