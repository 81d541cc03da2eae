import { Module } from '@nestjs/common';
import { HistoryQueries } from './history/history.queries.js';
import { BalancesService } from './balances.service.js';
import { LedgerQueries } from './ledger.queries.js';
import { LedgerService } from './ledger.service.js';
import { VerifyService } from './verify.service.js';

@Module({
  providers: [LedgerService, LedgerQueries, BalancesService, HistoryQueries, VerifyService],
  exports: [LedgerService, LedgerQueries, BalancesService, HistoryQueries, VerifyService],
})
export class LedgerModule {}
