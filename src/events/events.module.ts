import { Inject, Module, type OnModuleInit } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessModule } from '../access/access.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { MembersModule } from '../members/members.module.js';
import { OutgoingMessages } from '../platform/openapi/outgoing.service.js';
import { AnnouncementsQueries } from './announcements/announcements.queries.js';
import { Announcements } from './announcements/announcements.service.js';
import { DeliveriesController } from './deliveries/deliveries.controller.js';
import { DeliveriesQueries } from './deliveries/deliveries.queries.js';
import { DeliveriesService } from './deliveries/deliveries.service.js';
import { DeliveryLogQueries } from './deliveries/delivery-log.queries.js';
import { FanOut } from './deliveries/fan-out.service.js';
import { Forgetting } from './deliveries/forgetting.service.js';
import { Replays } from './deliveries/replays.service.js';
import { WebhookEndpoint } from './endpoints/endpoint.entity.js';
import { EndpointsController } from './endpoints/endpoints.controller.js';
import { EndpointsQueries } from './endpoints/endpoints.queries.js';
import { EndpointsService } from './endpoints/endpoints.service.js';
import { describedEvents } from './events.views.js';
import { MailDesk } from './notices/mail.service.js';
import { MessengerDesk } from './notices/messenger.service.js';
import { News } from './notices/news.service.js';
import { NoticeDesk } from './notices/notice-desk.service.js';
import { NoticeTriesQueries } from './notices/notice-tries.queries.js';
import { NoticesController } from './notices/notices.controller.js';
import { ExpiryNoticesQueries } from './notices/expiry-notices.queries.js';
import { NoticesQueries } from './notices/notices.queries.js';
import { NoticesService } from './notices/notices.service.js';
import { Bodies } from './sending/bodies.service.js';
import { Couriers } from './sending/couriers.service.js';
import { EventWatch } from './sending/event-watch.service.js';
import { EventSending } from './sending/event-sending.service.js';
import { Intake } from './sending/intake.service.js';
import { LeasesQueries } from './sending/leases.queries.js';
import { Outcomes } from './sending/outcomes.service.js';
import { Post } from './sending/post.service.js';
import { Sender } from './sending/sender.service.js';

@Module({
  imports: [AccessModule, LedgerModule, MembersModule, TypeOrmModule.forFeature([WebhookEndpoint])],
  controllers: [EndpointsController, DeliveriesController, NoticesController],
  providers: [
    Announcements,
    AnnouncementsQueries,
    Bodies,
    Couriers,
    DeliveriesQueries,
    DeliveriesService,
    DeliveryLogQueries,
    EndpointsQueries,
    EndpointsService,
    EventSending,
    EventWatch,
    ExpiryNoticesQueries,
    FanOut,
    Forgetting,
    Intake,
    LeasesQueries,
    MailDesk,
    MessengerDesk,
    News,
    NoticeDesk,
    NoticeTriesQueries,
    NoticesQueries,
    NoticesService,
    Outcomes,
    Post,
    Replays,
    Sender,
  ],
  exports: [ExpiryNoticesQueries, NoticesQueries],
})
export class EventsModule implements OnModuleInit {
  constructor(@Inject(OutgoingMessages) private readonly outgoing: OutgoingMessages) {}

  onModuleInit(): void {
    this.outgoing.register(describedEvents());
  }
}
