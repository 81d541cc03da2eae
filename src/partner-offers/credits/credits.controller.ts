import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { formatted } from '../settlement/formatted.views.js';
import { SettlementFormat } from '../settlement/settlement.requests.js';
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
    const asked = { format, accept, file: `${code}-${period}` };
    return formatted(reply, asked, {
      view,
      table: () => csvOf([[...creditColumns], ...creditRows(view)]),
      page: () => creditPage(view, report.programme.name),
    });
  }
}
