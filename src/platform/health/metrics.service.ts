import { Injectable } from '@nestjs/common';
import { Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/** Figures for Prometheus. Other modules add theirs to `registry`. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();

  private readonly requests = new Histogram({
    name: 'fealty_http_request_seconds',
    help: 'Time from the request to the end of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [this.registry],
  });

  /** As many as there are routes, methods and statuses; unknown routes are one. */
  private readonly labelled = new Map<string, Histogram.Internal<string>>();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Labels are looked up by one text: the library sorts and joins them anew at every request. */
  observe(method: string, route: string, status: number, milliseconds: number): void {
    const name = `${method} ${status} ${route}`;
    let labelled = this.labelled.get(name);
    if (labelled === undefined) {
      labelled = this.requests.labels({ method, route, status });
      this.labelled.set(name, labelled);
    }
    labelled.observe(milliseconds / 1_000);
  }
}
