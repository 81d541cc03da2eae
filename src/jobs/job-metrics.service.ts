import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge, Histogram } from 'prom-client';
import { Concerns } from '../platform/health/concerns.service.js';
import { Metrics } from '../platform/health/metrics.service.js';
import { Log } from '../platform/logging/log.service.js';

/** A late job is said so in the log once in this time, in milliseconds. */
const REMIND_MS = 600_000;

/** What is told of jobs to whoever watches this process. */
@Injectable()
export class JobMetrics {
  private readonly reminded = new Map<string, number>();
  private readonly late: Gauge;
  private readonly paused: Gauge;
  private readonly done: Counter;
  private readonly failures: Counter;
  private readonly seconds: Histogram;

  constructor(
    @Inject(Metrics) { registry }: Metrics,
    @Inject(Concerns) private readonly concerns: Concerns,
    @Inject(Log) private readonly log: Log,
  ) {
    const common = { labelNames: ['job'], registers: [registry] };
    this.late = new Gauge({
      name: 'fealty_job_late_seconds',
      help: 'How far a job is behind, beyond what it may be.',
      ...common,
    });
    this.paused = new Gauge({ name: 'fealty_job_paused', help: '1 = it is paused.', ...common });
    this.done = new Counter({
      name: 'fealty_job_done_total',
      help: 'What parts done by this process say they did.',
      ...common,
    });
    this.failures = new Counter({
      name: 'fealty_job_failures_total',
      help: 'Parts that failed in this process and are tried again.',
      ...common,
    });
    this.seconds = new Histogram({
      name: 'fealty_job_part_seconds',
      help: 'Time for one part of a job.',
      buckets: [0.01, 0.1, 1, 10, 60, 600],
      ...common,
    });
  }

  /** Once a look: whether the job is late by so many milliseconds, or paused. */
  seen(job: string, lateMs: number, isPaused: boolean): void {
    this.paused.set({ job }, isPaused ? 1 : 0);
    this.late.set({ job }, isPaused ? 0 : lateMs / 1_000);
    const isLate = lateMs > 0 && !isPaused;
    this.concerns.set(`job/${job}`, isLate ? `The job ${job} is late.` : undefined);
    const now = performance.now();
    if (!isLate || now < (this.reminded.get(job) ?? -Infinity) + REMIND_MS) return;
    this.reminded.set(job, now);
    this.log.event('error', 'A job is late', { job, lateSeconds: Math.round(lateMs / 1_000) });
  }

  finished(job: string, done: number, seconds: number): void {
    this.done.inc({ job }, done);
    this.seconds.observe({ job }, seconds);
  }

  failed(job: string): void {
    this.failures.inc({ job });
  }
}
