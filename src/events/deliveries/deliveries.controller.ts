import { Body, Controller, Get, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveriesPage, SendAgain } from './deliveries.requests.js';
import { DeliveriesPageView, SentAgainView } from './deliveries.views.js';

/** What was sent to an endpoint, and sending it again. */
@ApiTags('Webhooks')
@Controller('v1/webhooks/:id')
export class DeliveriesController {
  constructor(@Inject(DeliveriesService) private readonly deliveries: DeliveriesService) {}

  @Get('deliveries')
  @Requires('webhooks:manage')
  @Answers(200, DeliveriesPageView, 'Deliveries to an endpoint with their last tries.')
  async page(@Param('id') id: string, @Query() page: DeliveriesPage): Promise<DeliveriesPageView> {
    return this.deliveries.page(id, page);
  }

  @Post('replays')
  @Requires('webhooks:manage')
  @Answers(202, SentAgainView, 'Sends an event again, or all of a stretch of time.')
  async again(
    @Param('id') id: string,
    @Body() body: SendAgain,
    @CalledBy() caller: Caller,
  ): Promise<SentAgainView> {
    return this.deliveries.again(id, body, caller.actor);
  }
}
