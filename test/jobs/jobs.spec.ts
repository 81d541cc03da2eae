import { setTimeout as pause } from 'node:timers/promises';
import { JobDesk } from '../../src/jobs/desk/job-desk.service.js';
import { JobRegistry } from '../../src/jobs/job-registry.service.js';
import { JobRunner } from '../../src/jobs/job-runner.service.js';
import { fenced, type Part } from '../../src/jobs/job.js';
import { PartWorker } from '../../src/jobs/part-worker.service.js';
import type { Run } from '../../src/jobs/runs.queries.js';
import { Concerns } from '../../src/platform/health/concerns.service.js';
import { DomainError } from '../../src/platform/http/domain-error.js';
import { Metrics } from '../../src/platform/health/metrics.service.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import { purchase, startEngine, type Engine } from '../ledger/engine.js';
import { importProgramme } from '../support/purchases.js';
import { Trying } from './trying.js';

const DAY_MS = 86_400_000;

let one: Engine;
let two: Engine;
beforeAll(async () => {
  one = await startEngine();
  two = await startEngine({}, one.database);
  const published = { effectiveAt: '2020-01-01T00:00:00Z', by: 'test' };
  await one.context.get(ProgrammesService).publish(importProgramme(), published);
});
afterAll(async () => {
  await two.close();
  await one.close();
});

const desk = ({ context }: Engine): JobDesk => context.get(JobDesk);
const worker = ({ context }: Engine): PartWorker => context.get(PartWorker);
const never = { everySeconds: 86_400_000 };

/** Makes a job known to both engines; the second does it in its own way, or alike. */
function register(job: Trying, other: Trying = job): Trying {
  one.context.get(JobRegistry).register(job);
  two.context.get(JobRegistry).register(other);
  return job;
}

async function look(engine: Engine): Promise<void> {
  const runner = engine.context.get(JobRunner);
  await runner.look();
  await runner.idle();
}

const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof DomainError ? error.code : error),
  );

const runsOf = async (name: string): Promise<Run[]> => desk(one).history(name, 2_147_483_647, 200);
const expire = async (name: string): Promise<unknown> =>
  one.rows("UPDATE job_parts SET until = clock_timestamp() - interval '1 s' WHERE job = $1", [
    name,
  ]);

it('J1: of many looks on two replicas one begins the slot, and each part is done once', async () => {
  const done: (number | undefined)[] = [];
  const job = register(
    new Trying('each-once', { everySeconds: 86_400 }, 'buckets', async ({ bucket, count }) => {
      done.push(bucket);
      count(2);
      await Promise.resolve();
    }),
  );
  await Promise.all([look(one), look(two), look(two)]);
  expect(done.sort((a, b) => Number(a) - Number(b))).toEqual(
    Array.from({ length: 64 }, (_, n) => n),
  );
  expect(await runsOf(job.name)).toMatchObject([
    { no: 1, done: 128, failures: 0, startedBy: 'schedule', parts: { finished: 64, all: 64 } },
  ]);
});

it('J4: a holder whose part was given to another writes no more, however late it wakes', async () => {
  const member = await one.enrol();
  let wake = (): void => undefined;
  const asleep = new Promise<void>((resolve) => {
    wake = resolve;
  });
  let woke: unknown;
  const buying = (engine: Engine, part: Part): Promise<unknown> =>
    engine.ledger.submit(fenced(purchase(member, 5_000), part.fence));
  const sleeper = new Trying('sleeper', never, 'whole', async (part) => {
    await asleep;
    woke = await buying(one, part).catch((error: unknown) => error);
    throw woke;
  });
  const awake = new Trying('sleeper', never, 'whole', async (part) => {
    await buying(two, part);
    part.count(1);
  });
  register(sleeper, awake);
  const run = await desk(one).start('sleeper', undefined, 'test');
  const sleeping = worker(one).work(sleeper, run);
  // Its lease runs out, as it does of a process that is stopped; the other one takes the part.
  while (!(await isTaken('sleeper'))) await pause(5);
  await expire('sleeper');
  await worker(two).work(awake, run);
  wake();
  await sleeping;
  expect(woke).toMatchObject({ name: 'LeaseLost' });
  const [after] = await runsOf('sleeper');
  expect(after).toMatchObject({ done: 1, failures: 0, parts: { finished: 1 } });
  expect(await one.rows('SELECT kind FROM postings WHERE member_id = $1', [member])).toEqual([
    { kind: 'accrue' },
  ]);
});

/** Looked at without a lock: who takes parts passes over those that somebody has locked. */
const isTaken = async (name: string): Promise<boolean> => {
  const rows = await one.rows('SELECT 1 FROM job_parts WHERE job = $1 AND fence > 0', [name]);
  return rows.length > 0;
};

it('J4: whoever takes a part over waits until what its holder is writing is committed', async () => {
  const held = new Trying('held', never, 'whole', async ({ fence }) => {
    const member = await one.enrol();
    const command = fenced(purchase(member, 5_000), fence);
    let taking: Promise<unknown> = Promise.resolve();
    await one.ledger.submit({
      ...command,
      decide: (state, moment) => {
        taking = expire('held');
        return command.decide(state, moment);
      },
    });
    await taking;
  });
  register(held);
  const run = await desk(one).start('held', undefined, 'test');
  await worker(one).work(held, run);
  expect((await runsOf('held'))[0]).toMatchObject({ failures: 0, parts: { finished: 1 } });
});

it('J5: what a dead process was at is done by the next that looks', async () => {
  const done: string[] = [];
  let end = (): void => undefined;
  const death = new Promise<void>((resolve) => {
    end = resolve;
  });
  const job = new Trying('dying', never, 'whole', () => death);
  const other = new Trying('dying', never, 'whole', async () => {
    done.push('two');
    await Promise.resolve();
  });
  register(job, other);
  const run = await desk(one).start('dying', undefined, 'test');
  const dying = worker(one).work(job, run);
  while (!(await isTaken('dying'))) await pause(5);
  await expire('dying');
  await worker(two).work(other, run);
  const [after] = await runsOf('dying');
  expect([done, after]).toMatchObject([['two'], { failures: 0, parts: { finished: 1, all: 1 } }]);
  end();
  await dying;
  expect((await runsOf('dying'))[0]).toEqual(after);
});

it('J6: days that were missed are run one after another, each as of its own instant', async () => {
  const asOf: number[] = [];
  const job = register(
    new Trying('nightly', { minuteOfDay: 15 }, 'whole', async (part) => {
      asOf.push(part.asOf);
      await Promise.resolve();
    }),
  );
  await look(one);
  expect(asOf).toHaveLength(1);
  await one.admin.query(
    "UPDATE job_states SET slot = slot - interval '30 days' WHERE job = 'nightly'",
  );
  await Promise.all([look(one), look(two)]);
  expect(asOf).toHaveLength(31);
  const [, ...caughtUp] = asOf;
  expect(caughtUp).toEqual([...caughtUp].sort((a, b) => a - b));
  expect(caughtUp.at(-1)).toBe(asOf[0]);
  expect((caughtUp.at(-1) ?? 0) - (caughtUp[0] ?? 0)).toBeGreaterThan(28.9 * DAY_MS);
  expect((await runsOf(job.name)).map(({ no }) => no).at(0)).toBe(31);
});

it('J7: a paused job begins no run and gives no part; resumed, it goes on', async () => {
  let done = 0;
  const job = register(
    new Trying('halting', { everySeconds: 86_400 }, 'whole', async () => {
      done += 1;
      await Promise.resolve();
    }),
  );
  const { state } = await desk(one).pause('halting', 'user/ada');
  expect(state).toMatchObject({ pausedBy: 'user/ada' });
  await look(two);
  expect(done).toBe(0);
  expect(await codeOf(desk(two).start('halting', undefined, 'test'))).toBe('job_paused');
  await desk(one).resume('halting', 'user/ada');
  await look(two);
  expect(done).toBe(1);
  const log = await one.rows(
    "SELECT action FROM audit_log WHERE subject = 'job/halting' ORDER BY at",
  );
  expect(log).toEqual([{ action: 'job.paused' }, { action: 'job.resumed' }]);
  expect(job.name).toBe('halting');
});

it('J8: by hand a run is as of now or before, and only one is open', async () => {
  const byHand = register(new Trying('by-hand', never, 'whole', () => Promise.resolve()));
  const ahead = Date.now() + DAY_MS;
  expect(await codeOf(desk(one).start('by-hand', ahead, 'test'))).toBe('as_of_in_future');
  expect(await codeOf(desk(one).start('no-such-job', undefined, 'test'))).toBe('not_found');
  const begun = await desk(one).start('by-hand', 1_000, 'test');
  expect(begun).toMatchObject({ asOf: 1_000, startedBy: 'test', slot: undefined });
  expect(await codeOf(desk(two).start('by-hand', undefined, 'test'))).toBe('job_running');
  await worker(two).work(byHand, begun);
  expect(await desk(one).runThrough('by-hand', undefined, 'cli')).toMatchObject({ no: 2 });
});

it('J9: a dry run goes through all parts page by page, may lie ahead, and begins none', async () => {
  register(new Trying('foreseen', never, 'buckets', () => Promise.resolve()));
  const ahead = Date.now() + 365 * DAY_MS;
  const buckets: unknown[] = [];
  let cursor: string | undefined;
  let pages = 0;
  do {
    const page = await desk(one).foresee('foreseen', ahead, { cursor, limit: 1 });
    buckets.push(...page.items.map(({ details }) => details['bucket']));
    cursor = page.next;
    pages += 1;
  } while (cursor !== undefined);
  expect([buckets, pages]).toEqual([[0, 1, 1], 4]);
  const far = desk(one).foresee('foreseen', ahead + 2 * DAY_MS, { cursor, limit: 1 });
  expect(await codeOf(far)).toBe('as_of_in_future');
  expect(await runsOf('foreseen')).toEqual([]);
});

it('J10: a job that gets its first slot has kept nobody waiting', async () => {
  register(new Trying('newcomer', { minuteOfDay: 0 }, 'whole', () => Promise.resolve()));
  await look(one);
  const { registry } = one.context.get(Metrics);
  expect(await registry.metrics()).toContain('fealty_job_late_seconds{job="newcomer"} 0');
  expect(one.context.get(Concerns).all()).not.toContain('The job newcomer is late.');
});

it('J10: a job that is late says so to whoever watches, until it is done', async () => {
  register(new Trying('tardy', { everySeconds: 60 }, 'whole', () => Promise.resolve()));
  await one.admin.query(
    `INSERT INTO job_states (job, slot) VALUES ('tardy', clock_timestamp() - interval '1 hour')`,
  );
  const { registry } = one.context.get(Metrics);
  const late = async (): Promise<string> =>
    /fealty_job_late_seconds\{job="tardy"\} (\d+)/.exec(await registry.metrics())?.[1] ?? 'none';
  await look(one);
  expect(Number(await late())).toBeGreaterThan(2_900);
  expect(one.context.get(Concerns).all()).toContain('The job tardy is late.');
  await look(one);
  expect([await late(), one.context.get(Concerns).all()]).toEqual([
    '0',
    expect.not.arrayContaining(['The job tardy is late.']),
  ]);
});

it('J11: a part that fails keeps no other from its turn, and is left to the next run in the end', async () => {
  const tries: (number | undefined)[] = [];
  const job = register(
    new Trying('failing', never, 'buckets', async ({ bucket, count }) => {
      tries.push(bucket);
      if (bucket === 7) throw new Error('seven');
      count(1);
      await Promise.resolve();
    }),
  );
  const run = await desk(one).start('failing', undefined, 'test');
  const retry = (): Promise<unknown> =>
    one.rows('UPDATE job_parts SET until = NULL WHERE job = $1', [job.name]);
  await worker(one).work(job, run);
  expect((await runsOf(job.name))[0]).toMatchObject({
    finishedAt: undefined,
    failures: 1,
    done: 63,
  });
  for (let more = 0; more < 2; more += 1) {
    await retry();
    await worker(two).work(job, run);
  }
  expect(tries.filter((bucket) => bucket === 7)).toHaveLength(3);
  expect((await runsOf(job.name))[0]).toMatchObject({
    finishedAt: expect.any(Number),
    ...{ failures: 3, done: 63, parts: { finished: 64 } },
  });
});
