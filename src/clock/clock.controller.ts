import { Body, Controller, Get, Inject, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { Answers } from '../platform/http/route.decorator.js';
import type { ClockReading } from './clock.queries.js';
import { MoveClock } from './clock.requests.js';
import { ClockService } from './clock.service.js';
import { ClockView } from './clock.views.js';

/** For trying things out; a server without `TEST_CLOCK` does not have it. */
@ApiTags('Test clock')
@Controller('v1/test-clock')
export class ClockController {
  constructor(@Inject(ClockService) private readonly clock: ClockService) {}

  @Get()
  @Requires('clock:move')
  @Answers(200, ClockView, 'The time the programme goes by.')
  async read(): Promise<ClockView> {
    return clockView(await this.clock.read());
  }

  @Put()
  @Requires('clock:move')
  @Answers(200, ClockView, 'Moves the time of the whole programme forward.')
  async move(@Body() { now }: MoveClock, @CalledBy() caller: Caller): Promise<ClockView> {
    return clockView(await this.clock.moveTo(Date.parse(now), caller.actor));
  }
}

const clockView = ({ now, aheadMs }: ClockReading): ClockView => ({
  now: new Date(now).toISOString(),
  aheadMs,
});
