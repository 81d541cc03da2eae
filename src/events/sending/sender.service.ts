import { randomUUID } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DeliveriesQueries, type DueDelivery } from '../deliveries/deliveries.queries.js';
import { EndpointsQueries, type Target } from '../endpoints/endpoints.queries.js';
import { Couriers } from './couriers.service.js';
import { Intake } from './intake.service.js';
import { eventLeases, LeasesQueries } from './leases.queries.js';
import { PROBED_AFTER } from './retry.js';

/** Messages on their way to one endpoint at once, of this process. */
const AT_ONCE = 32;
/** Milliseconds after which leases are renewed, and after which they are not trusted any more. */
const RENEWED_MS = 3_000;
const TRUSTED_MS = (eventLeases.seconds - 5) * 1_000;
/** Milliseconds in which a turn waits for answers before it writes down those it has. */
const GATHERED_MS = 20;
/** Milliseconds between turns in which there was nothing to do, and while nobody listens at all. */
const IDLE_MS = 300;
const UNHEARD_MS = 1_000;

/**
 * Sends events in turns: keeps its leases, empties the outbox, sends what is due, and writes down
 * what became of it. It may die at any point: what is not written down is sent again by whoever has
 * the lease then, under the same id.
 */
@Injectable()
export class Sender {
  private readonly holder = randomUUID();
  private fences = new Map<number, string>();
  private renewedAt = -Infinity;

  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LeasesQueries) private readonly leases: LeasesQueries,
    @Inject(Intake) private readonly intake: Intake,
    @Inject(EndpointsQueries) private readonly endpoints: EndpointsQueries,
    @Inject(DeliveriesQueries) private readonly deliveries: DeliveriesQueries,
    @Inject(Couriers) private readonly couriers: Couriers,
  ) {}

  /** Milliseconds that may pass until the next one. */
  async turn(): Promise<number> {
    await this.renew();
    const isMore = await this.intake.run(this.fences);
    const targets = await this.endpoints.targets();
    const started = await this.start(targets);
    if (this.couriers.busy > 0) await this.couriers.rest(GATHERED_MS);
    const written = await this.couriers.writeDown();
    if (isMore || started + written > 0 || this.couriers.busy > 0) return 0;
    return targets.length > 0 ? IDLE_MS : UNHEARD_MS;
  }

  /** Waits for answers that are still to come, for some milliseconds, and lets others take over. */
  async finish(withinMs: number): Promise<void> {
    const until = performance.now() + withinMs;
    while (this.couriers.busy > 0 && performance.now() < until) await this.couriers.rest(100);
    this.couriers.abandon();
    while (this.couriers.busy > 0) await pause(1);
    await this.couriers.writeDown();
    await this.intake.finish();
    await this.leases.release(this.holder, this.fences);
  }

  private async renew(): Promise<void> {
    if (performance.now() - this.renewedAt < RENEWED_MS) return;
    const asked = performance.now();
    this.fences = await this.leases.renew(this.holder, this.fences);
    this.renewedAt = asked;
  }

  /** How many messages are on their way now that were not before. */
  private async start(targets: readonly Target[]): Promise<number> {
    let started = 0;
    for (const target of targets) {
      const atOnce = target.failures < PROBED_AFTER ? AT_ONCE : 1;
      const busy = this.couriers.busyWith(target.id);
      if (busy < atOnce) started += await this.startSome(target, atOnce - busy, busy);
    }
    return started;
  }

  private async startSome(target: Target, wanted: number, busy: number): Promise<number> {
    const { manager } = this.dataSource;
    const buckets = [...this.fences.keys()];
    const due = await this.deliveries.due(manager, target.id, buckets, wanted + busy);
    const idle = due.filter((each) => !this.couriers.has(each)).slice(0, wanted);
    // A process that was stopped for a while has lost its leases and does not know it yet.
    if (performance.now() - this.renewedAt > TRUSTED_MS) return 0;
    await this.couriers.send(
      target,
      idle.flatMap((each) => this.withFence(each)),
    );
    return idle.length;
  }

  private withFence(delivery: DueDelivery): { delivery: DueDelivery; fence: string }[] {
    const fence = this.fences.get(delivery.bucket);
    return fence === undefined ? [] : [{ delivery, fence }];
  }
}
