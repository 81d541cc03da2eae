import { Body, Controller, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { MembersService } from '../members/members.service.js';
import { IdempotencyKey, RequestId } from '../platform/http/request.decorator.js';
import { RedemptionDesk } from './redemption-desk.service.js';
import { RequestRedemption } from './redemptions.requests.js';
import type { QuoteView, RedemptionView, RewardView } from './redemptions.views.js';

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
  async rewards(): Promise<RewardView[]> {
    return this.desk.rewards();
  }

  /** Whether the member could have a reward now, and what would be left. */
  @Post('redemptions/quote')
  @HttpCode(200)
  @Requires('redemptions:write')
  async quote(
    @Body() { member, reward }: RequestRedemption,
    @CalledBy() caller: Caller,
    @RequestId() requestId: string,
  ): Promise<QuoteView> {
    return this.desk.quote(await this.members.resolve(member), reward, caller, requestId);
  }

  /** Reserves the points of a reward; capture or release it before its time is up. */
  @Post('redemptions')
  @Requires('redemptions:write')
  async hold(
    @Body() { member, reward }: RequestRedemption,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RedemptionView> {
    const memberId = await this.members.resolve(member);
    return this.desk.hold(memberId, reward, { caller, idempotencyKey, requestId }, reply);
  }

  /** Gives the reward out: the held points are gone. */
  @Post('redemptions/:id/capture')
  @HttpCode(200)
  @Requires('redemptions:write')
  async capture(
    @Param('id') id: string,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RedemptionView> {
    return this.desk.end('capture', id, { caller, idempotencyKey, requestId }, reply);
  }

  /** Gives the held points back to the lots they came from. */
  @Post('redemptions/:id/release')
  @HttpCode(200)
  @Requires('redemptions:write')
  async release(
    @Param('id') id: string,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RedemptionView> {
    return this.desk.end('release', id, { caller, idempotencyKey, requestId }, reply);
  }

  @Get('redemptions/:id')
  @Requires('redemptions:write')
  async redemption(@Param('id') id: string, @CalledBy() caller: Caller): Promise<RedemptionView> {
    return this.desk.redemption(id, caller);
  }
}
