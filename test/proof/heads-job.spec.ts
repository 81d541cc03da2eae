import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Watch } from '../../src/jobs/watch.service.js';
import { dayAfter, dayOf, startOfDay } from '../../src/ledger/proof/head.js';
import { purchase, startEngine, type Engine } from '../ledger/engine.js';
import { runJobs } from '../jobs/running.js';
import { rewrite } from './forger.js';

/** Yesterday is closed some minutes after midnight. */
const daysAgo = (days: number): string => dayAfter(dayOf(Date.now() - 300_000), -days);
const engines: Engine[] = [];
let folders: string[];

/** Two replicas on one database, each with a folder of its own. */
beforeAll(async () => {
  folders = await Promise.all([0, 1].map(() => mkdtemp(join(tmpdir(), 'fealty-job-'))));
  for (const folder of folders) {
    engines.push(await startEngine({ JOBS: 'on', HEADS_DIR: folder }, engines[0]?.database));
  }
  const member = await replica(0).enrol();
  await replica(0).ledger.submit(purchase(member, 5_000));
  await rewrite(replica(0).admin, member, () => ({ recordedAt: startOfDay(daysAgo(40)) }));
});
afterAll(async () => {
  for (const engine of engines.reverse()) await engine.close();
  for (const folder of folders) await rm(folder, { recursive: true });
});

function replica(index: number): Engine {
  const engine = engines[index];
  if (engine === undefined) throw new Error(`There is no replica ${String(index)}.`);
  return engine;
}

const runs = async (): Promise<number> => {
  const made = await runJobs(engines, 'daily-heads');
  await Promise.all(engines.map(({ context }) => context.get(Watch).writeHeads()));
  return made;
};

describe('the daily heads job', () => {
  it('L9, J1, J2: makes every missed day once, by whichever replica, and writes all files', async () => {
    const { admin } = replica(0);
    // A run that ended after three days leaves the rest to the next.
    await runs();
    await admin.query('SET session_replication_role = replica');
    await admin.query('DELETE FROM daily_heads WHERE day > $1', [daysAgo(38)]);
    await admin.query('SET session_replication_role = DEFAULT');
    expect(await runs()).toBe(37);
    const rows = await replica(0).rows(
      `SELECT count(*)::int, count(DISTINCT day)::int AS days, max(day)::text AS last
         FROM daily_heads`,
    );
    expect(rows).toEqual([{ count: 40 * 64, days: 40, last: daysAgo(1) }]);
    for (const folder of folders) expect(await readdir(folder)).toHaveLength(40);
  });
});
