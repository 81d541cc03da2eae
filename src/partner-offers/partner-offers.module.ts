import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ProgrammesModule } from '../programmes/programmes.module.js';
import { CreditsController } from './credits/credits.controller.js';
import { CreditsService } from './credits/credits.service.js';
import { OffersController } from './offers/offers.controller.js';
import { OffersQueries } from './offers/offers.queries.js';
import { OffersService } from './offers/offers.service.js';
import { BlocksQueries } from './partners/blocks.queries.js';
import { PartnersController } from './partners/partners.controller.js';
import { PartnersService } from './partners/partners.service.js';

import { SettlementController } from './settlement/settlement.controller.js';
import { SettlementService } from './settlement/settlement.service.js';

@Module({
  imports: [AccessModule, LedgerModule, ProgrammesModule],
  controllers: [CreditsController, OffersController, PartnersController, SettlementController],
  providers: [
    BlocksQueries,
    CreditsService,
    OffersQueries,
    OffersService,
    PartnersService,
    SettlementService,
  ],
})
export class PartnerOffersModule {}
