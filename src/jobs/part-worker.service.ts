import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { BUCKETS } from '../ledger/address.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { isPassing } from '../platform/http/passing.js';
import { Log } from '../platform/logging/log.service.js';
import { PartFence } from './fence.reader.js';
import { JobMetrics } from './job-metrics.service.js';
import type { Job } from './job.js';
import { LEASE_SECONDS, PartsQueries, TRIES_MAX, type Lease } from './parts.queries.js';
import type { Run } from './runs.queries.js';

/** A holder says this often that it is alive. */
const BEAT_MS = (LEASE_SECONDS * 1_000) / 3;

/**
 * Parts of a job that a process works on at once. While it reads what is due in one, what is due in
 * others is written, and a batch of the ledger takes in what all of them hand it.
 */
const HANDS = 4;

/** Takes parts of runs that nobody holds, does them, and gives them back. */
@Injectable()
export class PartWorker {
  private readonly owner = randomUUID();
  private readonly held = new Set<PartFence>();
  private readonly prepared = new Set<string>();
  private isStopping = false;

  constructor(
    @Inject(PartsQueries) private readonly parts: PartsQueries,
    @Inject(LedgerService) private readonly ledger: LedgerService,
    @Inject(JobMetrics) private readonly metrics: JobMetrics,
    @Inject(Log) private readonly log: Log,
  ) {}

  /** Must come before a run of the job is begun, as one without parts is over. */
  async prepare({ name, parts }: Job): Promise<void> {
    if (this.prepared.has(name)) return;
    await this.parts.prepare(name, parts === 'buckets' ? BUCKETS : 1);
    this.prepared.add(name);
  }

  /**
   * Does parts until nobody has one to give. Law J22: with every version that was published before the
   * run began, whatever this process had heard of them.
   */
  async work(job: Job, run: Run): Promise<void> {
    await this.ledger.programmes.refresh();
    const hands = Array.from({ length: job.parts === 'buckets' ? HANDS : 1 }, async () =>
      this.oneAfterAnother(job, run),
    );
    for (const hand of await Promise.allSettled(hands)) {
      if (hand.status === 'rejected') throw hand.reason;
    }
    if (!this.isStopping) await this.parts.close(job.name, run.no);
  }

  private async oneAfterAnother(job: Job, run: Run): Promise<void> {
    while (!this.isStopping) {
      const lease = await this.parts.claim(job.name, run.no, this.owner);
      if (lease === undefined) return;
      await this.one(job, run, lease);
    }
  }

  /** No part writes any more; each is given back by whoever works on it. */
  stop(): void {
    this.isStopping = true;
    for (const fence of this.held) fence.lose();
  }

  /** Law J11: a failure keeps no other part from its turn. */
  private async one(job: Job, { asOf }: Run, lease: Lease): Promise<void> {
    const fence = new PartFence(job.name, lease.part, lease.fence);
    const began = performance.now();
    const told = { total: 0, kept: 0 };
    const news = (): number => {
      const fresh = told.total - told.kept;
      told.kept = told.total;
      return fresh;
    };
    let beaten: Promise<void> | undefined;
    const beat = setInterval(() => {
      beaten = this.parts.extend(lease, news()).then(
        (isHeld) => {
          if (!isHeld) fence.lose();
        },
        // The database is away: the lease runs out by itself, and the fence will know.
        () => undefined,
      );
    }, BEAT_MS).unref();
    // A sign of life that came after the end would hold the part against whoever has it next.
    const still = async (): Promise<void> => {
      clearInterval(beat);
      await beaten;
    };
    this.held.add(fence);
    try {
      const bucket = job.parts === 'buckets' ? lease.part : undefined;
      const count = (done: number): void => {
        told.total += done;
      };
      await job.run({ bucket, asOf, fence, count });
      await still();
      fence.hold();
      if (!(await this.parts.finish(lease, news()))) fence.lose();
      this.metrics.finished(job.name, told.total, (performance.now() - began) / 1_000);
    } catch (error) {
      await still();
      await this.afterFailure(lease, fence, { error, done: news() });
    } finally {
      this.held.delete(fence);
    }
  }

  private async afterFailure(
    lease: Lease,
    { lost }: PartFence,
    { error, done }: { error: unknown; done: number },
  ): Promise<void> {
    const { job, part, run } = lease;
    const facts = { job, part, run };
    if (lost && !this.isStopping) {
      this.log.event('warn', 'A part of a job was taken over by another process', facts);
      return;
    }
    if (!this.isStopping) {
      this.metrics.failed(job);
      const level = isPassing(error) ? 'warn' : 'error';
      this.log.event(level, 'A part of a job failed and is tried again', { ...facts, err: error });
    }
    const tries = await this.parts.giveBack(lease, { done, failed: !this.isStopping });
    if (tries < TRIES_MAX) return;
    await this.parts.finish(lease, 0);
    this.log.event('error', 'A part of a job is left to the next run', facts);
  }
}
