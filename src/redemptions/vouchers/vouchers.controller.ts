import { Body, Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { LimitsGuesses } from '../../access/guesses/guesses.decorator.js';
import { Requires } from '../../access/requires.decorator.js';
import { IdempotencyKey, RequestId } from '../../platform/http/request.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { markReplay } from '../../programmes/decide.js';
import { UseVoucher } from './vouchers.requests.js';
import { VouchersService } from './vouchers.service.js';
import { VoucherView } from './vouchers.views.js';

/** Vouchers at the till of whoever takes them. */
@ApiTags('Redemptions')
@Controller('v1/vouchers')
export class VouchersController {
  constructor(@Inject(VouchersService) private readonly vouchers: VouchersService) {}

  @Get(':code')
  @Requires('vouchers:use')
  @LimitsGuesses('vouchers', 'unknown_voucher')
  @Answers(200, VoucherView, 'What a voucher is worth and whether it can be used; it is not used.')
  async look(@Param('code') code: string, @CalledBy() caller: Caller): Promise<VoucherView> {
    return this.vouchers.look(code, caller);
  }

  @Post(':code/use')
  @Requires('vouchers:use')
  @LimitsGuesses('vouchers', 'unknown_voucher')
  @Answers(200, VoucherView, 'Uses a voucher up, once.')
  async use(
    @Param('code') code: string,
    @Body() body: UseVoucher,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VoucherView> {
    const request = { caller, idempotencyKey, requestId };
    const posted = await this.vouchers.use(code, body, request);
    markReplay(posted, reply);
    return this.vouchers.used(posted, caller);
  }
}
