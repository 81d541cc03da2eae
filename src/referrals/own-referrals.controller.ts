import { Body, Controller, Get, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { Answers } from '../platform/http/route.decorator.js';
import { ClaimReferral } from './referrals.requests.js';
import { ReferralsService } from './referrals.service.js';
import { OwnClaimView, ReferralsView } from './referrals.views.js';

@ApiTags('Member')
@Controller('v1/me/referrals')
export class OwnReferralsController {
  constructor(@Inject(ReferralsService) private readonly service: ReferralsService) {}

  @Get()
  @Requires('me:read')
  @Answers(200, ReferralsView, "The member's code for friends, and what became of it.")
  async referrals(@CalledBy() caller: Caller): Promise<ReferralsView> {
    return this.service.referrals(caller);
  }

  @Post('claim')
  @Requires('me:write')
  @Answers(201, OwnClaimView, 'Says whose code a new member has; once, soon after enrolling.')
  async claim(@Body() { code }: ClaimReferral, @CalledBy() caller: Caller): Promise<OwnClaimView> {
    return this.service.claim(code, caller);
  }
}
