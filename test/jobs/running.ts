import { JobRegistry } from '../../src/jobs/job-registry.service.js';
import { JobDesk } from '../../src/jobs/desk/job-desk.service.js';
import { PartWorker } from '../../src/jobs/part-worker.service.js';
import type { Run } from '../../src/jobs/runs.queries.js';
import type { Engine } from '../ledger/engine.js';

/** Runs a job to its end on one engine; returns what it says it did. */
export const runJob = (engine: Engine, name: string, asOf?: number): Promise<number> =>
  runJobs([engine], name, asOf);

/**
 * Runs a job to its end on several engines at once, each taking parts. One that a failure left open
 * goes on at once, without the wait between two tries.
 */
export async function runJobs(
  engines: readonly Engine[],
  name: string,
  asOf?: number,
): Promise<number> {
  const [first] = engines;
  if (first === undefined) throw new Error('A job needs an engine to run on.');
  await first.admin.query('UPDATE job_parts SET until = NULL WHERE job = $1', [name]);
  const desk = first.context.get(JobDesk);
  const [newest] = await desk.history(name, 2_147_483_647, 1);
  const isOpen = newest !== undefined && newest.finishedAt === undefined;
  const run: Run = isOpen ? newest : await desk.start(name, asOf, 'test');
  await Promise.all(
    engines.map(async ({ context }) => {
      const job = context.get(JobRegistry).named(name);
      await context.get(PartWorker).work(job, run);
    }),
  );
  const [after] = await desk.history(name, 2_147_483_647, 1);
  if (after?.finishedAt === undefined) throw new Error('A part failed.');
  return after.done - (isOpen ? run.done : 0);
}
