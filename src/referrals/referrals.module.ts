import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MembersModule } from '../members/members.module.js';
import { ProgrammesModule } from '../programmes/programmes.module.js';
import { OwnReferralsController } from './own-referrals.controller.js';
import { ReferralCodes } from './referral-codes.service.js';
import { ReferralsQueries } from './referrals.queries.js';
import { ReferralsService } from './referrals.service.js';
import { ReferralPayments } from './referral-payments.job.js';

@Module({
  imports: [AccessModule, LedgerModule, MembersModule, ProgrammesModule],
  controllers: [OwnReferralsController],
  providers: [ReferralCodes, ReferralPayments, ReferralsQueries, ReferralsService],
  exports: [ReferralsService],
})
export class ReferralsModule {}
