import { Body, Controller, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { IdempotencyKey, RequestId } from '../../platform/http/request.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { answered } from '../../programmes/decide.js';
import { ClearWithheld } from './clearances.requests.js';
import { ClearancesService } from './clearances.service.js';
import { clearanceView, ClearanceView } from './clearances.views.js';

/** Points that a guard withholds are let go before their time. */
@ApiTags('Adjustments')
@Controller('v1/postings')
export class ClearancesController {
  constructor(@Inject(ClearancesService) private readonly clearances: ClearancesService) {}

  @Post(':id/clearance')
  @Requires('withheld:clear')
  @Answers(201, ClearanceView, 'Lets points of an event go that a guard of velocity withholds.')
  async clear(
    @Param('id') id: string,
    @Body() { reason }: ClearWithheld,
    @CalledBy() caller: Caller,
    @IdempotencyKey() idempotencyKey: string,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ClearanceView> {
    const request = { caller, idempotencyKey, requestId };
    return clearanceView(answered(await this.clearances.clear(id, reason, request), reply));
  }
}
