import { Inject, Injectable } from '@nestjs/common';
import { Counter, Gauge } from 'prom-client';
import { Concerns } from '../../platform/health/concerns.service.js';
import { Metrics } from '../../platform/health/metrics.service.js';
import { EndpointsQueries } from '../endpoints/endpoints.queries.js';

/** An endpoint that takes nothing for so long is a concern, in seconds. */
const CONCERN_SECONDS = 3_600;

/** What is told of events to whoever watches this process. */
@Injectable()
export class EventWatch {
  private readonly tries: Counter;
  private readonly failing: Gauge;
  /** Endpoints that were a concern at the last look. */
  private concerned = new Set<string>();

  constructor(
    @Inject(Metrics) { registry }: Metrics,
    @Inject(Concerns) private readonly concerns: Concerns,
    @Inject(EndpointsQueries) private readonly endpoints: EndpointsQueries,
  ) {
    this.tries = new Counter({
      name: 'fealty_event_tries_total',
      help: 'Tries of this process to deliver an event.',
      labelNames: ['result'],
      registers: [registry],
    });
    this.failing = new Gauge({
      name: 'fealty_webhook_failing_seconds',
      help: 'For how long an enabled endpoint has taken nothing of what was tried.',
      labelNames: ['endpoint'],
      registers: [registry],
    });
  }

  tried(isTaken: boolean): void {
    this.tries.inc({ result: isTaken ? 'taken' : 'failed' });
  }

  /** Looks at how the endpoints are. */
  async look(): Promise<void> {
    const seen = await this.endpoints.failing();
    this.failing.reset();
    for (const { id, seconds } of seen) this.failing.set({ endpoint: id }, seconds);
    const concerned = new Set(
      seen.filter(({ seconds }) => seconds > CONCERN_SECONDS).map(({ id }) => id),
    );
    for (const id of this.concerned) {
      if (!concerned.has(id)) this.concerns.set(`webhook/${id}`, undefined);
    }
    for (const id of concerned) {
      this.concerns.set(`webhook/${id}`, 'A webhook endpoint takes no events.');
    }
    this.concerned = concerned;
  }
}
