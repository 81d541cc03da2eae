import { Module } from '@nestjs/common';
import { HistoryQueries } from './history/history.queries.js';
import { PartnerFlowsQueries } from './history/partner-flows.queries.js';
import { SalesFlowsQueries } from './history/sales-flows.queries.js';
import { WaitingQueries } from './history/waiting-points.queries.js';
import { CrowdsQueries } from './crowds/crowds.queries.js';
import { OfferFiguresQueries } from './crowds/offer-figures.queries.js';
import { PilotFiguresQueries } from './crowds/pilot-figures.queries.js';
import { SilencesQueries } from './crowds/silences.queries.js';
import { BalancesService } from './balances.service.js';
import { LedgerQueries } from './ledger.queries.js';
import { LedgerService } from './ledger.service.js';
import { IdleLimitsQueries } from './limits/idle-limits.queries.js';
import { SharedLimitsQueries } from './limits/used.queries.js';
import { OutboxQueries } from './outbox/outbox.queries.js';
import { HeadsFolder } from './proof/heads-folder.writer.js';
import { HeadsController } from './proof/heads.controller.js';
import { HeadsQueries } from './proof/heads.queries.js';
import { HeadsService } from './proof/heads.service.js';
import { LedgerExport } from './proof/ledger-export.reader.js';
import { MembersCheck } from './proof/members-check.service.js';
import { ExpiringLotsQueries } from './lots/expiring-lots.queries.js';
import { SilentLotsQueries } from './lots/silent-lots.queries.js';
import { RebuildService } from './rebuild/rebuild.service.js';
import { VersionsQueries } from './rebuild/versions.queries.js';
import { DayFlowsQueries } from './watching/day-flows.queries.js';
import { FiguresQueries } from './watching/figures.queries.js';
import { VerifyService } from './verify.service.js';

@Module({
  controllers: [HeadsController],
  providers: [
    LedgerService,
    LedgerQueries,
    BalancesService,
    HistoryQueries,
    VerifyService,
    HeadsQueries,
    HeadsService,
    HeadsFolder,
    LedgerExport,
    RebuildService,
    MembersCheck,
    VersionsQueries,
    SharedLimitsQueries,
    IdleLimitsQueries,
    PartnerFlowsQueries,
    SalesFlowsQueries,
    WaitingQueries,
    CrowdsQueries,
    OfferFiguresQueries,
    PilotFiguresQueries,
    SilencesQueries,
    OutboxQueries,
    ExpiringLotsQueries,
    SilentLotsQueries,
    FiguresQueries,
    DayFlowsQueries,
  ],
  exports: [
    LedgerService,
    LedgerQueries,
    BalancesService,
    HistoryQueries,
    VerifyService,
    HeadsQueries,
    HeadsService,
    HeadsFolder,
    LedgerExport,
    RebuildService,
    MembersCheck,
    VersionsQueries,
    SharedLimitsQueries,
    IdleLimitsQueries,
    PartnerFlowsQueries,
    SalesFlowsQueries,
    WaitingQueries,
    CrowdsQueries,
    OfferFiguresQueries,
    PilotFiguresQueries,
    SilencesQueries,
    OutboxQueries,
    ExpiringLotsQueries,
    SilentLotsQueries,
    FiguresQueries,
    DayFlowsQueries,
  ],
})
export class LedgerModule {}
