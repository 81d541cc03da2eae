import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Requires } from '../../access/requires.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { Rated } from '../../platform/throttle/rated.decorator.js';
import { SegmentPage } from './segments.requests.js';
import { SegmentsService } from './segments.service.js';
import { SegmentMembersView, SegmentsView, segmentsView } from './segments.views.js';

/** Segments of the version in force, counted as members are now. */
@ApiTags('Segments')
@Controller('v1/segments')
export class SegmentsController {
  constructor(@Inject(SegmentsService) private readonly segments: SegmentsService) {}

  @Get()
  @Requires('segments:read')
  @Rated('heavy')
  @Answers(200, SegmentsView, 'Every segment with how many members it has now.')
  async all(): Promise<SegmentsView> {
    return segmentsView(await this.segments.counts());
  }

  @Get(':code/members')
  @Requires('segments:read')
  @Rated('heavy')
  @Answers(200, SegmentMembersView, 'Ids of the members a segment has now.')
  async members(
    @Param('code') code: string,
    @Query() page: SegmentPage,
  ): Promise<SegmentMembersView> {
    const { members, next } = await this.segments.members(code, page);
    return { members, next: next ?? null };
  }
}
