import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { FreezesQueries } from '../members/freezes/freezes.queries.js';
import { RequestId } from '../platform/http/request.decorator.js';
import { Answers } from '../platform/http/route.decorator.js';
import { Unfreeze } from './freezes.requests.js';
import { FreezesView, freezesView, UnfrozenView } from './freezes.views.js';
import { Freezing } from './freezing.service.js';

const OPEN_MAX = 1_000;

/** Members whose spending is stopped. */
@ApiTags('Reconciliation')
@Controller('v1')
export class FreezesController {
  constructor(
    @Inject(FreezesQueries) private readonly freezes: FreezesQueries,
    @Inject(Freezing) private readonly freezing: Freezing,
  ) {}

  @Get('freezes')
  @Requires('jobs:read')
  @Answers(200, FreezesView, 'Members who may not spend, and what differs.')
  async open(): Promise<FreezesView> {
    return freezesView(await this.freezes.open(OPEN_MAX));
  }

  @Post('members/:id/unfreeze')
  @HttpCode(200)
  @Requires('spending:unfreeze')
  @Answers(200, UnfrozenView, 'Lets a member spend again.')
  async unfreeze(
    @Param('id') id: string,
    @Body() { reason }: Unfreeze,
    @CalledBy() caller: Caller,
    @RequestId() requestId: string,
  ): Promise<UnfrozenView> {
    await this.freezing.unfreeze(id, reason, { caller, requestId });
    return { member: id };
  }
}
