import { Body, Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { parsePublicId } from '../ledger/address.js';
import { answerOf } from '../ledger/command.js';
import { DomainError } from '../platform/http/domain-error.js';
import { IdempotencyKey, RequestId } from '../platform/http/request.decorator.js';
import { Answers } from '../platform/http/route.decorator.js';
import { answered, storedRefusal } from '../programmes/decide.js';
import { ProgrammeBookService } from '../programmes/programme-book.service.js';
import { AccrualService } from './accrual.service.js';
import { AccrualView, PurchaseView, accrualView, purchaseView } from './accrual.views.js';
import { PurchasesQueries } from './purchases.queries.js';
import { RecordPurchase } from './purchases.requests.js';

@ApiTags('Purchases')
@Controller('v1/purchases')
export class PurchasesController {
  constructor(
    @Inject(AccrualService) private readonly accrual: AccrualService,
    @Inject(PurchasesQueries) private readonly purchases: PurchasesQueries,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
  ) {}

  @Post()
  @Requires('purchases:write')
  @Answers(201, AccrualView, 'Books a purchase; its points, why, and where the member stands.')
  async record(
    @Body() purchase: RecordPurchase,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccrualView> {
    const posted = await this.accrual.record(purchase, { caller, requestId, idempotencyKey });
    const { versionNo } = answered(posted, reply);
    return accrualView(posted, this.programmes.version(versionNo), false);
  }

  @Post('preview')
  @Requires('purchases:write')
  @Answers(200, AccrualView, 'What posting the purchase would answer now; nothing is booked.')
  async preview(
    @Body() purchase: RecordPurchase,
    @CalledBy() caller: Caller,
    @RequestId() requestId: string,
  ): Promise<AccrualView> {
    const posted = await this.accrual.preview(purchase, caller, requestId);
    const refusal = storedRefusal(posted);
    if (refusal !== undefined) throw refusal;
    return accrualView(posted, this.programmes.version(answerOf(posted).versionNo), true);
  }

  @Get(':id')
  @Requires('purchases:read')
  @Answers(200, PurchaseView, 'A purchase as posted, for its retailer and for staff.')
  async purchase(@Param('id') id: string, @CalledBy() caller: Caller): Promise<PurchaseView> {
    const address = parsePublicId('pur', id);
    const purchase = address === undefined ? undefined : await this.purchases.purchase(address);
    const isMine = caller.kind === 'user' || purchase?.retailer === caller.retailer;
    if (address === undefined || purchase === undefined || !isMine) {
      throw new DomainError('not_found', 'There is no such purchase.');
    }
    return purchaseView(address, purchase);
  }
}
