import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MembersModule } from '../members/members.module.js';
import { ProgrammesModule } from '../programmes/programmes.module.js';
import { CreditsController } from './credits/credits.controller.js';
import { CreditsService } from './credits/credits.service.js';
import { ListsController } from './lists/lists.controller.js';
import { ListsQueries } from './lists/lists.queries.js';
import { ListsService } from './lists/lists.service.js';
import { OffersController } from './offers/offers.controller.js';
import { OffersQueries } from './offers/offers.queries.js';
import { OffersService } from './offers/offers.service.js';
import { BlockSteps } from './partners/block-steps.service.js';
import { BlocksQueries } from './partners/blocks.queries.js';
import { PartnersController } from './partners/partners.controller.js';
import { PartnerStandings } from './partners/partner-standings.service.js';
import { PartnersService } from './partners/partners.service.js';
import { OfferReportController } from './review/offer-report.controller.js';
import { OfferReviewService } from './review/offer-review.service.js';
import { OfferReviews } from './review/offer-reviews.job.js';
import { PartnerSettlements } from './settlement/partner-settlements.job.js';
import { PartnerStatementsQueries } from './settlement/partner-statements.queries.js';
import { SettlementController } from './settlement/settlement.controller.js';
import { SettlementService } from './settlement/settlement.service.js';

@Module({
  imports: [AccessModule, LedgerModule, MembersModule, ProgrammesModule],
  controllers: [
    CreditsController,
    ListsController,
    OfferReportController,
    OffersController,
    PartnersController,
    SettlementController,
  ],
  providers: [
    BlocksQueries,
    BlockSteps,
    PartnerStandings,
    CreditsService,
    ListsQueries,
    ListsService,
    OfferReviews,
    OfferReviewService,
    OffersQueries,
    OffersService,
    PartnersService,
    PartnerSettlements,
    PartnerStatementsQueries,
    SettlementService,
  ],
  exports: [BlockSteps],
})
export class PartnerOffersModule {}
