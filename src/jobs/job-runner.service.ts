import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { LedgerService } from '../ledger/ledger.service.js';
import { weightOf } from '../platform/http/passing.js';
import { Log } from '../platform/logging/log.service.js';
import { JobMetrics } from './job-metrics.service.js';
import { JobRegistry } from './job-registry.service.js';
import type { Job } from './job.js';
import { PartWorker } from './part-worker.service.js';
import { RunsQueries, type JobState, type Run } from './runs.queries.js';
import { dueSlot, followed, lateness, type Clock } from './schedule.js';

/** How long a stopping process waits for what it is at; a lease that is left then runs out by itself. */
const STOP_MS = 5_000;

/** Looks every few seconds which jobs are due, and has their parts worked on. */
@Injectable()
export class JobRunner implements BeforeApplicationShutdown {
  private readonly underWay = new Map<string, Promise<void>>();

  constructor(
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    @Inject(RunsQueries) private readonly runs: RunsQueries,
    @Inject(PartWorker) private readonly worker: PartWorker,
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(JobMetrics) private readonly metrics: JobMetrics,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** Begins runs whose slot has come, and takes parts of those that are open. */
  async look(): Promise<void> {
    const clock = await this.clock();
    const states = await this.runs.states();
    for (const job of this.jobs.all()) {
      const state = states.get(job.name);
      const isPaused = state?.pausedAt !== undefined;
      const slot = state?.slot;
      const openSince = openRun(state)?.startedAt;
      // One that has never had a slot gets its first one now, and has kept nobody waiting.
      const late = slot === undefined ? 0 : lateness(job.schedule, { slot, openSince }, clock);
      this.metrics.seen(job.name, late, isPaused);
      if (!isPaused && !this.underWay.has(job.name)) this.begin(job, state, clock);
    }
  }

  /** The programme's zone at its now, beside both clocks. */
  async clock(): Promise<Clock> {
    const clock = await this.runs.clock();
    return { ...clock, zone: this.ledger.programmes.at(clock.programme)?.timeZone };
  }

  /** Begins a run by hand and works on it with whoever else does; undefined = one is open. */
  async start(job: Job, asOf: number, by: string): Promise<Run | undefined> {
    await this.worker.prepare(job);
    return this.runs.start(job.name, { asOf, by });
  }

  /** Law J5: what this process is at is given back, so that another one goes on at once. */
  async beforeApplicationShutdown(): Promise<void> {
    this.worker.stop();
    await Promise.race([this.idle(), pause(STOP_MS, undefined, { ref: false })]);
  }

  /** Until what is under way here now has ended. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.underWay.values());
  }

  private begin(job: Job, state: JobState | undefined, clock: Clock): void {
    const work = this.workThrough(job, state, clock)
      .catch((error: unknown) => {
        this.log.event(weightOf(error), 'A job could not be looked after', {
          job: job.name,
          err: error,
        });
      })
      .finally(() => this.underWay.delete(job.name));
    this.underWay.set(job.name, work);
  }

  /** Works on the open run, and on one slot after another until none is due. */
  private async workThrough(job: Job, state: JobState | undefined, clock: Clock): Promise<void> {
    let run = openRun(state);
    let last = state?.slot;
    for (;;) {
      if (run !== undefined) await this.worker.work(job, run);
      const slot = dueSlot(job.schedule, last, clock);
      if (slot === undefined) return;
      await this.worker.prepare(job);
      const asOf = 'everySeconds' in job.schedule ? clock.programme : slot;
      run = await this.runs.start(job.name, { asOf, slot, of: followed(job.schedule) });
      if (run === undefined) return;
      last = slot;
    }
  }
}

const openRun = (state: JobState | undefined): Run | undefined =>
  state?.newest?.finishedAt === undefined ? state?.newest : undefined;
