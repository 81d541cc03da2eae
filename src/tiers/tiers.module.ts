import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MembersModule } from '../members/members.module.js';
import { ProgrammesModule } from '../programmes/programmes.module.js';
import { TierNotices } from './notices/tier-notices.service.js';
import { TierWarnings } from './notices/tier-warnings.job.js';
import { ReviewsService } from './reviews.service.js';
import { StandingsQueries } from './standings.queries.js';
import { StandingsService } from './standings.service.js';
import { TiersController } from './tiers.controller.js';
import { TierReviews } from './tier-reviews.job.js';

@Module({
  imports: [AccessModule, LedgerModule, MembersModule, ProgrammesModule],
  controllers: [TiersController],
  providers: [
    ReviewsService,
    StandingsQueries,
    StandingsService,
    TierNotices,
    TierReviews,
    TierWarnings,
  ],
  exports: [ReviewsService, StandingsService],
})
export class TiersModule {}
