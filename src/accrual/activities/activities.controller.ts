import { Body, Controller, Inject, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { IdempotencyKey, RequestId } from '../../platform/http/request.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { answered } from '../../programmes/decide.js';
import { ProgrammeBookService } from '../../programmes/programme-book.service.js';
import { AccrualView, accrualView } from '../accrual.views.js';
import { RecordActivity } from './activities.requests.js';
import { ActivitiesService } from './activities.service.js';

@ApiTags('Purchases')
@Controller('v1/activities')
export class ActivitiesController {
  constructor(
    @Inject(ActivitiesService) private readonly activities: ActivitiesService,
    @Inject(ProgrammeBookService) private readonly programmes: ProgrammeBookService,
  ) {}

  @Post()
  @Requires('purchases:write')
  @Answers(201, AccrualView, 'Books a visit, deposit, review, survey, profile or meter reading.')
  async record(
    @Body() activity: RecordActivity,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AccrualView> {
    const posted = await this.activities.record(activity, { caller, requestId, idempotencyKey });
    const programme = this.programmes.version(answered(posted, reply).versionNo);
    return Object.assign(accrualView(posted, programme, false), { purchase: null });
  }
}
