import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { JobDesk } from '../../src/jobs/desk/job-desk.service.js';
import { eachOf } from '../../src/jobs/due.js';
import { JobRegistry } from '../../src/jobs/job-registry.service.js';
import { JobRunner } from '../../src/jobs/job-runner.service.js';
import type { Job } from '../../src/jobs/job.js';
import { PartWorker } from '../../src/jobs/part-worker.service.js';
import { PartsQueries } from '../../src/jobs/parts.queries.js';
import type { Run } from '../../src/jobs/runs.queries.js';
import { unavailable } from '../../src/ledger/ledger.errors.js';
import { Log } from '../../src/platform/logging/log.service.js';
import { Concerns } from '../../src/platform/health/concerns.service.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import { startEngine, type Engine } from '../ledger/engine.js';
import { importProgramme } from '../support/purchases.js';
import { Trying } from './trying.js';

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

function register(job: Trying): Trying {
  for (const { context } of [one, two]) context.get(JobRegistry).register(job);
  return job;
}

async function look(engine: Engine): Promise<void> {
  const runner = engine.context.get(JobRunner);
  await runner.look();
  await runner.idle();
}

const runsOf = async (name: string): Promise<Run[]> =>
  one.context.get(JobDesk).history(name, 2_147_483_647, 200);

/** A job that counts how often it is done, as of when. */
function counted(name: string, schedule: Job['schedule']): { job: Trying; asOf: number[] } {
  const asOf: number[] = [];
  const job = new Trying(name, schedule, 'whole', async (part) => {
    asOf.push(part.asOf);
    part.count(1);
    await Promise.resolve();
  });
  return { job: register(job), asOf };
}

describe('J20: a clock of the database that went ahead and was set back', () => {
  const ahead = async (name: string): Promise<unknown> =>
    one.rows(`UPDATE job_states SET slot = slot + interval '400 days' WHERE job = $1`, [name]);

  it.each([
    ['often', { everySeconds: 600 }],
    ['daily', { minuteOfDay: 0 }],
  ] as const)(
    'stops no job that runs %s, and begins its slot once however many look',
    async (name, schedule) => {
      const { asOf } = counted(`back-${name}`, schedule);
      await look(one);
      await ahead(`back-${name}`);
      await Promise.all([look(one), look(two), look(two)]);
      expect(asOf).toHaveLength(2);
      const [newest, before] = await runsOf(`back-${name}`);
      expect(newest?.slot).toBe(before?.slot);
      // From here on it goes on as ever.
      await Promise.all([look(one), look(two)]);
      expect(asOf).toHaveLength(2);
      expect(one.context.get(Concerns).all()).not.toContain(`The job back-${name} is late.`);
    },
  );

  it('keeps no part from whoever looks: a lease that ends beyond any is over', async () => {
    const { job, asOf } = counted('back-lease', { everySeconds: 86_400_000 });
    const run = await one.context.get(JobDesk).start(job.name, undefined, 'test');
    const dead = `UPDATE job_parts SET fence = fence + 1, owner = gen_random_uuid(),
      until = clock_timestamp() + $2::interval WHERE job = $1`;
    await one.rows(dead, [job.name, '25 s']);
    await two.context.get(PartWorker).work(job, run);
    expect(asOf).toEqual([]);
    await one.rows(dead, [job.name, '1 hour']);
    await two.context.get(PartWorker).work(job, run);
    expect(asOf).toHaveLength(1);
    expect((await runsOf(job.name))[0]).toMatchObject({ done: 1, parts: { finished: 1 } });
  });
});

it('J21: a process works on four parts of a job at once, and its run ends with the last of them', async () => {
  const now = { busy: 0, most: 0, done: 0 };
  const job = register(
    new Trying('four-hands', { everySeconds: 86_400_000 }, 'buckets', async ({ count }) => {
      now.busy += 1;
      now.most = Math.max(now.most, now.busy);
      await new Promise((resolve) => setTimeout(resolve, 5));
      now.busy -= 1;
      now.done += 1;
      count(1);
    }),
  );
  const run = await one.context.get(JobDesk).start(job.name, undefined, 'test');
  await one.context.get(PartWorker).work(job, run);
  expect(now).toEqual({ busy: 0, most: 4, done: 64 });
  expect((await runsOf(job.name))[0]).toMatchObject({
    finishedAt: expect.any(Number),
    done: 64,
    parts: { finished: 64, all: 64 },
  });
});

it('J23: parts that are quickly done are taken and ended together, and slow ones leave the rest to others', async () => {
  let slow: readonly number[] = [];
  const seen: number[] = [];
  const job = register(
    new Trying(
      'handfuls',
      { everySeconds: 86_400_000 },
      'buckets',
      async ({ bucket = 0, count }) => {
        seen.push(bucket);
        count(1);
        if (slow.includes(bucket)) await new Promise((resolve) => setTimeout(resolve, 250));
      },
    ),
  );
  const worker = one.context.get(PartWorker);
  const desk = one.context.get(JobDesk);
  const taking = jest.spyOn(one.context.get(PartsQueries), 'take');
  await worker.work(job, await desk.start(job.name, undefined, 'test'));
  // At worst 1, 2, 4, 8 and what is left by each of four hands, and once more each to find nothing.
  expect(taking.mock.calls.length).toBeLessThanOrEqual(24);
  taking.mockRestore();
  const takenOf = async (): Promise<number[]> => {
    const parts = 'SELECT fence::int AS fence FROM job_parts WHERE job = $1 ORDER BY part';
    return (await one.rows<{ fence: number }>(parts, [job.name])).map(({ fence }) => fence);
  };
  const before = await takenOf();
  slow = [0, 16, 32, 48];
  await worker.work(job, await desk.start(job.name, undefined, 'test'));
  const again = (await takenOf()).filter((fence, part) => fence - (before[part] ?? 0) > 1);
  expect(again.length).toBeGreaterThanOrEqual(15);
  expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 128 }, (_, n) => n >> 1));
  const runs = await runsOf(job.name);
  expect(runs).toMatchObject(runs.map(() => ({ done: 64, failures: 0, parts: { finished: 64 } })));
});

it('J30: ending parts waits for no disk, taking them does', async () => {
  const job = register(
    new Trying('unhurried', { everySeconds: 86_400_000 }, 'buckets', () => Promise.resolve()),
  );
  const run = await one.context.get(JobDesk).start(job.name, undefined, 'test');
  await one.context.get(PartWorker).prepare(job);
  const parts = one.context.get(PartsQueries);
  const isOnDisk = async (): Promise<boolean | undefined> => {
    const [row] = await one.rows<{ is: boolean }>(
      'SELECT pg_current_wal_flush_lsn() >= $1::pg_lsn AS is',
      [(await one.rows<{ at: string }>('SELECT pg_current_wal_insert_lsn() AS at'))[0]?.at],
    );
    return row?.is;
  };
  const [taken, ended]: [unknown[], unknown[]] = [[], []];
  for (let turn = 0; turn < 20; turn += 1) {
    const [lease] = await parts.take(run, randomUUID(), 1);
    taken.push(await isOnDisk());
    if (lease === undefined) throw new Error('There are parts to take.');
    expect(await parts.end(run, [{ lease, ending: 'done', done: 1 }])).toHaveLength(1);
    ended.push(await isOnDisk());
  }
  // Others who write to the same server may blur some turns.
  expect(taken).toContain(true);
  expect(ended).toContain(false);
  expect((await runsOf(job.name))[0]).toMatchObject({ done: 20, parts: { finished: 20 } });
});

it('J24: a sign of life says what was done so far, and ends the work of who has lost a part', async () => {
  let go = (): void => undefined;
  const waiting = new Promise<void>((resolve) => {
    go = resolve;
  });
  const job = register(
    new Trying(
      'alive',
      { everySeconds: 86_400_000 },
      'buckets',
      async ({ bucket = 0, fence, count }) => {
        if (bucket > 1) return;
        count(10 + bucket);
        await waiting;
        fence.hold();
        count(100);
      },
    ),
  );
  const run = await one.context.get(JobDesk).start(job.name, undefined, 'test');
  const worker = one.context.get(PartWorker);
  const working = worker.work(job, run);
  const left = 'SELECT 1 FROM job_parts WHERE job = $1 AND finished_run = 0';
  while ((await one.rows(left, [job.name])).length > 2) await new Promise(setImmediate);
  await one.rows('UPDATE job_parts SET fence = fence + 1 WHERE job = $1 AND part = 1', [job.name]);
  await worker.beat();
  expect((await runsOf(job.name))[0]).toMatchObject({ done: 21, parts: { finished: 62 } });
  go();
  await working;
  // The first has ended; the other is somebody else's, and what it did since counts for nobody.
  expect((await runsOf(job.name))[0]).toMatchObject({
    ...{ done: 121, failures: 0, finishedAt: undefined, parts: { finished: 63 } },
  });
});

it('J11: of a list on which everybody fails all have their turn, and the first reason is told', async () => {
  const tried: number[] = [];
  async function* pages(): AsyncGenerator<readonly number[]> {
    yield [1, 2];
    yield [3];
    await Promise.resolve();
  }
  const part = {
    fence: { hold: () => undefined, read: async () => new Map() },
    count: () => undefined,
  };
  const failing = eachOf(pages(), part, async (item) => {
    tried.push(item);
    return Promise.reject(new Error(`item ${String(item)}`));
  });
  await expect(failing).rejects.toThrow('item 1');
  expect(tried).toEqual([1, 2, 3]);
});

it.each([
  [
    'a lock that somebody paused holds',
    Object.assign(new Error('lock'), { code: '55P03' }),
    'warn',
  ],
  ['a ledger that was held up', unavailable(), 'warn'],
  ['a fault of our own', new Error('invariant: never'), 'error'],
])('J11: %s is told by its weight', async (_what, fault, level) => {
  let times = 0;
  const job = register(
    new Trying(`told-${randomUUID()}`, { everySeconds: 600 }, 'whole', async ({ count }) => {
      times += 1;
      if (times === 1) throw fault;
      await Promise.resolve();
      count(1);
    }),
  );
  const told = jest.spyOn(one.context.get(Log), 'event');
  const run = await one.context.get(JobDesk).start(job.name, undefined, 'test');
  await one.context.get(PartWorker).work(job, run);
  const levels = told.mock.calls.filter(([, , facts]) =>
    Object.values(facts ?? {}).includes(job.name),
  );
  told.mockRestore();
  expect(levels.map(([each]) => each)).toEqual([level]);
  expect(times).toBe(1);
});
