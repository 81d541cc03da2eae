import { Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ProgrammesModule } from '../programmes/programmes.module.js';
import { ContactController } from './contact/contact.controller.js';
import { ContactService } from './contact/contact.service.js';
import { ContactsQueries } from './contact/contacts.queries.js';
import { EnrolmentsQueries } from './enrolments.queries.js';
import { EnrolmentSteps } from './enrolment-steps.service.js';
import { ManyMembersQueries } from './many-members.queries.js';
import { MembersController } from './members.controller.js';
import { MembersService } from './members.service.js';
import { ProfilesController } from './profiles/profiles.controller.js';
import { ProfilesService } from './profiles/profiles.service.js';
import { SegmentsController } from './segments/segments.controller.js';
import { SegmentsService } from './segments/segments.service.js';

@Module({
  imports: [AccessModule, LedgerModule, ProgrammesModule],
  controllers: [ContactController, MembersController, ProfilesController, SegmentsController],
  providers: [
    ContactService,
    ContactsQueries,
    EnrolmentSteps,
    EnrolmentsQueries,
    ManyMembersQueries,
    MembersService,
    ProfilesService,
    SegmentsService,
  ],
  exports: [ContactsQueries, EnrolmentSteps, EnrolmentsQueries, ManyMembersQueries, MembersService],
})
export class MembersModule {}
