import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ScheduleModule } from '@nestjs/schedule';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { DailyHeads } from './daily-heads.job.js';
import { JobDesk } from './desk/job-desk.service.js';
import { JobsController } from './desk/jobs.controller.js';
import { JobMetrics } from './job-metrics.service.js';
import { JobRegistry } from './job-registry.service.js';
import { JobRunner } from './job-runner.service.js';
import { PartWorker } from './part-worker.service.js';
import { PartsQueries } from './parts.queries.js';
import { RunsQueries } from './runs.queries.js';
import { Watch } from './watch.service.js';

@Module({
  imports: [ScheduleModule.forRoot(), DiscoveryModule, AccessModule, LedgerModule],
  controllers: [JobsController],
  providers: [
    DailyHeads,
    JobDesk,
    JobMetrics,
    JobRegistry,
    JobRunner,
    PartsQueries,
    PartWorker,
    RunsQueries,
    Watch,
  ],
})
export class JobsModule {}
