import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ProgrammesModule } from '../programmes/programmes.module.js';
import { BlocksQueries } from './partners/blocks.queries.js';
import { PartnersController } from './partners/partners.controller.js';
import { PartnersService } from './partners/partners.service.js';

@Module({
  imports: [AccessModule, LedgerModule, ProgrammesModule],
  controllers: [PartnersController],
  providers: [BlocksQueries, PartnersService],
})
export class PartnerOffersModule {}
