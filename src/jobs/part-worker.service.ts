import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { BUCKETS } from '../ledger/address.js';
import { LedgerService } from '../ledger/ledger.service.js';
import { weightOf } from '../platform/http/passing.js';
import type { Lease } from '../platform/leases/lease-table.js';
import { Log } from '../platform/logging/log.service.js';
import { HeldPart } from './held-part.reader.js';
import { JobMetrics } from './job-metrics.service.js';
import type { Job } from './job.js';
import { partLeases, PartsQueries, type Ended, type Ending } from './parts.queries.js';
import type { Run } from './runs.queries.js';

/** A holder says this often that it is alive. */
const BEAT_MS = (partLeases.seconds * 1_000) / 3;

/**
 * Parts of a job that a process works on at once. While it reads what is due in one, what is due in
 * others is written, and a batch of the ledger takes in what all of them hand it.
 */
const HANDS = 4;

/**
 * Parts that each of them takes at once, to end them at once: as many as were done in this time, in
 * milliseconds, when it took some last. What it has not begun by twice the time is for others.
 */
const HANDFUL_MS = 100;
const HANDFUL_MAX = BUCKETS / HANDS;

/** Takes parts of runs that nobody holds, does them, and gives them back. */
@Injectable()
export class PartWorker {
  private readonly owner = randomUUID();
  private readonly held = new Map<HeldPart, Run>();
  private readonly prepared = new Set<string>();
  /** Parts that are taken at once, by the name of the job. */
  private readonly handfuls = new Map<string, number>();
  private timer: NodeJS.Timeout | undefined;
  private beaten: Promise<void> = Promise.resolve();
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
    const hands = Array.from({ length: job.parts === 'buckets' ? HANDS : 1 }, async () => {
      while (!this.isStopping && (await this.handful(job, run)));
    });
    for (const hand of await Promise.allSettled(hands)) {
      if (hand.status === 'rejected') throw hand.reason;
    }
    await this.beaten;
    if (!this.isStopping) await this.parts.close(run);
  }

  /** No part writes any more; each is given back by whoever works on it. */
  stop(): void {
    this.isStopping = true;
    clearInterval(this.timer);
    for (const part of this.held.keys()) part.lose();
  }

  /** Takes some parts and does them one after another; whether there were any. */
  private async handful(job: Job, run: Run): Promise<boolean> {
    const wanted = this.handfuls.get(job.name) ?? 1;
    const leases = await this.parts.take(run, this.owner, wanted);
    if (leases.length === 0) return false;
    const parts = leases.map((lease) => new HeldPart(lease));
    const began = performance.now();
    const took = (): number => performance.now() - began;
    for (const part of parts) this.hold(part, run);
    try {
      const ended: Ended[] = [];
      for (const part of parts) {
        const isBegun = !this.isStopping && (ended.length === 0 || took() < 2 * HANDFUL_MS);
        const ending = isBegun ? await this.one(job, run, part) : 'left';
        ended.push({ lease: part.lease, ending, done: part.news() });
      }
      const next = took() < HANDFUL_MS ? 2 * wanted : Math.floor((wanted * HANDFUL_MS) / took());
      this.handfuls.set(job.name, Math.max(1, Math.min(next, HANDFUL_MAX)));
      for (const { part, isGivenUp } of await this.parts.end(run, ended)) {
        const facts = { job: job.name, part, run: run.no };
        if (isGivenUp) this.log.event('error', 'A part of a job is left to the next run', facts);
      }
    } finally {
      for (const part of parts) this.held.delete(part);
    }
    return true;
  }

  /** Law J11: a failure keeps no other part from its turn. */
  private async one(job: Job, run: Run, part: HeldPart): Promise<Ending> {
    const began = performance.now();
    try {
      const bucket = job.parts === 'buckets' ? part.lease.part : undefined;
      const count = (done: number): void => {
        part.count(done);
      };
      part.hold();
      await job.run({ bucket, asOf: run.asOf, fence: part, count });
      part.hold();
      this.metrics.finished(job.name, part.total, (performance.now() - began) / 1_000);
      return 'done';
    } catch (error) {
      const facts = { job: job.name, part: part.lease.part, run: run.no };
      if (this.isStopping) return 'left';
      if (part.lost) {
        this.log.event('warn', 'A part of a job was taken over by another process', facts);
        return 'left';
      }
      this.metrics.failed(job.name);
      this.log.event(weightOf(error), 'A part of a job failed and is tried again', {
        ...facts,
        err: error,
      });
      return 'failed';
    }
  }

  private hold(part: HeldPart, run: Run): void {
    this.held.set(part, run);
    if (this.isStopping) part.lose();
    this.timer ??= setInterval(() => {
      if (this.held.size > 0) this.beaten = this.beat();
    }, BEAT_MS).unref();
  }

  /** A sign of life for all that is held, with what was done since the last one. */
  async beat(): Promise<void> {
    const held = [...this.held];
    try {
      const renewed = await this.parts.renew(held.map(([{ lease }]) => lease));
      const standing = new Set(renewed.map(nameOf));
      for (const [part, run] of held) {
        if (!standing.has(nameOf(part.lease))) part.lose();
        const done = part.news();
        if (done > 0) await this.parts.tell(run, done);
      }
    } catch {
      // The database is away: leases run out by themselves, and the fences will know.
    }
  }
}

const nameOf = ({ whose, part, fence }: Lease): string => `${whose}/${String(part)}/${fence}`;
