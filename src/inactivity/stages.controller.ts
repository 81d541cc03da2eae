import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { memberOf } from '../members/own-member.js';
import { Answers } from '../platform/http/route.decorator.js';
import { Rated } from '../platform/throttle/rated.decorator.js';
import { StagePage } from './stages.requests.js';
import { StagesService } from './stages.service.js';
import {
  MembersReportView,
  membersReportView,
  MemberStageView,
  memberStageView,
  StageMembersView,
} from './stages.views.js';

/** Who is still there: members by how long nothing was heard of them. */
@ApiTags('Members')
@Controller('v1')
export class StagesController {
  constructor(@Inject(StagesService) private readonly stages: StagesService) {}

  @Get('members/:id/stage')
  @Requires('notices:read')
  @Answers(200, MemberStageView, 'Whether a member is active, at risk, dormant or closed.')
  async of(@Param('id') id: string): Promise<MemberStageView> {
    return memberStageView(await this.stages.of(id));
  }

  @Get('me/stage')
  @Requires('me:read')
  @Answers(200, MemberStageView, 'The same, for the member.')
  async own(@CalledBy() caller: Caller): Promise<MemberStageView> {
    return memberStageView(await this.stages.of(memberOf(caller)));
  }

  @Get('reports/members')
  @Requires('segments:read')
  @Rated('heavy')
  @Answers(200, MembersReportView, 'How many members are active, and of the others how many.')
  async report(): Promise<MembersReportView> {
    return membersReportView(await this.stages.report());
  }

  @Get('reports/members/:stage')
  @Requires('segments:read')
  @Rated('heavy')
  @Answers(200, StageMembersView, 'Ids of the members in a stage.')
  async members(
    @Param('stage') stage: string,
    @Query() page: StagePage,
  ): Promise<StageMembersView> {
    const { cursor, limit } = page;
    const { members, next } = await this.stages.members(stage, { cursor, limit });
    return { members, next: next ?? null };
  }
}
