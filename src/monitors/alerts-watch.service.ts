import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { Gauge } from 'prom-client';
import { Settings } from '../platform/config/settings.js';
import { Metrics } from '../platform/health/metrics.service.js';
import { weightOf } from '../platform/http/passing.js';
import { Log } from '../platform/logging/log.service.js';
import { monitorNames } from './judging/kinds.js';
import { ResultsQueries } from './results.queries.js';

/** Tells whoever watches a server how much of each monitor alerts since the last night. */
@Injectable()
export class AlertsWatch {
  private readonly gauge: Gauge<'monitor'>;

  constructor(
    @Inject(Metrics) { registry }: Metrics,
    @Inject(ResultsQueries) private readonly results: ResultsQueries,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(Log) private readonly log: Log,
  ) {
    this.gauge = new Gauge({
      name: 'fealty_monitor_alerts',
      help: 'Rules, offers and others of which a monitor found more in its last night than is normal.',
      labelNames: ['monitor'],
      registers: [registry],
    });
  }

  @Cron('45 * * * * *', { waitForCompletion: true })
  async watch(): Promise<void> {
    if (!this.settings.jobs) return;
    try {
      await this.look();
    } catch (error) {
      const fields = { what: 'monitor alerts', err: error };
      this.log.event(weightOf(error), 'Scheduled work failed; it is tried again', fields);
    }
  }

  async look(): Promise<void> {
    const found = await this.results.alerting();
    for (const monitor of monitorNames) this.gauge.set({ monitor }, found.get(monitor) ?? 0);
  }
}
