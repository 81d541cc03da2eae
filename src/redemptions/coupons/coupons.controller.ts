import { Readable } from 'node:stream';
import { Body, Controller, Get, Inject, Post, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { LimitsGuesses } from '../../access/guesses/guesses.decorator.js';
import { Requires } from '../../access/requires.decorator.js';
import { MembersService } from '../../members/members.service.js';
import { memberOf } from '../../members/own-member.js';
import { IdempotencyKey, RequestId } from '../../platform/http/request.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { Rated } from '../../platform/throttle/rated.decorator.js';
import { answered } from '../../programmes/decide.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import type { RedemptionRequest } from '../redemption-command.reader.js';
import { CouponBatchesService, type Batch } from './coupon-batches.service.js';
import { CouponBatchPage, MakeCoupons, RedeemCoupon, RedeemOwnCoupon } from './coupons.requests.js';
import { CouponsService } from './coupons.service.js';
import {
  CouponBatchesView,
  CouponCodeView,
  RedeemedCouponView,
  redeemedCouponView,
} from './coupons.views.js';

@ApiTags('Coupons')
@Controller('v1')
export class CouponsController {
  constructor(
    @Inject(CouponsService) private readonly coupons: CouponsService,
    @Inject(CouponBatchesService) private readonly batches: CouponBatchesService,
    @Inject(MembersService) private readonly members: MembersService,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
  ) {}

  /** A reader that is slow slows the making, so memory stays bounded. */
  @Post('coupons/batches')
  @Requires('coupons:make')
  @Rated('heavy')
  @Answers(
    200,
    CouponCodeView,
    'Makes coupons to hand out, one code a line.',
    'application/x-ndjson',
  )
  async make(@Body() wanted: MakeCoupons, @CalledBy() { actor }: Caller): Promise<StreamableFile> {
    const batch = await this.batches.begin(wanted, actor);
    return new StreamableFile(Readable.from(this.lines(batch)));
  }

  @Get('coupons/batches')
  @Requires('coupons:make')
  @Rated('heavy')
  @Answers(200, CouponBatchesView, 'What coupons were made, and how many of them are used.')
  async page(@Query() page: CouponBatchPage): Promise<CouponBatchesView> {
    return this.batches.page(page);
  }

  @Post('coupons/redeem')
  @Requires('purchases:write')
  @LimitsGuesses('vouchers', 'unknown_coupon')
  @Answers(201, RedeemedCouponView, 'Gives a member what a coupon is worth, once.')
  async redeem(
    @Body() { member, code }: RedeemCoupon,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RedeemedCouponView> {
    const memberId = await this.members.resolve(member, caller);
    return this.give(memberId, code, { caller, idempotencyKey, requestId }, reply);
  }

  @Post('me/coupons/redeem')
  @Requires('me:redeem')
  @LimitsGuesses('vouchers', 'unknown_coupon')
  @Answers(201, RedeemedCouponView, 'Gives the member what a coupon is worth, once.')
  async redeemOwn(
    @Body() { code }: RedeemOwnCoupon,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RedeemedCouponView> {
    return this.give(memberOf(caller), code, { caller, idempotencyKey, requestId }, reply);
  }

  private async give(
    memberId: string,
    code: string,
    request: RedemptionRequest,
    reply: FastifyReply,
  ): Promise<RedeemedCouponView> {
    const posted = await this.coupons.redeem(memberId, code, request);
    const { versionNo } = answered(posted, reply);
    return redeemedCouponView(posted, this.programmes.version(versionNo));
  }

  private async *lines(batch: Batch): AsyncGenerator<string> {
    for await (const codes of this.batches.codesOf(batch)) {
      yield codes.map((code) => `${JSON.stringify({ code } satisfies CouponCodeView)}\n`).join('');
    }
  }
}
