import type { Engine } from '../ledger/engine.js';
import { DAY_MS } from '../support/clock.js';
import { JobRegistry } from '../../src/jobs/job-registry.service.js';
import { JobRunner } from '../../src/jobs/job-runner.service.js';
import { runJob } from '../jobs/running.js';
import { buy, FIRST, moveTo, postedOf, soundness, startTelling } from './telling.js';

const DAYS = 30;
/** The first points go about two months after they came, and are told 30 and 7 days before. */
const DUE = FIRST + 31 * DAY_MS;
const END = DUE + (DAYS + 45) * DAY_MS;

const engines: Engine[] = [];
afterAll(async () => {
  for (const engine of engines) await engine.close();
});

/** All other jobs, of which each day would bring sixty-four parts. */
const PAUSED = `INSERT INTO job_states (job, paused_at, paused_by)
  SELECT job, clock_timestamp(), 'test' FROM unnest($1::text[]) job`;

/** Members who each get points on a day of their own, and some of them on two. */
async function settled(): Promise<{ engine: Engine; members: string[] }> {
  const engine = await startTelling();
  engines.push(engine);
  const names = engine.context
    .get(JobRegistry)
    .all()
    .map(({ name }) => name);
  await engine.rows(PAUSED, [names.filter((name) => !/expiry/.test(name))]);
  const members: string[] = [];
  for (let day = 0; day < DAYS; day += 1) {
    const at = FIRST + (day + 0.1) * DAY_MS;
    await moveTo(engine, at);
    const id = await engine.enrol();
    members.push(id);
    await buy(engine, id, at, 100 + day);
    const earlier = members[day - 3];
    if (day % 3 === 0 && earlier !== undefined) await buy(engine, earlier, at, 50);
  }
  return { engine, members };
}

const noticesOf = (engine: Engine, member: string): Promise<object[]> =>
  engine.rows(
    `SELECT number, subject, about::text, made_at, due_at FROM notices
      WHERE member_id = $1 ORDER BY number`,
    [member],
  );

/** All members saw each notice on the day it was made: so it is on both databases. */
const seen = (engine: Engine): Promise<object[]> =>
  engine.rows(
    `UPDATE notices SET state = 'told', evidence = 'shown', evidence_at = made_at
      WHERE evidence IS NULL`,
  );

it('Y5, J6: thirty missed days caught up are thirty single days, row by row', async () => {
  const [daily, atOnce] = [await settled(), await settled()];
  const look = async (engine: Engine): Promise<void> => {
    const each = engine.context.get(JobRunner);
    await each.look();
    await each.idle();
  };
  // The day from which both count, as a job's first slot is the one before it was first looked at.
  for (const { engine } of [daily, atOnce]) {
    await moveTo(engine, DUE);
    await look(engine);
  }
  for (let at = DUE + DAY_MS; at <= END; at += DAY_MS) {
    await moveTo(daily.engine, at);
    await look(daily.engine);
    await seen(daily.engine);
    await runJob(daily.engine, 'point-expiry');
  }
  await moveTo(atOnce.engine, END);
  await look(atOnce.engine);
  await seen(atOnce.engine);
  await runJob(atOnce.engine, 'point-expiry');
  let gone = 0;
  for (const [index, member] of daily.members.entries()) {
    const other = atOnce.members[index] ?? '';
    const notices = await noticesOf(daily.engine, member);
    expect(notices.length).toBeGreaterThan(1);
    expect(await noticesOf(atOnce.engine, other)).toEqual(notices);
    const posted = await postedOf(daily.engine, member);
    gone += posted.length;
    expect(await postedOf(atOnce.engine, other)).toEqual(posted);
  }
  expect(gone).toBeGreaterThan(DAYS);
  for (const { engine } of [daily, atOnce]) expect(await soundness(engine)).toEqual([[], []]);
}, 600_000);
