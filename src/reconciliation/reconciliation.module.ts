import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MembersModule } from '../members/members.module.js';
import { FreezeWatch } from './freeze-watch.service.js';
import { FreezesController } from './freezes.controller.js';
import { Freezing } from './freezing.service.js';
import { Reconciliation } from './reconciliation.job.js';

@Module({
  imports: [AccessModule, LedgerModule, MembersModule],
  controllers: [FreezesController],
  providers: [FreezeWatch, Freezing, Reconciliation],
})
export class ReconciliationModule {}
