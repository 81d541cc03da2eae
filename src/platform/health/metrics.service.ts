import { Injectable } from '@nestjs/common';
import { Histogram, Registry, collectDefaultMetrics } from 'prom-client';

type Observer = Histogram.Internal<string>;

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

  /** By route, method and status: unknown routes are one. */
  private readonly labelled = new Map<string, Map<string, Map<number, Observer>>>();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
  }

  /** Labels are looked up part by part, as a text made of them would be new at every request. */
  observe(method: string, route: string, status: number, milliseconds: number): void {
    const known = this.labelled.get(route)?.get(method)?.get(status);
    (known ?? this.label(method, route, status)).observe(milliseconds / 1_000);
  }

  private label(method: string, route: string, status: number): Observer {
    const observer = this.requests.labels({ method, route, status });
    const ofRoute = this.labelled.get(route) ?? new Map<string, Map<number, Observer>>();
    const ofMethod = ofRoute.get(method) ?? new Map<number, Observer>();
    this.labelled.set(route, ofRoute.set(method, ofMethod.set(status, observer)));
    return observer;
  }
}
