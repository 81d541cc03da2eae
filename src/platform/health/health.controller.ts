import { Controller, Get, Inject } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
} from '@nestjs/terminus';
import { DataSource } from 'typeorm';
import { Answers, Public } from '../http/route.decorator.js';
import { Rated } from '../throttle/rated.decorator.js';
import { Concerns } from './concerns.service.js';
import { LiveView, ReadyView } from './health.views.js';
import { Metrics } from './metrics.service.js';

const DATABASE_TIME_MAX = 1_000;

@Controller()
export class HealthController {
  constructor(
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(Metrics) private readonly metrics: Metrics,
    @Inject(Concerns) private readonly concerns: Concerns,
  ) {}

  /** An orchestrator restarts the process when it does not. */
  @Get('health/live')
  @Public()
  @Rated('none')
  @Answers(200, LiveView, 'Whether the process answers at all.')
  live(): LiveView {
    return { status: 'ok' };
  }

  /** A balancer sends no requests when they cannot. */
  @Get('health/ready')
  @Public()
  @Rated('none')
  @Answers(200, ReadyView, 'Whether requests can be served.')
  async ready(): Promise<HealthCheckResult & { concerns: string[] }> {
    const result = await this.health.check([
      async () => {
        const database = this.indicators.check('database');
        return (await this.databaseAnswers()) ? database.up() : database.down();
      },
    ]);
    return { ...result, concerns: this.concerns.all() };
  }

  @Get('metrics')
  @Public()
  @Rated('none')
  @Answers(200, String, 'Figures for Prometheus.', 'text/plain; version=0.0.4; charset=utf-8')
  async figures(): Promise<string> {
    return this.metrics.registry.metrics();
  }

  private async databaseAnswers(): Promise<boolean> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), DATABASE_TIME_MAX);
    });
    const answer = this.dataSource.query('SELECT 1').then(
      () => true,
      () => false,
    );
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
