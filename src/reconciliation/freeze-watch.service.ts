import { Inject, Injectable } from '@nestjs/common';
import { Cron } from '@nestjs/schedule';
import { Gauge } from 'prom-client';
import { FreezesQueries } from '../members/freezes/freezes.queries.js';
import { Settings } from '../platform/config/settings.js';
import { Concerns } from '../platform/health/concerns.service.js';
import { Metrics } from '../platform/health/metrics.service.js';
import { weightOf } from '../platform/http/passing.js';
import { Log } from '../platform/logging/log.service.js';

/** Tells whoever watches a server of members who may not spend, until staff have looked. */
@Injectable()
export class FreezeWatch {
  private readonly frozen: Gauge;

  constructor(
    @Inject(Metrics) { registry }: Metrics,
    @Inject(Concerns) private readonly concerns: Concerns,
    @Inject(FreezesQueries) private readonly freezes: FreezesQueries,
    @Inject(Settings) private readonly settings: Settings,
    @Inject(Log) private readonly log: Log,
  ) {
    this.frozen = new Gauge({
      name: 'fealty_frozen_members',
      help: 'Members who may not spend, as what is stored of them is not what was posted.',
      registers: [registry],
    });
  }

  @Cron('15 * * * * *', { waitForCompletion: true })
  async watch(): Promise<void> {
    if (!this.settings.jobs) return;
    try {
      await this.look();
    } catch (error) {
      this.log.event(weightOf(error), 'Scheduled work failed; it is tried again', {
        what: 'freezes',
        err: error,
      });
    }
  }

  async look(): Promise<void> {
    const count = await this.freezes.count();
    this.frozen.set(count);
    const concern = 'What is stored of some members is not what was posted; they may not spend.';
    this.concerns.set('reconciliation', count === 0 ? undefined : concern);
  }
}
