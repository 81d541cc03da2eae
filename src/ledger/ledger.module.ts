import { Module } from '@nestjs/common';
import { LedgerQueries } from './ledger.queries.js';
import { LedgerService } from './ledger.service.js';
import { VerifyService } from './verify.service.js';

@Module({
  providers: [LedgerService, LedgerQueries, VerifyService],
  exports: [LedgerService, LedgerQueries, VerifyService],
})
export class LedgerModule {}
