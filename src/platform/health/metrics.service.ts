import { Injectable } from '@nestjs/common';
import { Histogram, Registry, collectDefaultMetrics } from 'prom-client';

const requests = {
  name: 'fealty_http_request_seconds',
  help: 'Time from the request to the end of its answer.',
  buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
};

interface Times {
  labels: { method: string; route: string; status: number };
  histogram: Histogram;
  observer: Histogram.Internal<string>;
}

type Figures = Awaited<ReturnType<Histogram['get']>>;

/** Figures for Prometheus. Other modules add theirs to `registry`. */
@Injectable()
export class Metrics {
  readonly registry = new Registry();
  /** By route, method and status: unknown routes are one. */
  private readonly times = new Map<string, Map<string, Map<number, Times>>>();

  constructor() {
    collectDefaultMetrics({ register: this.registry });
    const told = { name: requests.name, get: async () => this.requests() };
    const all: Pick<Histogram, 'get'> = told;
    this.registry.registerMetric(all as Histogram);
  }

  /**
   * Each route, method and status has a histogram of its own without labels, as the library writes
   * the labels of one out at every request.
   */
  observe(method: string, route: string, status: number, milliseconds: number): void {
    const known = this.times.get(route)?.get(method)?.get(status);
    const { observer } = known ?? this.begin(method, route, status);
    observer.observe(milliseconds / 1_000);
  }

  private begin(method: string, route: string, status: number): Times {
    const histogram = new Histogram({ ...requests, registers: [] });
    const labels = { method, route, status };
    const begun = { labels, histogram, observer: histogram.labels() };
    const ofRoute = this.times.get(route) ?? new Map<string, Map<number, Times>>();
    const ofMethod = ofRoute.get(method) ?? new Map<number, Times>();
    this.times.set(route, ofRoute.set(method, ofMethod.set(status, begun)));
    return begun;
  }

  /** All of them as the one histogram with labels that Prometheus is told of. */
  private async requests(): Promise<Figures> {
    const routes = [...this.times.values()].flatMap((ofRoute) => [...ofRoute.values()]);
    const all = routes.flatMap((ofMethod) => [...ofMethod.values()]);
    const told = await Promise.all(
      all.map(async ({ labels, histogram }) => {
        const { values } = await histogram.get();
        return values.map((value) => ({ ...value, labels: { ...value.labels, ...labels } }));
      }),
    );
    const none = await new Histogram({ ...requests, registers: [] }).get();
    return { ...none, values: told.flat() };
  }
}
