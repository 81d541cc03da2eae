import { Module } from '@nestjs/common';
import { BalancesService } from './balances.service.js';
import { LedgerQueries } from './ledger.queries.js';
import { LedgerService } from './ledger.service.js';
import { VerifyService } from './verify.service.js';

@Module({
  providers: [LedgerService, LedgerQueries, BalancesService, VerifyService],
  exports: [LedgerService, LedgerQueries, BalancesService, VerifyService],
})
export class LedgerModule {}
