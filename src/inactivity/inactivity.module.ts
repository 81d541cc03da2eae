import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MembersModule } from '../members/members.module.js';
import { ProgrammesModule } from '../programmes/programmes.module.js';
import { InactivityJob } from './inactivity.job.js';
import { SilentMembers } from './silent-members.service.js';
import { StagesController } from './stages.controller.js';
import { StagesService } from './stages.service.js';

@Module({
  imports: [AccessModule, LedgerModule, MembersModule, ProgrammesModule],
  controllers: [StagesController],
  providers: [InactivityJob, SilentMembers, StagesService],
})
export class InactivityModule {}
