import { runJob } from '../jobs/running.js';
import type { Engine } from '../ledger/engine.js';
import { DAY_MS } from '../support/clock.js';
import { buy, FIRST, moveTo, postedOf, soundness, startTelling } from './telling.js';

/** Points go a month after the last purchase, and are told nine and three days before. */
const notices = { daysBefore: [9, 3] };
const MEMBERS = 5;
const FROM = FIRST + 20 * DAY_MS;
const DAYS = 20;
const END = FROM + DAYS * DAY_MS;

const engines: Engine[] = [];
afterAll(async () => {
  for (const engine of engines) await engine.close();
});

/** Members who were heard of last on a day of their own, some of them with points of before. */
async function settled(): Promise<{ engine: Engine; members: string[] }> {
  const engine = await startTelling(undefined, {
    expiry: { kind: 'inactivity', months: 1, notices },
  });
  engines.push(engine);
  const members: string[] = [];
  for (let day = 0; day < MEMBERS; day += 1) {
    const at = FIRST + (day + 0.1) * DAY_MS;
    await moveTo(engine, at);
    members.push(await engine.enrol());
    await buy(engine, members.at(-1) ?? '', at, 100 + day);
    const earlier = members[day - 2];
    if (earlier !== undefined) await buy(engine, earlier, at, 50);
  }
  await moveTo(engine, FROM);
  await runJob(engine, 'expiry-notices');
  return { engine, members };
}

const toldOf = (engine: Engine, member: string): Promise<object[]> =>
  engine.rows(
    `SELECT number, subject, about->>'text' AS text, made_at, due_at FROM notices
      WHERE member_id = $1 ORDER BY number`,
    [member],
  );

/** All saw each notice on the day it was made, but one of them who never sees any. */
const seen = (engine: Engine, blind: string | undefined): Promise<object[]> =>
  engine.rows(
    `UPDATE notices SET state = 'told', evidence = 'shown', evidence_at = made_at
      WHERE evidence IS NULL AND member_id <> $1`,
    [blind],
  );

it('Y5, Y9: missed days of silence caught up are single days, row by row', async () => {
  const [daily, atOnce] = [await settled(), await settled()];
  const [, blind] = daily.members;
  const days = Array.from({ length: DAYS }, (_, day) => FROM + (day + 1) * DAY_MS);
  for (const at of days) {
    await moveTo(daily.engine, at);
    await runJob(daily.engine, 'expiry-notices', at);
    await seen(daily.engine, blind);
    // Nothing can go sooner, and of who is told late not before the end.
    if (at > FROM + 10 * DAY_MS && at < FROM + 19 * DAY_MS)
      await runJob(daily.engine, 'point-expiry');
  }
  await runJob(daily.engine, 'point-expiry');
  await moveTo(atOnce.engine, END);
  for (const at of days) await runJob(atOnce.engine, 'expiry-notices', at);
  await seen(atOnce.engine, atOnce.members[1]);
  await runJob(atOnce.engine, 'point-expiry');
  let gone = 0;
  for (const [index, member] of daily.members.entries()) {
    const other = atOnce.members[index] ?? '';
    const told = await toldOf(daily.engine, member);
    expect(told.length).toBeGreaterThan(1);
    expect(await toldOf(atOnce.engine, other)).toEqual(told);
    const posted = await postedOf(daily.engine, member);
    expect(await postedOf(atOnce.engine, other)).toEqual(posted);
    gone += posted.length;
  }
  expect(gone).toBe(MEMBERS - 1);
  for (const { engine } of [daily, atOnce]) expect(await soundness(engine)).toEqual([[], []]);
}, 120_000);
