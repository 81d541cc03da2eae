import { Body, Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { MembersService } from '../members/members.service.js';
import { IdempotencyKey, RequestId } from '../platform/http/request.decorator.js';
import { Answers } from '../platform/http/route.decorator.js';
import { RedemptionDesk } from './redemption-desk.service.js';
import { CaptureRedemption, ReportDelivery, RequestRedemption } from './redemptions.requests.js';
import { QuoteView, RedemptionView, RewardView } from './redemptions.views.js';

/** Redemptions at a retailer's till or shop. */
@ApiTags('Redemptions')
@Controller('v1')
export class RedemptionsController {
  constructor(
    @Inject(RedemptionDesk) private readonly desk: RedemptionDesk,
    @Inject(MembersService) private readonly members: MembersService,
  ) {}

  @Get('rewards')
  @Requires('rewards:read')
  @Answers(200, [RewardView], 'The rewards of the programme in force, cheapest first.')
  async rewards(): Promise<RewardView[]> {
    return this.desk.rewards();
  }

  @Post('redemptions/quote')
  @Requires('redemptions:write')
  @Answers(200, QuoteView, 'Whether the member could have it now, and what would be left.')
  async quote(
    @Body() { member, ...asked }: RequestRedemption,
    @CalledBy() caller: Caller,
    @RequestId() requestId: string,
  ): Promise<QuoteView> {
    const memberId = await this.members.resolve(member, caller);
    return this.desk.quote(memberId, asked, caller, requestId);
  }

  @Post('redemptions')
  @Requires('redemptions:write')
  @Answers(
    201,
    RedemptionView,
    'Reserves the points of a reward, or points that pay, until their time is up.',
  )
  async hold(
    @Body() { member, ...asked }: RequestRedemption,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RedemptionView> {
    const memberId = await this.members.resolve(member, caller);
    return this.desk.hold(memberId, asked, { caller, idempotencyKey, requestId }, reply);
  }

  @Post('redemptions/:id/capture')
  @Requires('redemptions:write')
  @Answers(200, RedemptionView, 'Gives the reward out, or pays: the held points are gone.')
  async capture(
    @Param('id') id: string,
    @Body() body: CaptureRedemption,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RedemptionView> {
    return this.desk.capture(id, body, { caller, idempotencyKey, requestId }, reply);
  }

  @Post('redemptions/:id/release')
  @Requires('redemptions:write')
  @Answers(200, RedemptionView, 'Gives the held points back to the lots they came from.')
  async release(
    @Param('id') id: string,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RedemptionView> {
    return this.desk.release(id, { caller, idempotencyKey, requestId }, reply);
  }

  @Post('redemptions/:id/delivery')
  @Requires('redemptions:write')
  @Answers(
    200,
    RedemptionView,
    'Says what became of a delivery; if it failed, the points are back.',
  )
  async delivery(
    @Param('id') id: string,
    @Body() { state }: ReportDelivery,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RedemptionView> {
    return this.desk.delivery(id, state, { caller, idempotencyKey, requestId }, reply);
  }

  @Get('redemptions/:id')
  @Requires('redemptions:write')
  @Answers(200, RedemptionView, 'A redemption and how it stands.')
  async redemption(@Param('id') id: string, @CalledBy() caller: Caller): Promise<RedemptionView> {
    return this.desk.redemption(id, caller);
  }
}
