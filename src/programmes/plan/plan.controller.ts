import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Requires } from '../../access/requires.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { Rated } from '../../platform/throttle/rated.decorator.js';
import { CompareVersions, PlanDocument } from './plan.requests.js';
import { PlanService } from './plan.service.js';
import { DiffView, PlanView, diffView, planView } from './plan.views.js';

/** Nothing here writes anything. */
@ApiTags('Programme')
@Controller('v1/programme')
export class PlanController {
  constructor(@Inject(PlanService) private readonly plans: PlanService) {}

  @Get('diff')
  @Requires('programme:read')
  @Answers(200, DiffView, 'What changed between two versions, or a version and the draft.')
  async diff(@Query() { from = 'live', to = 'draft' }: CompareVersions): Promise<DiffView> {
    return diffView(await this.plans.diff(from, to));
  }

  @Get('draft/plan')
  @Requires('programme:edit')
  @Rated('heavy')
  @Answers(200, PlanView, 'What publishing the draft would change, and for how many members.')
  async planDraft(): Promise<PlanView> {
    return planView(await this.plans.planDraft());
  }

  @Post('plan')
  @Requires('programme:edit')
  @Rated('heavy')
  @Answers(200, PlanView, 'What publishing a document would change; nothing is written.')
  async plan(@Body() { document }: PlanDocument): Promise<PlanView> {
    return planView(await this.plans.plan(document));
  }
}
