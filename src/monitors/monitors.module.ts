import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ProgrammesModule } from '../programmes/programmes.module.js';
import { AlertsWatch } from './alerts-watch.service.js';
import { MonitorsDesk } from './monitors-desk.service.js';
import { MonitorsController } from './monitors.controller.js';
import { Monitors } from './monitors.job.js';
import { MonitorsService } from './monitors.service.js';
import { FlowsQueries } from './flows.queries.js';
import { ResultsQueries } from './results.queries.js';

@Module({
  imports: [AccessModule, LedgerModule, ProgrammesModule],
  controllers: [MonitorsController],
  providers: [Monitors, MonitorsService, MonitorsDesk, AlertsWatch, FlowsQueries, ResultsQueries],
})
export class MonitorsModule {}
