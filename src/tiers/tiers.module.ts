import { Module } from '@nestjs/common';
import { LedgerModule } from '../ledger/ledger.module.js';
import { StandingsQueries } from './standings.queries.js';

@Module({
  imports: [LedgerModule],
  providers: [StandingsQueries],
  exports: [StandingsQueries],
})
export class TiersModule {}
