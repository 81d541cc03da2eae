import { systemCaller } from '../../src/access/caller.js';
import { AccrualService } from '../../src/accrual/accrual.service.js';
import { ClockService } from '../../src/clock/clock.service.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import { checkDocument } from '../../src/programmes/check.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { runJob } from '../jobs/running.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { DAY_MS } from '../support/clock.js';
import { apiProgramme } from '../support/server.js';

const ladder: NonNullable<ProgrammeDocument['ladder']> = {
  window: { kind: 'anniversary' },
  nearMiss: { kind: 'share', percent: 10 },
  warningDays: 30,
  notices: ['changed', 'kept', 'warning'],
};
const tiers = [
  { code: 'blue', name: 'Blue', threshold: 0, multiplier: '1' },
  { code: 'silver', name: 'Silver', threshold: 500, keep: 400, multiplier: '1' },
];
/** Noon of a day to come. */
const FIRST = Math.floor(Date.now() / DAY_MS) * DAY_MS + 2.5 * DAY_MS;
/** A tier is kept for the year of membership it is reached in and the one after. */
const DUE = FIRST + 728 * DAY_MS;

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ TEST_CLOCK: 'on' });
  const published = { effectiveAt: '2020-01-01T00:00:00Z', by: 'test' };
  await engine.context.get(ProgrammesService).publish(apiProgramme({ tiers, ladder }), published);
});
afterAll(async () => {
  await engine.close();
});

const moveTo = (at: number): Promise<unknown> =>
  engine.context.get(ClockService).moveTo(at, 'test');

let purchases = 0;
async function buy(member: string, amount: number, at: number): Promise<void> {
  purchases += 1;
  const reference = `purchase ${String(purchases)}`;
  await engine.context.get(AccrualService).record(
    {
      member: { id: member },
      reference,
      occurredAt: new Date(at).toISOString(),
      total: { amount, currency: 'GBP' },
      lines: [{ category: 'home', quantity: 1, amount }],
    },
    { caller: systemCaller('shop', 'key/test'), requestId: 'r', idempotencyKey: reference },
  );
}

const told = async (member: string): Promise<string[]> =>
  (
    await engine.rows<{ kind: string; title: string }>(
      `SELECT kind, about->>'title' AS title FROM notices WHERE member_id = $1 ORDER BY number`,
      [member],
    )
  ).map(({ kind, title }) => `${kind}: ${title}`);

it('M20: members are told once of a tier that changed, is at risk, or was kept by little', async () => {
  await moveTo(FIRST);
  const [spent, close, old] = [await engine.enrol(), await engine.enrol(), await engine.enrol()];
  const later = FIRST + DAY_MS;
  await moveTo(later);
  for (const member of [spent, close]) await buy(member, 60_000, later);
  await buy(old, 60_000, FIRST - 60 * DAY_MS);
  expect(await told(spent)).toEqual(['tier_changed: Your tier: Silver']);
  // What happened long ago is no news, although the tier is there.
  expect(await told(old)).toEqual([]);

  await moveTo(FIRST + 400 * DAY_MS);
  await buy(close, 37_000, FIRST + 400 * DAY_MS);
  // The first year keeps the tier for the second one.
  await runJob(engine, 'tier-reviews');
  let warned = 0;
  for (let day = -36; day <= -26; day += 1) {
    await moveTo(DUE + day * DAY_MS);
    warned += await runJob(engine, 'tier-warnings');
    warned += await runJob(engine, 'tier-warnings');
  }
  expect(await told(spent)).toEqual([
    'tier_changed: Your tier: Silver',
    'tier_at_risk: Silver is at risk',
  ]);
  expect(await told(close)).toEqual(['tier_changed: Your tier: Silver']);
  expect(warned).toBeGreaterThan(0);

  await moveTo(DUE + 5 * DAY_MS);
  await runJob(engine, 'tier-reviews');
  expect((await told(spent)).at(-1)).toBe('tier_changed: Your tier: Blue');
  expect((await told(close)).at(-1)).toBe('tier_kept: Your tier stays: Silver');
}, 180_000);

it('P123: a warning takes days of warning and a window that is reviewed', () => {
  const faults = (written: NonNullable<ProgrammeDocument['ladder']>): string[] => {
    const checked = checkDocument(apiProgramme({ tiers, ladder: written }));
    return 'faults' in checked ? checked.faults.map(({ code }) => code) : [];
  };
  expect(faults(ladder)).toEqual([]);
  const { warningDays, ...without } = ladder;
  expect(warningDays).toBe(30);
  expect(faults(without)).toEqual(['warning_without_days']);
  expect(faults({ ...without, notices: ['changed'] })).toEqual([]);
});
