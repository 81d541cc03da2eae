import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ProgrammeBookService } from './programme-book.service.js';
import { ProgrammeVersion } from './programme-version.entity.js';
import { ProgrammesController } from './programmes.controller.js';
import { ProgrammesService } from './programmes.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([ProgrammeVersion]), LedgerModule, AccessModule],
  controllers: [ProgrammesController],
  providers: [ProgrammeBookService, ProgrammesService],
  exports: [ProgrammeBookService, ProgrammesService],
})
export class ProgrammesModule {}
