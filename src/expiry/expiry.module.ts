import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MembersModule } from '../members/members.module.js';
import { ProgrammesModule } from '../programmes/programmes.module.js';
import { ExpiryNoticesJob } from './expiry-notices.job.js';
import { ExpiryTelling } from './expiry-telling.service.js';
import { ExpiryService } from './expiry.service.js';
import { PointExpiryJob } from './point-expiry.job.js';
import { SilentPoints } from './silent-points.service.js';

@Module({
  imports: [EventsModule, LedgerModule, MembersModule, ProgrammesModule],
  providers: [ExpiryNoticesJob, ExpiryService, ExpiryTelling, PointExpiryJob, SilentPoints],
  exports: [SilentPoints],
})
export class ExpiryModule {}
