import { Body, Controller, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { IdempotencyKey, RequestId } from '../platform/http/request.decorator.js';
import { AlsoAnswers, Answers } from '../platform/http/route.decorator.js';
import { AdjustmentDesk } from './adjustment-desk.service.js';
import { RenewPoints } from './adjustments.requests.js';
import { AdjustmentView, ApprovalView } from './adjustments.views.js';

/** Points that went come back, or some go later: by staff, as adjustments are made. */
@ApiTags('Adjustments')
@Controller('v1/members/:id')
export class RenewalsController {
  constructor(@Inject(AdjustmentDesk) private readonly desk: AdjustmentDesk) {}

  /** 202 says that nothing is posted before a second person approves. */
  @Post('reinstatements')
  @Requires('adjustments:write')
  @Answers(201, AdjustmentView, 'Brings back points that went, until a later day.')
  @AlsoAnswers(202, ApprovalView)
  async reinstate(
    @Param('id') id: string,
    @Body() renewal: RenewPoints,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdjustmentView | ApprovalView> {
    const request = { caller, idempotencyKey, requestId };
    return this.desk.renew(id, 'reinstate', renewal, request, reply);
  }

  /** 202 says that nothing is posted before a second person approves. */
  @Post('extensions')
  @Requires('adjustments:write')
  @Answers(201, AdjustmentView, 'Lets points go later than they would; those that go first.')
  @AlsoAnswers(202, ApprovalView)
  async extend(
    @Param('id') id: string,
    @Body() renewal: RenewPoints,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdjustmentView | ApprovalView> {
    const request = { caller, idempotencyKey, requestId };
    return this.desk.renew(id, 'extend', renewal, request, reply);
  }
}
