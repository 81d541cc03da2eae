import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { pageOf, pagePolicy } from './page.js';
import { formatOf, SettlementFormat } from './settlement.requests.js';
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
    reply.header('vary', 'accept');
    switch (format ?? formatOf(accept)) {
      case 'json':
        return view;
      case 'csv':
        reply.type('text/csv; charset=utf-8; header=present');
        reply.header('content-disposition', `attachment; filename="${code}-${period}.csv"`);
        return csvOf([[...columns], ...rowsOf(view)]);
      case 'html':
        reply.type('text/html; charset=utf-8');
        reply.header('content-security-policy', pagePolicy);
        return pageOf(view, settlement.programme.name);
    }
  }
}
