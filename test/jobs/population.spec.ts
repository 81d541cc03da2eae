import { copyMembers } from '../../bench/population/copies.js';
import { live, tellAll } from '../../bench/population/history.js';
import { nightsProgramme } from '../../bench/population/programme.js';
import { RebuildService } from '../../src/ledger/rebuild/rebuild.service.js';
import { VerifyService } from '../../src/ledger/verify.service.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import { startEngine, type Engine } from '../ledger/engine.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine({ TEST_CLOCK: 'on' });
});
afterAll(async () => {
  await engine.close();
});

it('copies of members are a ledger that verifies and rebuilds', async () => {
  const { context, admin } = engine;
  const published = { effectiveAt: '2020-01-01T00:00:00Z', by: 'test' };
  await context.get(ProgrammesService).publish(nightsProgramme(13), published);
  const course = {
    ...{ lives: 4, enrolDays: 4, purchases: 3, amounts: [30_000, 60_000] },
    ...{ buyFrom: 10, buyUntil: 40, tellFrom: 380, until: 400 },
  };
  const ids = await live(context, course);
  await tellAll(admin);
  await copyMembers(admin, ids, 5);
  const [rows] = await engine.rows<{ members: string; lots: string; reviews: string }>(
    `SELECT (SELECT count(*) FROM accounts) AS members, (SELECT count(*) FROM lots) AS lots,
            (SELECT count(*) FROM postings WHERE kind = 'review') AS reviews`,
  );
  expect(rows).toEqual({ members: '24', lots: '72', reviews: '24' });
  const verified = await context.get(VerifyService).verify();
  expect(verified).toMatchObject({ members: 24, differences: [] });
  expect(await context.get(RebuildService).check()).toMatchObject({ members: 24, differences: [] });
}, 120_000);
