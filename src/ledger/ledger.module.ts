import { Module } from '@nestjs/common';
import { HistoryQueries } from './history/history.queries.js';
import { LedgerQueries } from './ledger.queries.js';
import { LedgerService } from './ledger.service.js';
import { VerifyService } from './verify.service.js';

@Module({
  providers: [LedgerService, LedgerQueries, HistoryQueries, VerifyService],
  exports: [LedgerService, LedgerQueries, HistoryQueries, VerifyService],
})
export class LedgerModule {}
