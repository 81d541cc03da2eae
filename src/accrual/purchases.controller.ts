import { Body, Controller, Get, HttpCode, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { parsePublicId } from '../ledger/address.js';
import { answerOf } from '../ledger/command.js';
import { DomainError } from '../platform/http/domain-error.js';
import { IdempotencyKey, RequestId } from '../platform/http/request.decorator.js';
import { storedRefusal } from '../programmes/decide.js';
import { ProgrammeBookService } from '../programmes/programme-book.service.js';
import { AccrualService } from './accrual.service.js';
import { accrualView, type AccrualView } from './accrual.views.js';
import { PurchasesQueries, type StoredPurchase } from './purchases.queries.js';
import { RecordPurchase } from './purchases.requests.js';

@ApiTags('Purchases')
@Controller('v1/purchases')
export class PurchasesController {
  constructor(
    @Inject(AccrualService) private readonly accrual: AccrualService,
    @Inject(PurchasesQueries) private readonly purchases: PurchasesQueries,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
  ) {}

  /** Books a purchase and answers with its points, why, and where the member stands. */
  @Post()
  @Requires('purchases:write')
  async record(
    @Body() purchase: RecordPurchase,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccrualView> {
    const posted = await this.accrual.record(purchase, { caller, requestId, idempotencyKey });
    if (posted.replayed) void reply.header('Idempotency-Replayed', 'true');
    const refusal = storedRefusal(posted);
    if (refusal !== undefined) throw refusal;
    return accrualView(posted, this.programmes.version(answerOf(posted).versionNo), false);
  }

  /** The answer `POST /v1/purchases` would give now; nothing is booked. */
  @Post('preview')
  @HttpCode(200)
  @Requires('purchases:write')
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

  /** A purchase as its retailer posted it, for that retailer and for staff. */
  @Get(':id')
  @Requires('purchases:read')
  async purchase(
    @Param('id') id: string,
    @CalledBy() caller: Caller,
  ): Promise<{ id: string; member: string } & StoredPurchase> {
    const address = parsePublicId('pur', id);
    const purchase = address === undefined ? undefined : await this.purchases.purchase(address);
    const isMine = caller.kind === 'user' || purchase?.retailer === caller.retailer;
    if (address === undefined || purchase === undefined || !isMine) {
      throw new DomainError('not_found', 'There is no such purchase.');
    }
    return { id, member: address.memberId, ...purchase };
  }
}
