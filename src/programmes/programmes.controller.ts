import { Body, Controller, Get, HttpStatus, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { AlsoAnswers, Answers } from '../platform/http/route.decorator.js';
import { Rated } from '../platform/throttle/rated.decorator.js';
import { pilotTerms, PublishVersion, RestoreVersion } from './programmes.requests.js';
import { ProgrammesService, type Published } from './programmes.service.js';
import { versionNo } from './pilots/publishing.js';
import {
  ProgrammeView,
  PublishedView,
  VersionsView,
  programmeView,
  publishedView,
  versionView,
} from './views/programmes.views.js';

@ApiTags('Programme')
@Controller('v1/programme')
export class ProgrammesController {
  constructor(@Inject(ProgrammesService) private readonly programmes: ProgrammesService) {}

  @Get()
  @Requires('programme:read')
  @Answers(200, ProgrammeView, 'The programme in force now.')
  async live(): Promise<ProgrammeView> {
    return programmeView(await this.programmes.live(), await this.programmes.moment());
  }

  @Get('versions')
  @Requires('programme:read')
  @Answers(200, VersionsView, 'Every version, newest first; one may start in the future.')
  async versions(): Promise<VersionsView> {
    const moment = await this.programmes.moment();
    const versions = await this.programmes.versions();
    return { items: versions.map((version) => versionView(version, moment)) };
  }

  @Get('versions/:no')
  @Requires('programme:read')
  @Answers(200, ProgrammeView, 'A version by its number, with its document.')
  async version(@Param('no') no: string): Promise<ProgrammeView> {
    return programmeView(
      await this.programmes.version(versionNo(no)),
      await this.programmes.moment(),
    );
  }

  /** 200 instead of 201 says that the newest version is this very document. */
  @Post('versions')
  @Requires('programme:publish')
  @Rated('heavy')
  @Answers(201, PublishedView, 'Publishes a document as the next version.')
  @AlsoAnswers(200, PublishedView)
  async publish(
    @Body() { document, effectiveAt, after, pilot }: PublishVersion,
    @CalledBy() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublishedView> {
    const terms = { pilot: pilotTerms(pilot), at: '/document' };
    const publication = { effectiveAt, after, by: caller.actor, ...terms };
    return this.answer(await this.programmes.publish(document, publication), reply);
  }

  /** Pointers of a refusal are those of the restored document. */
  @Post('versions/:no/restore')
  @Requires('programme:publish')
  @Rated('heavy')
  @Answers(201, PublishedView, "Publishes an earlier version's document as the next version.")
  @AlsoAnswers(200, PublishedView)
  async restore(
    @Param('no') no: string,
    @Body() { effectiveAt, after, pilot }: RestoreVersion,
    @CalledBy() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublishedView> {
    const publication = { effectiveAt, after, by: caller.actor, pilot: pilotTerms(pilot) };
    return this.answer(await this.programmes.restore(versionNo(no), publication), reply);
  }

  private async answer(published: Published, reply: FastifyReply): Promise<PublishedView> {
    void reply.status(published.published ? HttpStatus.CREATED : HttpStatus.OK);
    return publishedView(published, await this.programmes.moment());
  }
}
