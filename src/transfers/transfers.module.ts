import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MembersModule } from '../members/members.module.js';
import { ProgrammesModule } from '../programmes/programmes.module.js';
import { OwnTransfersController } from './own-transfers.controller.js';
import { TransfersService } from './transfers.service.js';

@Module({
  imports: [AccessModule, LedgerModule, MembersModule, ProgrammesModule],
  controllers: [OwnTransfersController],
  providers: [TransfersService],
})
export class TransfersModule {}
