import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { AccrualModule } from '../accrual/accrual.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MembersModule } from '../members/members.module.js';
import { ProgrammesModule } from '../programmes/programmes.module.js';
import { ConversionDesk } from './conversions/conversion-desk.service.js';
import { ConversionsController } from './conversions/conversions.controller.js';
import { ConversionsQueries } from './conversions/conversions.queries.js';
import { ConversionsService } from './conversions/conversions.service.js';
import { OwnConversionsController } from './conversions/own-conversions.controller.js';
import { SalesController } from './sales/sales.controller.js';
import { SalesQueries } from './sales/sales.queries.js';
import { SalesService } from './sales/sales.service.js';
import { OwnTransfersController } from './own-transfers.controller.js';
import { TransfersService } from './transfers.service.js';

@Module({
  imports: [AccessModule, AccrualModule, LedgerModule, MembersModule, ProgrammesModule],
  controllers: [
    ConversionsController,
    OwnConversionsController,
    OwnTransfersController,
    SalesController,
  ],
  providers: [
    ConversionDesk,
    ConversionsQueries,
    ConversionsService,
    SalesQueries,
    SalesService,
    TransfersService,
  ],
})
export class TransfersModule {}
