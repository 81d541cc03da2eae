import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../access/audit.service.js';
import { BUCKETS } from '../../ledger/address.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { DAY_MS } from '../../rules/period.js';
import { JobRegistry } from '../job-registry.service.js';
import { JobRunner } from '../job-runner.service.js';
import type { Foreseen, Job } from '../job.js';
import { PartWorker } from '../part-worker.service.js';
import { RunsQueries, type JobState, type Run } from '../runs.queries.js';
import { lateness, nextSlot } from '../schedule.js';

export interface JobSeen {
  job: Job;
  state: JobState | undefined;
  lateMs: number;
  nextAt: number | undefined;
}

export interface ForeseenList {
  asOf: number;
  items: Foreseen[];
  next: string | undefined;
}

/**
 * How far a dry run may look ahead, in milliseconds: it decides on the way of purchases, and every
 * year adds a review of each member.
 */
const AHEAD_MAX_MS = 366 * DAY_MS;

/** Between two looks at a run whose last parts others hold. */
const LOOK_MS = 250;

/** Jobs as staff see them and start, pause and try them. */
@Injectable()
export class JobDesk {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(AuditService) private readonly audit: AuditService,
    @Inject(JobRegistry) private readonly jobs: JobRegistry,
    @Inject(JobRunner) private readonly runner: JobRunner,
    @Inject(PartWorker) private readonly worker: PartWorker,
    @Inject(RunsQueries) private readonly runs: RunsQueries,
  ) {}

  async list(): Promise<JobSeen[]> {
    const [clock, states] = await Promise.all([this.runner.clock(), this.runs.states()]);
    return this.jobs.all().map((job) => {
      const state = states.get(job.name);
      const { newest, slot, pausedAt } = state ?? {};
      const openSince = newest?.finishedAt === undefined ? newest?.startedAt : undefined;
      const late = lateness(job.schedule, { slot, openSince }, clock);
      const nextAt = nextSlot(job.schedule, slot, clock);
      return { job, state, lateMs: pausedAt === undefined ? late : 0, nextAt };
    });
  }

  async one(name: string): Promise<JobSeen> {
    const { name: known } = this.jobs.named(name);
    const found = (await this.list()).find(({ job }) => job.name === known);
    if (found === undefined) throw new Error('invariant: a registered job is listed');
    return found;
  }

  /** Runs of a job below a number, newest first. */
  async history(name: string, below: number, limit: number): Promise<Run[]> {
    return this.runs.page(this.jobs.named(name).name, below, limit);
  }

  /** Law J8: begins a run by hand, as of an instant that is over; whoever runs jobs works on it. */
  async start(name: string, asOf: number | undefined, by: string): Promise<Run> {
    const job = this.jobs.named(name);
    const { programme } = await this.runner.clock();
    if (asOf !== undefined && asOf > programme) throw tooLate(programme);
    const run = await this.runner.start(job, asOf ?? programme, by);
    if (run !== undefined) return run;
    const { state } = await this.one(name);
    if (state?.pausedAt !== undefined) {
      throw new DomainError('job_paused', 'The job is paused; resume it first.');
    }
    throw new DomainError('job_running', 'A run of the job is under way.');
  }

  /** The same, worked on here until all of it is done. */
  async runThrough(name: string, asOf: number | undefined, by: string): Promise<Run> {
    const begun = await this.start(name, asOf, by);
    for (;;) {
      await this.worker.work(this.jobs.named(name), begun);
      const run = await this.runs.run(name, begun.no);
      if (run === undefined) throw new Error('invariant: an open run is kept');
      if (run.finishedAt !== undefined) return run;
      if (run.failures > begun.failures) {
        throw new DomainError('unavailable', 'A part failed; a server will try it again.');
      }
      await pause(LOOK_MS);
    }
  }

  async pause(name: string, actor: string): Promise<JobSeen> {
    return this.set(name, 'job.paused', actor);
  }

  async resume(name: string, actor: string): Promise<JobSeen> {
    return this.set(name, 'job.resumed', actor);
  }

  /** Law J9: what a run as of an instant would do, a page at a time; that may lie a year ahead. */
  async foresee(
    name: string,
    asOf: number | undefined,
    { cursor, limit }: { cursor: string | undefined; limit: number },
  ): Promise<ForeseenList> {
    const job = this.jobs.named(name);
    const { programme } = await this.runner.clock();
    const instant = asOf ?? programme;
    if (instant > programme + AHEAD_MAX_MS) throw tooLate(programme + AHEAD_MAX_MS);
    const buckets =
      job.parts === 'whole' ? [undefined] : Array.from({ length: BUCKETS }, (_, at) => at);
    const [at = '0', ...rest] = (cursor ?? '0').split('.');
    let after = rest.length === 0 ? undefined : rest.join('.');
    const items: Foreseen[] = [];
    for (let index = Number(at); index < buckets.length; index++) {
      const room = limit - items.length;
      if (room === 0) return { asOf: instant, items, next: String(index) };
      const page = await job.foresee(buckets[index], instant, { after, limit: room });
      items.push(...page.items);
      if (page.next !== undefined) {
        return { asOf: instant, items, next: `${String(index)}.${page.next}` };
      }
      after = undefined;
    }
    return { asOf: instant, items, next: undefined };
  }

  private async set(
    name: string,
    action: 'job.paused' | 'job.resumed',
    actor: string,
  ): Promise<JobSeen> {
    const { name: job } = this.jobs.named(name);
    await this.dataSource.transaction(async (tx) => {
      const by = action === 'job.paused' ? actor : undefined;
      if (!(await this.runs.setPaused(tx, job, by))) return;
      await this.audit.record(tx, { actor, action, subject: `job/${job}`, details: {} });
    });
    return this.one(name);
  }
}

const tooLate = (latest: number): DomainError =>
  new DomainError('as_of_in_future', 'A run is as of now at the latest, a dry run in a year.', {}, [
    {
      pointer: '/asOf',
      code: 'as_of_in_future',
      detail: `The latest is ${new Date(latest).toISOString()}.`,
    },
  ]);
