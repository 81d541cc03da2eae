import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { RedemptionsModule } from '../redemptions/redemptions.module.js';
import { HoldTimeOuts } from './hold-time-outs.service.js';
import { JobRunsQueries } from './job-runs.queries.js';

@Module({
  imports: [ScheduleModule.forRoot(), RedemptionsModule],
  providers: [HoldTimeOuts, JobRunsQueries],
})
export class JobsModule {}
