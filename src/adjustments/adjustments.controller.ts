import { Body, Controller, Get, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { IdempotencyKey, RequestId } from '../platform/http/request.decorator.js';
import { AlsoAnswers, Answers } from '../platform/http/route.decorator.js';
import { AdjustmentDesk } from './adjustment-desk.service.js';
import { RequestAdjustment } from './adjustments.requests.js';
import { AdjustmentView, ApprovalView } from './adjustments.views.js';

@ApiTags('Adjustments')
@Controller('v1/adjustments')
export class AdjustmentsController {
  constructor(@Inject(AdjustmentDesk) private readonly desk: AdjustmentDesk) {}

  /** 202 says that nothing is posted before a second person approves. */
  @Post()
  @Requires('adjustments:write')
  @Answers(201, AdjustmentView, 'Gives or takes points, with a reason and within limits.')
  @AlsoAnswers(202, ApprovalView)
  async request(
    @Body() adjustment: RequestAdjustment,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdjustmentView | ApprovalView> {
    return this.desk.request(adjustment, { caller, idempotencyKey, requestId }, reply);
  }

  @Get(':id')
  @Requires('adjustments:read')
  @Answers(200, AdjustmentView, 'An adjustment by the id of its posting, with its note.')
  async adjustment(@Param('id') id: string): Promise<AdjustmentView> {
    return this.desk.adjustment(id);
  }
}
