import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MembersModule } from '../members/members.module.js';
import { ProgrammesModule } from '../programmes/programmes.module.js';
import { AdjustmentDesk } from './adjustment-desk.service.js';
import { AdjustmentsController } from './adjustments.controller.js';
import { CleanUp } from './clean-up.job.js';
import { AdjustmentsService } from './adjustments.service.js';
import { ApprovalsController } from './approvals.controller.js';
import { ClearancesController } from './clearances/clearances.controller.js';
import { ClearancesService } from './clearances/clearances.service.js';
import { ApprovalsQueries } from './approvals.queries.js';
import { RenewalsController } from './renewals.controller.js';
import { NotesQueries } from './notes.queries.js';
import { WaitingQueries } from './waiting.queries.js';

@Module({
  imports: [AccessModule, LedgerModule, MembersModule, ProgrammesModule],
  controllers: [
    AdjustmentsController,
    ApprovalsController,
    ClearancesController,
    RenewalsController,
  ],
  providers: [
    AdjustmentDesk,
    AdjustmentsService,
    CleanUp,
    ClearancesService,
    ApprovalsQueries,
    NotesQueries,
    WaitingQueries,
  ],
})
export class AdjustmentsModule {}
