import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { AccessModule } from '../access/access.module.js';
import { ExpiryModule } from '../expiry/expiry.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MembersModule } from '../members/members.module.js';
import { ProgrammesModule } from '../programmes/programmes.module.js';
import { TiersModule } from '../tiers/tiers.module.js';
import { OwnStatementsController } from './own-statements.controller.js';
import { ReadingsService } from './readings.service.js';
import { ShownDates } from './shown-dates.service.js';
import { StatementsController } from './statements.controller.js';
import { StatementsService } from './statements.service.js';

@Module({
  imports: [
    AccessModule,
    EventsModule,
    ExpiryModule,
    LedgerModule,
    MembersModule,
    ProgrammesModule,
    TiersModule,
  ],
  controllers: [StatementsController, OwnStatementsController],
  providers: [ReadingsService, ShownDates, StatementsService],
})
export class StatementsModule {}
