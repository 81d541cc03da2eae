import { ClockService } from '../../src/clock/clock.service.js';
import { RebuildService } from '../../src/ledger/rebuild/rebuild.service.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import { runJob } from '../jobs/running.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { DAY_MS } from '../support/clock.js';
import { apiProgramme } from '../support/server.js';

const DAYS = 30;
/** Noon of a day to come; everything is counted from here, on both databases. */
const FIRST = Math.floor(Date.now() / DAY_MS) * DAY_MS + 2.5 * DAY_MS;

const engines: Engine[] = [];
afterAll(async () => {
  for (const engine of engines) await engine.close();
});

/** Members who enrol on a day of their own each, and then do nothing. */
async function enrolled(): Promise<{ engine: Engine; members: string[] }> {
  const engine = await startEngine({ TEST_CLOCK: 'on' });
  engines.push(engine);
  const notice = { title: 'Still there?', text: 'We have not seen you for a while.' };
  const programme = apiProgramme({
    inactivity: { atRisk: { afterDays: 90, notice }, dormant: { afterDays: 120 } },
  });
  const published = { effectiveAt: '2020-01-01T00:00:00Z', by: 'test' };
  await engine.context.get(ProgrammesService).publish(programme, published);
  const members: string[] = [];
  for (let day = 0; day < DAYS; day += 1) {
    await engine.context.get(ClockService).moveTo(FIRST + day * DAY_MS, 'test');
    members.push(await engine.enrol());
    if (day % 2 === 0) await runJob(engine, 'inactivity');
  }
  return { engine, members };
}

const stagesOf = (engine: Engine, memberId: string | undefined): Promise<object[]> =>
  engine.rows(
    `SELECT p.seq, p.kind, date_trunc('day', p.occurred_at) AS day, p.explanation,
            p.effects->'stage'->>0 AS stage, p.version_no, m.stage AS stored
       FROM postings p JOIN members m USING (bucket, member_id)
      WHERE p.member_id = $1 ORDER BY p.seq`,
    [memberId],
  );

it('M17, J6: thirty missed days caught up are thirty single days, row by row', async () => {
  const [daily, atOnce] = [await enrolled(), await enrolled()];
  const done: number[] = [];
  const day = (no: number): number => FIRST + no * DAY_MS;
  for (let no = 90; no <= 90 + DAYS + 4; no += 1) {
    await daily.engine.context.get(ClockService).moveTo(day(no), 'test');
    done.push(await runJob(daily.engine, 'inactivity'));
  }
  await atOnce.engine.context.get(ClockService).moveTo(day(90 + DAYS + 4), 'test');
  const caughtUp = await runJob(atOnce.engine, 'inactivity');

  expect(done.filter((count) => count > 0).length).toBeGreaterThan(DAYS / 2);
  expect(caughtUp).toBe(done.reduce((sum, count) => sum + count));
  for (const [place, member] of daily.members.entries()) {
    const stages = await stagesOf(daily.engine, member);
    expect(stages.length).toBeGreaterThan(0);
    expect(await stagesOf(atOnce.engine, atOnce.members[place])).toEqual(stages);
  }
  for (const { engine } of [daily, atOnce]) {
    expect((await engine.context.get(RebuildService).check()).differences).toEqual([]);
  }
}, 300_000);
