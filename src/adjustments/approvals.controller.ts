import { Controller, Get, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { IdempotencyKey, RequestId } from '../platform/http/request.decorator.js';
import { Answers } from '../platform/http/route.decorator.js';
import { AdjustmentDesk } from './adjustment-desk.service.js';
import { ApprovalPage } from './adjustments.requests.js';
import { AdjustmentView, ApprovalsView, ApprovalView } from './adjustments.views.js';

/** What one person may not adjust alone. */
@ApiTags('Adjustments')
@Controller('v1/approvals')
export class ApprovalsController {
  constructor(@Inject(AdjustmentDesk) private readonly desk: AdjustmentDesk) {}

  @Get()
  @Requires('adjustments:read')
  @Answers(200, ApprovalsView, 'Adjustments that need a second person, newest first.')
  async page(@Query() page: ApprovalPage): Promise<ApprovalsView> {
    return this.desk.page(page);
  }

  @Get(':id')
  @Requires('adjustments:read')
  @Answers(200, ApprovalView, 'What was asked for, and what became of it.')
  async approval(@Param('id') id: string): Promise<ApprovalView> {
    return this.desk.approval(id);
  }

  @Post(':id/approve')
  @Requires('adjustments:approve')
  @Answers(200, AdjustmentView, 'Posts the adjustment, under the limits of this moment.')
  async approve(
    @Param('id') id: string,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdjustmentView> {
    return this.desk.approve(id, { caller, idempotencyKey, requestId }, reply);
  }

  @Post(':id/reject')
  @Requires('adjustments:approve')
  @Answers(200, ApprovalView, 'Says no; nothing is posted.')
  async reject(
    @Param('id') id: string,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ApprovalView> {
    return this.desk.reject(id, { caller, idempotencyKey, requestId }, reply);
  }
}
