import { Body, Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { IdempotencyKey, RequestId } from '../../platform/http/request.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { answered } from '../../programmes/decide.js';
import { SellPoints } from './sales.requests.js';
import { SalesService } from './sales.service.js';
import { SaleTermsView, saleView, SaleView } from './sales.views.js';

@ApiTags('Points bought')
@Controller('v1')
export class SalesController {
  constructor(@Inject(SalesService) private readonly sales: SalesService) {}

  @Get('point-sales/terms')
  @Requires('rewards:read')
  @Answers(200, SaleTermsView, 'What points cost now, one by one and in packages.')
  async terms(): Promise<SaleTermsView> {
    return this.sales.terms();
  }

  @Get('me/point-sales/terms')
  @Requires('me:read')
  @Answers(200, SaleTermsView, 'What points cost now, one by one and in packages.')
  async ownTerms(): Promise<SaleTermsView> {
    return this.sales.terms();
  }

  @Post('point-sales')
  @Requires('points:sell')
  @Answers(201, SaleView, 'Sells points to a member, for money that the retailer has taken.')
  async sell(
    @Body() asked: SellPoints,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SaleView> {
    const posted = await this.sales.sell(asked, { caller, idempotencyKey, requestId });
    return saleView(answered(posted, reply));
  }

  @Post('point-sales/:id/refund')
  @Requires('points:sell')
  @Answers(201, SaleView, 'Takes all points of a sale back, while none of them is spent.')
  async refund(
    @Param('id') id: string,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SaleView> {
    const posted = await this.sales.refund(id, { caller, idempotencyKey, requestId });
    return saleView(answered(posted, reply));
  }
}
