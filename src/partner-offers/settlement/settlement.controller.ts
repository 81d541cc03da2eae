import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { formatted } from './formatted.views.js';
import { pageOf } from './page.js';
import { SettlementFormat } from './settlement.requests.js';
import { SettlementService } from './settlement.service.js';
import { settlementView, SettlementView } from './settlement.views.js';
import { columns, csvOf, rowsOf } from './table.js';

@ApiTags('Partners')
@Controller('v1/partners/:code/settlements')
export class SettlementController {
  constructor(@Inject(SettlementService) private readonly settlements: SettlementService) {}

  @Get(':period')
  @Requires('partners:read')
  @Answers(200, SettlementView, 'What a partner and the programme owe each other for a month.')
  @ApiProduces('application/json', 'text/csv', 'text/html')
  async statement(
    @Param('code') code: string,
    @Param('period') period: string,
    @Query() { format }: SettlementFormat,
    @Headers('accept') accept: string | undefined,
    @CalledBy() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SettlementView | string> {
    const settlement = await this.settlements.statement(code, period, caller);
    const view = settlementView(settlement);
    const asked = { format, accept, file: `${code}-${period}` };
    return formatted(reply, asked, {
      view,
      table: () => csvOf([[...columns], ...rowsOf(view)]),
      page: () => pageOf(view, settlement.programme.name),
    });
  }
}
