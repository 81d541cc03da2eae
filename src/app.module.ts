import { Module, type DynamicModule } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessModule } from './access/access.module.js';
import { AccrualModule } from './accrual/accrual.module.js';
import { AdjustmentsModule } from './adjustments/adjustments.module.js';
import { ClockModule } from './clock/clock.module.js';
import { EventsModule } from './events/events.module.js';
import { InactivityModule } from './inactivity/inactivity.module.js';
import { IncentivesModule } from './incentives/incentives.module.js';
import { ExpiryModule } from './expiry/expiry.module.js';
import { JobsModule } from './jobs/jobs.module.js';
import { LedgerModule } from './ledger/ledger.module.js';
import { MembersModule } from './members/members.module.js';
import { MonitorsModule } from './monitors/monitors.module.js';
import { Secrets } from './platform/config/secrets.js';
import type { Settings } from './platform/config/settings.js';
import { LANES, laneOptions, servingOptions } from './platform/database/data-source.js';
import { PartnerOffersModule } from './partner-offers/partner-offers.module.js';
import { PlatformModule } from './platform/platform.module.js';
import { ProgrammesModule } from './programmes/programmes.module.js';
import { ReconciliationModule } from './reconciliation/reconciliation.module.js';
import { ReferralsModule } from './referrals/referrals.module.js';
import { RedemptionsModule } from './redemptions/redemptions.module.js';
import { StatementsModule } from './statements/statements.module.js';
import { TransfersModule } from './transfers/transfers.module.js';
import { TiersModule } from './tiers/tiers.module.js';

export interface Foundation {
  settings: Settings;
  secrets: Secrets;
  /** Where the server's own login role connects. */
  databaseUrl: string;
}

/** The only place that lists every module. */
@Module({})
export class AppModule {
  static on({ settings, secrets, databaseUrl }: Foundation): DynamicModule {
    const pool = { url: databaseUrl, poolMax: settings.poolMax };
    // One connection for each lane, and one that reads balances.
    const lanes = { url: databaseUrl, poolMax: settings.lanes + 1 };
    return {
      module: AppModule,
      imports: [
        PlatformModule.with(settings, secrets),
        TypeOrmModule.forRoot({
          ...servingOptions(pool),
          autoLoadEntities: true,
          retryAttempts: 3,
        }),
        TypeOrmModule.forRoot({ name: LANES, ...laneOptions(lanes), retryAttempts: 3 }),
        LedgerModule,
        AccessModule,
        ClockModule.with(settings),
        ProgrammesModule,
        MembersModule,
        TiersModule,
        AccrualModule,
        RedemptionsModule,
        AdjustmentsModule,
        PartnerOffersModule,
        StatementsModule,
        TransfersModule,
        ReferralsModule,
        EventsModule,
        InactivityModule,
        ReconciliationModule,
        ExpiryModule,
        JobsModule,
        IncentivesModule,
        MonitorsModule,
      ],
    };
  }
}
