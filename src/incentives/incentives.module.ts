import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ProgrammesModule } from '../programmes/programmes.module.js';
import { AcceptancesService } from './gate/acceptances.service.js';
import { AuditsController } from './gate/audits.controller.js';
import { AuditsService } from './gate/audits.service.js';
import { AuditCleanUp } from './gate/clean-up.job.js';
import { DeskService } from './gate/desk.service.js';
import { GateService } from './gate/gate.service.js';
import { HistoryService } from './history/history.service.js';

@Module({
  imports: [AccessModule, LedgerModule, ProgrammesModule],
  controllers: [AuditsController],
  providers: [
    AuditCleanUp,
    DeskService,
    AuditsService,
    AcceptancesService,
    GateService,
    HistoryService,
  ],
})
export class IncentivesModule {}
