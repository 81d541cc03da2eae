import { Body, Controller, Get, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { isMemberId } from '../../ledger/address.js';
import { memberOf } from '../../members/own-member.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { RequestId } from '../../platform/http/request.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { WhyOffer } from './offers.requests.js';
import { OffersService } from './offers.service.js';
import { LiveOffersView, LiveOfferView, offersView, OffersView } from './offers.views.js';

/** Offers for members, for the tills that serve them, and for the staff who look after them. */
@ApiTags('Offers')
@Controller('v1')
export class OffersController {
  constructor(@Inject(OffersService) private readonly offers: OffersService) {}

  @Get('me/offers')
  @Requires('me:read')
  @Answers(200, OffersView, 'Offers the member can use now.')
  async own(@CalledBy() caller: Caller, @RequestId() requestId: string): Promise<OffersView> {
    const { offers } = await this.offers.validFor(memberOf(caller), caller, requestId);
    return offersView(offers);
  }

  @Post('me/offers/:code/activate')
  @Requires('me:write')
  @Answers(200, OffersView, 'Activates an offer from now on; again changes nothing.')
  async activate(
    @Param('code') code: string,
    @CalledBy() caller: Caller,
    @RequestId() requestId: string,
  ): Promise<OffersView> {
    const { offers } = await this.offers.activate(code, memberOf(caller), caller, requestId);
    return offersView(offers);
  }

  @Get('members/:id/offers')
  @Requires('members:read')
  @Answers(200, OffersView, 'Offers a member can use now; for a retailer, those valid at it.')
  async of(
    @Param('id') id: string,
    @CalledBy() caller: Caller,
    @RequestId() requestId: string,
  ): Promise<OffersView> {
    if (!isMemberId(id)) throw new DomainError('unknown_member', 'There is no such member.');
    return offersView((await this.offers.validFor(id, caller, requestId)).offers);
  }

  @Get('offers')
  @Requires('programme:read')
  @Answers(200, LiveOffersView, 'Offers of the programme in force, and what is used of them.')
  async live(): Promise<LiveOffersView> {
    return { offers: await this.offers.live() };
  }

  @Post('offers/:code/pause')
  @Requires('programme:edit')
  @Answers(200, LiveOfferView, 'Pauses an offer at once, on every server.')
  async pause(
    @Param('code') code: string,
    @Body() { reason }: WhyOffer,
    @CalledBy() caller: Caller,
  ): Promise<LiveOfferView> {
    return this.offers.pause(code, reason, caller);
  }

  @Post('offers/:code/resume')
  @Requires('programme:edit')
  @Answers(200, LiveOfferView, 'Lets a paused offer go on.')
  async resume(
    @Param('code') code: string,
    @Body() { reason }: WhyOffer,
    @CalledBy() caller: Caller,
  ): Promise<LiveOfferView> {
    return this.offers.resume(code, reason, caller);
  }
}
