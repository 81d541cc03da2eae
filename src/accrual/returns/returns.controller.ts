import { Body, Controller, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { IdempotencyKey, RequestId } from '../../platform/http/request.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { markReplay } from '../../programmes/decide.js';
import { ReturnPurchase } from './returns.requests.js';
import { ReturnsService } from './returns.service.js';
import { ReturnView } from './returns.views.js';

const which = 'The id of the purchase, or `ref:` and the reference it was posted with.';

@ApiTags('Purchases')
@Controller('v1/purchases')
export class ReturnsController {
  constructor(@Inject(ReturnsService) private readonly returns: ReturnsService) {}

  @Post(':id/returns')
  @Requires('returns:write')
  @ApiParam({ name: 'id', description: which })
  @Answers(201, ReturnView, 'Takes back what a purchase accrued, as awarded, and says why.')
  async record(
    @Param('id') id: string,
    @Body() request: ReturnPurchase,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReturnView> {
    const posted = await this.returns.record(id, request, { caller, requestId, idempotencyKey });
    markReplay(posted, reply);
    return this.returns.view(posted, false);
  }

  @Post(':id/returns/preview')
  @Requires('returns:write')
  @ApiParam({ name: 'id', description: which })
  @Answers(200, ReturnView, 'What returning would cost the member now; nothing is booked.')
  async preview(
    @Param('id') id: string,
    @Body() request: ReturnPurchase,
    @CalledBy() caller: Caller,
    @RequestId() requestId: string,
  ): Promise<ReturnView> {
    return this.returns.preview(id, request, { caller, requestId });
  }
}
