import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { Answers } from '../../platform/http/route.decorator.js';
import { JobDesk } from './job-desk.service.js';
import { ForeseeQuery, RunsQuery, StartRun } from './jobs.requests.js';
import {
  ForeseenListView,
  foreseenView,
  JobRunsView,
  jobRunView,
  JobRunView,
  JobsView,
  jobView,
  JobView,
} from './jobs.views.js';

const PAGE = 50;
const NEWEST = 2_147_483_647;

/** What runs by itself: seen, tried, started, paused. */
@ApiTags('Jobs')
@Controller('v1/jobs')
export class JobsController {
  constructor(@Inject(JobDesk) private readonly desk: JobDesk) {}

  @Get()
  @Requires('jobs:read')
  @Answers(200, JobsView, 'What runs by itself, when it is due, and whether it is late.')
  async list(): Promise<JobsView> {
    return { jobs: (await this.desk.list()).map(jobView) };
  }

  @Get(':name/runs')
  @Requires('jobs:read')
  @Answers(200, JobRunsView, 'Runs of a job, newest first.')
  async runs(
    @Param('name') name: string,
    @Query() { before = NEWEST, limit = PAGE }: RunsQuery,
  ): Promise<JobRunsView> {
    const runs = await this.desk.history(name, before, limit);
    const next = runs.length < limit ? null : (runs.at(-1)?.no ?? null);
    return { runs: runs.map(jobRunView), next };
  }

  @Post(':name/runs')
  @Requires('jobs:run')
  @Answers(202, JobRunView, 'Begins a run of a job by hand.')
  async start(
    @Param('name') name: string,
    @Body() { asOf }: StartRun,
    @CalledBy() { actor }: Caller,
  ): Promise<JobRunView> {
    const instant = asOf === undefined ? undefined : Date.parse(asOf);
    return jobRunView(await this.desk.start(name, instant, actor));
  }

  @Get(':name/preview')
  @Requires('jobs:read')
  @Answers(200, ForeseenListView, 'What a run of a job would do and to whom; writes nothing.')
  async preview(
    @Param('name') name: string,
    @Query() { asOf, cursor, limit = PAGE }: ForeseeQuery,
  ): Promise<ForeseenListView> {
    const instant = asOf === undefined ? undefined : Date.parse(asOf);
    return foreseenView(await this.desk.foresee(name, instant, { cursor, limit }));
  }

  @Post(':name/pause')
  @HttpCode(200)
  @Requires('jobs:run')
  @Answers(200, JobView, 'Pauses a job on every server once the parts under way are done.')
  async pause(@Param('name') name: string, @CalledBy() { actor }: Caller): Promise<JobView> {
    return jobView(await this.desk.pause(name, actor));
  }

  @Post(':name/resume')
  @HttpCode(200)
  @Requires('jobs:run')
  @Answers(200, JobView, 'Lets a paused job go on, and catch up on the days it missed.')
  async resume(@Param('name') name: string, @CalledBy() { actor }: Caller): Promise<JobView> {
    return jobView(await this.desk.resume(name, actor));
  }
}
