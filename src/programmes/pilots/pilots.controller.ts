import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { Rated } from '../../platform/throttle/rated.decorator.js';
import { versionNo } from './publishing.js';
import { EndPilot } from './pilots.requests.js';
import { PilotsService } from './pilots.service.js';
import { PilotOutcomeView, PilotView, pilotOutcomeView, pilotView } from './pilots.views.js';

/** Versions that are for some members or locations first. */
@ApiTags('Programme')
@Controller('v1/programme/pilots')
export class PilotsController {
  constructor(@Inject(PilotsService) private readonly pilots: PilotsService) {}

  @Get(':no')
  @Requires('programme:read')
  @Rated('heavy')
  @Answers(200, PilotOutcomeView, 'A pilot, with what was bought inside and outside of it.')
  async outcome(@Param('no') no: string): Promise<PilotOutcomeView> {
    return pilotOutcomeView(await this.pilots.outcome(versionNo(no)));
  }

  @Post(':no/promote')
  @HttpCode(200)
  @Requires('programme:publish')
  @Answers(200, PilotView, 'Ends a pilot: its version is for all from then on.')
  async promote(
    @Param('no') no: string,
    @Body() { effectiveAt }: EndPilot,
    @CalledBy() caller: Caller,
  ): Promise<PilotView> {
    const end = { effectiveAt, by: caller.actor };
    return pilotView(await this.pilots.end(versionNo(no), 'promoted', end));
  }

  @Post(':no/withdraw')
  @HttpCode(200)
  @Requires('programme:publish')
  @Answers(200, PilotView, 'Ends a pilot: its version is for nobody from then on.')
  async withdraw(
    @Param('no') no: string,
    @Body() { effectiveAt }: EndPilot,
    @CalledBy() caller: Caller,
  ): Promise<PilotView> {
    const end = { effectiveAt, by: caller.actor };
    return pilotView(await this.pilots.end(versionNo(no), 'withdrawn', end));
  }
}
