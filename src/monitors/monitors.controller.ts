import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Requires } from '../access/requires.decorator.js';
import { DomainError } from '../platform/http/domain-error.js';
import { Answers } from '../platform/http/route.decorator.js';
import { MonitorsDesk } from './monitors-desk.service.js';
import { MonitorHistoryQuery, MonitorsQuery } from './monitors.requests.js';
import { MonitorsView } from './monitors.views.js';
import { isMonitor } from './judging/kinds.js';

const PAGE = 100;

/** What members and staff do that a programme should not bring about. */
@ApiTags('Monitors')
@Controller('v1/monitors')
export class MonitorsController {
  constructor(@Inject(MonitorsDesk) private readonly desk: MonitorsDesk) {}

  @Get()
  @Requires('monitors:read')
  @Answers(
    200,
    MonitorsView,
    'What each monitor found in its last night, by rule, offer and others.',
  )
  async latest(@Query() query: MonitorsQuery): Promise<MonitorsView> {
    return { items: await this.desk.latest(query) };
  }

  @Get(':monitor/history')
  @Requires('monitors:read')
  @Answers(200, MonitorsView, 'What a monitor found of one subject night by night, newest first.')
  async history(
    @Param('monitor') monitor: string,
    @Query() { subject, limit = PAGE }: MonitorHistoryQuery,
  ): Promise<MonitorsView> {
    if (!isMonitor(monitor)) throw new DomainError('not_found', 'There is no such monitor.');
    return { items: await this.desk.history(monitor, subject, limit) };
  }
}
