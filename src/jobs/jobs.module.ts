import { Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { EventsModule } from '../events/events.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { RedemptionsModule } from '../redemptions/redemptions.module.js';
import { ReferralsModule } from '../referrals/referrals.module.js';
import { TiersModule } from '../tiers/tiers.module.js';
import { DailyHeads } from './daily-heads.service.js';
import { EventSending } from './event-sending.service.js';
import { HoldTimeOuts } from './hold-time-outs.service.js';
import { JobRunsQueries } from './job-runs.queries.js';
import { ReferralPayments } from './referral-payments.service.js';
import { TierReviews } from './tier-reviews.service.js';

@Module({
  imports: [
    ScheduleModule.forRoot(),
    EventsModule,
    LedgerModule,
    RedemptionsModule,
    ReferralsModule,
    TiersModule,
  ],
  providers: [
    DailyHeads,
    EventSending,
    HoldTimeOuts,
    JobRunsQueries,
    ReferralPayments,
    TierReviews,
  ],
})
export class JobsModule {}
