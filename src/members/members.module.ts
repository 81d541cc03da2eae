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
import { FreezesQueries } from './freezes/freezes.queries.js';
import { MembersController } from './members.controller.js';
import { MembersService } from './members.service.js';
import { PointsLooksQueries } from './presence/points-looks.queries.js';
import { PresenceQueries } from './presence/presence.queries.js';
import { WillingActs } from './presence/willing-acts.service.js';
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
    FreezesQueries,
    ManyMembersQueries,
    MembersService,
    PointsLooksQueries,
    PresenceQueries,
    ProfilesService,
    SegmentsService,
    WillingActs,
  ],
  exports: [
    ContactsQueries,
    EnrolmentSteps,
    EnrolmentsQueries,
    FreezesQueries,
    ManyMembersQueries,
    MembersService,
    PointsLooksQueries,
    PresenceQueries,
  ],
})
export class MembersModule {}
