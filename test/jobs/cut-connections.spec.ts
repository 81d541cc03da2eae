import type { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { copyMembers } from '../../bench/population/copies.js';
import { live, tellAll } from '../../bench/population/history.js';
import { nightsProgramme } from '../../bench/population/programme.js';
import { ClockService } from '../../src/clock/clock.service.js';
import { RebuildService } from '../../src/ledger/rebuild/rebuild.service.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { DAY_MS } from '../support/clock.js';
import { runJobs } from './running.js';

const MEMBERS = 1_500;
const CUTS = 6;

let one: Engine;
let two: Engine;
beforeAll(async () => {
  one = await startEngine({ TEST_CLOCK: 'on' });
  const { context, admin } = one;
  const published = { effectiveAt: '2020-01-01T00:00:00Z', by: 'test' };
  await context.get(ProgrammesService).publish(nightsProgramme(2), published);
  const course = {
    ...{ lives: 5, enrolDays: 3, purchases: 2, amounts: [60_000] },
    ...{ buyFrom: 3, buyUntil: 5, tellFrom: 31, until: 41 },
  };
  const ids = await live(context, course);
  await tellAll(admin);
  await copyMembers(admin, ids, MEMBERS / 5 - 1);
  const clock = context.get(ClockService);
  await clock.moveTo((await clock.read()).now + 3 * 365 * DAY_MS, 'test');
  two = await startEngine({ TEST_CLOCK: 'on' }, one.database);
}, 120_000);
afterAll(async () => {
  await two.close();
  await one.close();
});

/** Ends every connection of both engines, as a database that is started anew does. */
const cut = (): Promise<unknown> =>
  one.rows(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND application_name LIKE 'fealty%'`,
  );

it.each(['tier-reviews', 'point-expiry'])(
  'J2: a database that goes away in the middle of %s costs nothing but time',
  async (job) => {
    const ended = { yes: false };
    let tries = 0;
    const work = (async () => {
      for (; !ended.yes; tries += 1) {
        ended.yes = await runJobs([one, two], job).then(
          () => true,
          () => false,
        );
      }
    })();
    let cuts = 0;
    for (; cuts < CUTS && !ended.yes; cuts += 1) {
      await pause(150);
      await cut();
    }
    await work;
    // A part that was cut off three times is left to the next run, which a slow machine may need.
    await runJobs([one, two], job);
    expect(cuts).toBeGreaterThan(1);
    expect(tries).toBeGreaterThan(1);
    const kind = job === 'tier-reviews' ? 'review' : 'expire';
    // All bought alike, by day: whoever has as many postings as a neighbour has the same ones.
    const courses = await one.rows<{ members: number; courses: number }>(
      `SELECT count(*)::int AS members, count(DISTINCT course)::int AS courses
         FROM (SELECT m.enrolled_at, m.member_id,
                      string_agg(concat_ws(' ', p.occurred_at, p.points_after), '/' ORDER BY p.seq)
                        AS course
                 FROM members m JOIN postings p USING (bucket, member_id)
                WHERE p.kind = $1 GROUP BY 1, 2) each
        GROUP BY enrolled_at`,
      [kind],
    );
    expect(courses).toHaveLength(5);
    for (const each of courses) expect(each).toEqual({ members: MEMBERS / 5, courses: 1 });
    const { differences } = await one.context.get(RebuildService).check();
    expect(differences).toEqual([]);
  },
  180_000,
);

/** What the driver of a data source lends connections from. */
interface Pool {
  connect(lent: (error: Error | undefined, client: EventEmitter, done: () => void) => void): void;
}

it('J2: a connection that is ended just as it is lent ends no process', async () => {
  const master = Reflect.get(one.context.get(DataSource).driver, 'master') as Pool;
  const heard = await new Promise<boolean>((resolve) => {
    master.connect((_error, client, done) => {
      // Nobody who borrows one can listen before this.
      resolve(client.listenerCount('error') > 0);
      done();
    });
  });
  expect(heard).toBe(true);
});
