import { Inject, Injectable } from '@nestjs/common';
import { Counter } from 'prom-client';
import type { Rate } from '../config/rates.js';
import { Metrics } from '../health/metrics.service.js';
import { Log } from '../logging/log.service.js';
import { RateLimited } from './rate-limited.js';

/** Milliseconds between two lines about the same limit, so that a flood does not fill the log. */
const TELL_EVERY = 10_000;

/** Counts who is turned away, and tells the log how many, but not who. */
@Injectable()
export class TurnedAway {
  private readonly counter: Counter;
  private readonly told = new Map<string, { at: number; since: number }>();

  constructor(
    @Inject(Metrics) metrics: Metrics,
    @Inject(Log) private readonly log: Log,
  ) {
    this.counter = new Counter({
      name: 'fealty_rate_limited_total',
      help: 'Requests and bulk lines turned away with 429, by limit.',
      labelNames: ['limit'],
      registers: [metrics.registry],
    });
  }

  /** The refusal to throw, which is thereby counted. */
  refusal(limit: string, rate: Rate, milliseconds: number): RateLimited {
    this.counter.inc({ limit });
    this.tell(limit);
    return new RateLimited(limit, rate, milliseconds);
  }

  private tell(limit: string): void {
    const now = performance.now();
    const { at, since } = this.told.get(limit) ?? { at: -TELL_EVERY, since: 0 };
    if (now - at < TELL_EVERY) {
      this.told.set(limit, { at, since: since + 1 });
      return;
    }
    this.told.set(limit, { at: now, since: 0 });
    this.log.event('warn', 'Callers are turned away', { limit, times: since + 1 });
  }
}
