import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { pagePolicy } from '../settlement/page.js';
import { formatOf, SettlementFormat } from '../settlement/settlement.requests.js';
import { csvOf } from '../settlement/table.js';
import { CreditsService } from './credits.service.js';
import {
  creditColumns,
  creditPage,
  creditRows,
  creditsView,
  CreditsView,
} from './credits.views.js';

@ApiTags('Partners')
@Controller('v1/partners/:code/credits')
export class CreditsController {
  constructor(@Inject(CreditsService) private readonly credits: CreditsService) {}

  @Get(':period')
  @Requires('partners:read')
  @Answers(200, CreditsView, "What an agent's sales of a month earned members.")
  @ApiProduces('application/json', 'text/csv', 'text/html')
  async report(
    @Param('code') code: string,
    @Param('period') period: string,
    @Query() { format }: SettlementFormat,
    @Headers('accept') accept: string | undefined,
    @CalledBy() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<CreditsView | string> {
    const report = await this.credits.report(code, period, caller);
    const view = creditsView(report);
    reply.header('vary', 'accept');
    switch (format ?? formatOf(accept)) {
      case 'json':
        return view;
      case 'csv':
        reply.type('text/csv; charset=utf-8; header=present');
        reply.header('content-disposition', `attachment; filename="${code}-${period}.csv"`);
        return csvOf([[...creditColumns], ...creditRows(view)]);
      case 'html':
        reply.type('text/html; charset=utf-8');
        reply.header('content-security-policy', pagePolicy);
        return creditPage(view, report.programme.name);
    }
  }
}
