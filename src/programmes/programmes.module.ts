import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { Draft } from './drafts/draft.entity.js';
import { DraftsController } from './drafts/drafts.controller.js';
import { DraftsService } from './drafts/drafts.service.js';
import { ImpactService } from './plan/impact.service.js';
import { PlanController } from './plan/plan.controller.js';
import { PlanService } from './plan/plan.service.js';
import { PilotsController } from './pilots/pilots.controller.js';
import { PilotsService } from './pilots/pilots.service.js';
import { ProgrammeBookService } from './programme-book.service.js';
import { ProgrammeVersion } from './programme-version.entity.js';
import { ProgrammesController } from './programmes.controller.js';
import { ProgrammesService } from './programmes.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([ProgrammeVersion, Draft]), LedgerModule, AccessModule],
  controllers: [ProgrammesController, DraftsController, PilotsController, PlanController],
  providers: [
    ProgrammeBookService,
    ProgrammesService,
    DraftsService,
    PilotsService,
    PlanService,
    ImpactService,
  ],
  exports: [
    ProgrammeBookService,
    ProgrammesService,
    DraftsService,
    PilotsService,
    PlanService,
    ImpactService,
  ],
})
export class ProgrammesModule {}
