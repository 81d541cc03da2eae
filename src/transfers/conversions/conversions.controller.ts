import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { MembersService } from '../../members/members.service.js';
import { IdempotencyKey, RequestId } from '../../platform/http/request.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { ConversionDesk } from './conversion-desk.service.js';
import {
  ConfirmConversion,
  ConversionsPage,
  ConvertPoints,
  ConvertUnits,
  PreviewUnits,
  QuoteConversion,
} from './conversions.requests.js';
import { ConversionsService } from './conversions.service.js';
import {
  ConversionQuoteView,
  ConversionsView,
  ConversionView,
  ForeignCurrencyView,
} from './conversions.views.js';

/** Conversions by a shop for a member, and by the partner whose currency it is. */
@ApiTags('Conversions')
@Controller('v1')
export class ConversionsController {
  constructor(
    @Inject(ConversionsService) private readonly conversions: ConversionsService,
    @Inject(ConversionDesk) private readonly desk: ConversionDesk,
    @Inject(MembersService) private readonly members: MembersService,
  ) {}

  @Get('currencies')
  @Requires('rewards:read')
  @Answers(200, [ForeignCurrencyView], "Partners' currencies, and how they are converted now.")
  async currencies(): Promise<ForeignCurrencyView[]> {
    return this.desk.currencies();
  }

  @Post('conversions/quote')
  @HttpCode(200)
  @Requires('points:convert')
  @Answers(200, ConversionQuoteView, 'Whether the points could be converted now, and for what.')
  async quote(
    @Body() { member, ...asked }: QuoteConversion,
    @CalledBy() caller: Caller,
    @RequestId() requestId: string,
  ): Promise<ConversionQuoteView> {
    const memberId = await this.members.resolve(member, caller);
    return this.desk.quoted(await this.conversions.quote(memberId, asked, { caller, requestId }));
  }

  @Post('conversions')
  @Requires('points:convert')
  @Answers(201, ConversionView, 'Holds points until the partner confirms, or its time is up.')
  async convert(
    @Body() asked: ConvertPoints,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConversionView> {
    const request = { caller, idempotencyKey, requestId };
    return this.desk.answer(await this.conversions.convert(asked, request), reply);
  }

  @Post('conversions/:id/confirm')
  @HttpCode(200)
  @Requires('points:convert')
  @Answers(200, ConversionView, 'Takes the points: give the units once this is answered.')
  async confirm(
    @Param('id') id: string,
    @Body() { reference }: ConfirmConversion,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConversionView> {
    const request = { caller, idempotencyKey, requestId };
    return this.desk.answer(await this.conversions.confirm(id, reference, request), reply);
  }

  @Post('conversions/:id/fail')
  @HttpCode(200)
  @Requires('points:convert')
  @Answers(200, ConversionView, 'Gives points and fee back: the partner gives no units.')
  async fail(
    @Param('id') id: string,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConversionView> {
    const request = { caller, idempotencyKey, requestId };
    return this.desk.answer(await this.conversions.fail(id, request), reply);
  }

  @Post('conversions/in/preview')
  @HttpCode(200)
  @Requires('points:convert')
  @Answers(200, ConversionQuoteView, 'What units would come to now; nothing is booked.')
  async preview(
    @Body() asked: PreviewUnits,
    @CalledBy() caller: Caller,
    @RequestId() requestId: string,
  ): Promise<ConversionQuoteView> {
    return this.desk.quoted(await this.conversions.preview(asked, { caller, requestId }));
  }

  @Post('conversions/in')
  @Requires('points:convert')
  @Answers(201, ConversionView, 'Turns units that the partner has taken from a member into points.')
  async convertUnits(
    @Body() asked: ConvertUnits,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ConversionView> {
    const request = { caller, idempotencyKey, requestId };
    return this.desk.answer(await this.conversions.convertUnits(asked, request), reply);
  }

  @Get('conversions')
  @Requires('points:convert')
  @Answers(200, ConversionsView, 'Those the retailer asked for, and those in its currencies.')
  async page(@Query() page: ConversionsPage, @CalledBy() caller: Caller): Promise<ConversionsView> {
    return this.desk.page(await this.conversions.ofRetailer(caller, page));
  }

  @Get('conversions/:id')
  @Requires('points:convert')
  @Answers(200, ConversionView, 'A conversion and how it stands.')
  async conversion(@Param('id') id: string, @CalledBy() caller: Caller): Promise<ConversionView> {
    return this.desk.conversion(id, caller);
  }
}
