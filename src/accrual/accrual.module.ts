import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MembersModule } from '../members/members.module.js';
import { ProgrammesModule } from '../programmes/programmes.module.js';
import { PartnerOffersModule } from '../partner-offers/partner-offers.module.js';
import { TiersModule } from '../tiers/tiers.module.js';
import { AccrualService } from './accrual.service.js';
import { ActivitiesController } from './activities/activities.controller.js';
import { ActivitiesService } from './activities/activities.service.js';
import { BulkController } from './bulk/bulk.controller.js';
import { BulkService } from './bulk/bulk.service.js';
import { PurchaseReferences } from './purchase-references.service.js';
import { PurchasesController } from './purchases.controller.js';
import { PurchasesQueries } from './purchases.queries.js';
import { ReturnsController } from './returns/returns.controller.js';
import { ReturnsService } from './returns/returns.service.js';
import { WaitingAwards } from './waiting/waiting-awards.service.js';
import { WaitingPoints } from './waiting/waiting-points.job.js';

@Module({
  imports: [
    AccessModule,
    LedgerModule,
    MembersModule,
    PartnerOffersModule,
    ProgrammesModule,
    TiersModule,
  ],
  controllers: [ActivitiesController, BulkController, PurchasesController, ReturnsController],
  providers: [
    AccrualService,
    ActivitiesService,
    BulkService,
    PurchaseReferences,
    PurchasesQueries,
    ReturnsService,
    WaitingAwards,
    WaitingPoints,
  ],
  exports: [AccrualService, PurchaseReferences],
})
export class AccrualModule {}
