import { Body, Controller, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { MembersService } from '../members/members.service.js';
import { IdempotencyKey, RequestId } from '../platform/http/request.decorator.js';
import { Answers } from '../platform/http/route.decorator.js';
import { answered } from '../programmes/decide.js';
import { ProgrammeBookService } from '../programmes/programme-book.service.js';
import { LadderView, ladderView } from './ladder.views.js';
import { ReviewsService } from './reviews.service.js';
import { StandingsService } from './standings.service.js';
import { GrantTier } from './tiers.requests.js';
import { grantedView } from './keeping.js';
import { GrantedView, StandingHistoryView } from './tiers.views.js';

/** The ladder, and what staff do about members' places on it. */
@ApiTags('Tiers')
@Controller('v1')
export class TiersController {
  constructor(
    @Inject(ReviewsService) private readonly reviews: ReviewsService,
    @Inject(StandingsService) private readonly standings: StandingsService,
    @Inject(MembersService) private readonly members: MembersService,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
  ) {}

  @Get('tiers')
  @Requires('rewards:read')
  @Answers(
    200,
    LadderView,
    'The tiers in force, how they are reached and kept, what they are worth.',
  )
  async ladder(@CalledBy() caller: Caller): Promise<LadderView> {
    return ladderView(await this.programmes.inForce(), caller.kind === 'user');
  }

  @Post('members/:id/review')
  @HttpCode(200)
  @Requires('tiers:review')
  @Answers(200, StandingHistoryView, 'Posts the reviews that are due of a member, if any are.')
  async review(
    @Param('id') id: string,
    @CalledBy() caller: Caller,
    @RequestId() requestId: string,
  ): Promise<StandingHistoryView> {
    const memberId = this.members.resolveId(id);
    await this.reviews.review(memberId, { caller: caller.id, actor: caller.actor, requestId });
    return this.standings.standing(memberId);
  }

  @Post('members/:id/grants')
  @Requires('tiers:grant')
  @Answers(201, GrantedView, 'Gives a tier for a time, with a reason; it ends by itself.')
  async grant(
    @Param('id') id: string,
    @Body() grant: GrantTier,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<GrantedView> {
    const memberId = this.members.resolveId(id);
    const request = { caller, idempotencyKey, requestId };
    const posted = await this.reviews.grant(memberId, grant, request);
    const posting = answered(posted, reply);
    return grantedView(posting, this.programmes.version(posting.versionNo));
  }
}
