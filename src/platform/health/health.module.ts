import { Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Concerns } from './concerns.service.js';
import { HealthController } from './health.controller.js';
import { Metrics } from './metrics.service.js';

/** Needs a `DataSource` that any module provides. */
@Global()
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [Concerns, Metrics],
  exports: [Concerns, Metrics],
})
export class HealthModule {}
