import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { memberOf } from '../../members/own-member.js';
import { IdempotencyKey, RequestId } from '../../platform/http/request.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { ConversionDesk } from './conversion-desk.service.js';
import { ConversionsPage, ConvertOwnPoints } from './conversions.requests.js';
import { ConversionsService } from './conversions.service.js';
import {
  ConversionQuoteView,
  ConversionsView,
  ConversionView,
  ForeignCurrencyView,
} from './conversions.views.js';

/** Conversions by the member, with a token of a retailer that passes them on to the partner. */
@ApiTags('Member')
@Controller('v1/me')
export class OwnConversionsController {
  constructor(
    @Inject(ConversionsService) private readonly conversions: ConversionsService,
    @Inject(ConversionDesk) private readonly desk: ConversionDesk,
  ) {}

  @Get('currencies')
  @Requires('me:read')
  @Answers(200, [ForeignCurrencyView], "Partners' currencies, and how they are converted now.")
  async currencies(): Promise<ForeignCurrencyView[]> {
    return this.desk.currencies();
  }

  @Post('conversions/quote')
  @HttpCode(200)
  @Requires('me:convert')
  @Answers(200, ConversionQuoteView, 'Whether the points could be converted now, and for what.')
  async quote(
    @Body() asked: ConvertOwnPoints,
    @CalledBy() caller: Caller,
    @RequestId() requestId: string,
  ): Promise<ConversionQuoteView> {
    const memberId = memberOf(caller);
    return this.desk.quoted(await this.conversions.quote(memberId, asked, { caller, requestId }));
  }

  @Post('conversions')
  @Requires('me:convert')
  @Answers(201, ConversionView, 'Holds points until the partner confirms, or its time is up.')
  async convert(
    @Body() asked: ConvertOwnPoints,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConversionView> {
    const request = { caller, idempotencyKey, requestId };
    const posted = await this.conversions.convertOwn(memberOf(caller), asked, request);
    return this.desk.answer(posted, reply, true);
  }

  @Get('conversions')
  @Requires('me:read')
  @Answers(200, ConversionsView, 'What the member has converted, newest first.')
  async page(@Query() page: ConversionsPage, @CalledBy() caller: Caller): Promise<ConversionsView> {
    return this.desk.page(await this.conversions.ofMember(memberOf(caller), page));
  }

  @Get('conversions/:id')
  @Requires('me:read')
  @Answers(200, ConversionView, 'A conversion and how it stands.')
  async conversion(@Param('id') id: string, @CalledBy() caller: Caller): Promise<ConversionView> {
    return this.desk.conversion(id, caller);
  }
}
