import { Body, Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { memberOf } from '../members/own-member.js';
import { IdempotencyKey, RequestId } from '../platform/http/request.decorator.js';
import { Answers } from '../platform/http/route.decorator.js';
import { RedemptionDesk } from './redemption-desk.service.js';
import { RequestOwnRedemption } from './redemptions.requests.js';
import { QuoteView, RedemptionView, RewardView } from './redemptions.views.js';

/** Redemptions by the member, with a token of a retailer. */
@ApiTags('Member')
@Controller('v1/me')
export class OwnRedemptionsController {
  constructor(@Inject(RedemptionDesk) private readonly desk: RedemptionDesk) {}

  @Get('rewards')
  @Requires('me:read')
  @Answers(200, [RewardView], 'The rewards of the programme in force, cheapest first.')
  async rewards(): Promise<RewardView[]> {
    return this.desk.rewards();
  }

  @Post('redemptions/quote')
  @Requires('me:redeem')
  @Answers(200, QuoteView, 'Whether the member could have it now, and what would be left.')
  async quote(
    @Body() asked: RequestOwnRedemption,
    @CalledBy() caller: Caller,
    @RequestId() requestId: string,
  ): Promise<QuoteView> {
    return this.desk.quote(memberOf(caller), asked, caller, requestId);
  }

  @Post('redemptions')
  @Requires('me:redeem')
  @Answers(
    201,
    RedemptionView,
    'Reserves the points of a reward, or points that pay, until their time is up.',
  )
  async hold(
    @Body() asked: RequestOwnRedemption,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RedemptionView> {
    const request = { caller, idempotencyKey, requestId };
    return this.desk.hold(memberOf(caller), asked, request, reply);
  }

  /** Capturing is the retailer's part, who hands the reward over. */
  @Post('redemptions/:id/release')
  @Requires('me:redeem')
  @Answers(200, RedemptionView, 'Gives a hold up, and its points back.')
  async release(
    @Param('id') id: string,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RedemptionView> {
    return this.desk.release(id, { caller, idempotencyKey, requestId }, reply);
  }

  @Get('redemptions/:id')
  @Requires('me:read')
  @Answers(200, RedemptionView, 'A redemption and how it stands.')
  async redemption(@Param('id') id: string, @CalledBy() caller: Caller): Promise<RedemptionView> {
    return this.desk.redemption(id, caller);
  }
}
