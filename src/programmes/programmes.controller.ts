import { Body, Controller, Get, HttpStatus, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { DomainError } from '../platform/http/domain-error.js';
import { AlsoAnswers, Answers } from '../platform/http/route.decorator.js';
import { Rated } from '../platform/throttle/rated.decorator.js';
import { PublishVersion } from './programmes.requests.js';
import { ProgrammesService } from './programmes.service.js';
import {
  ProgrammeView,
  PublishedView,
  VersionsView,
  programmeView,
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
    return programmeView(await this.programmes.live());
  }

  @Get('versions')
  @Requires('programme:read')
  @Answers(200, VersionsView, 'Every version, newest first; one may start in the future.')
  async versions(): Promise<VersionsView> {
    return { items: (await this.programmes.versions()).map(versionView) };
  }

  @Get('versions/:no')
  @Requires('programme:read')
  @Answers(200, ProgrammeView, 'A version by its number, with its document.')
  async version(@Param('no') no: string): Promise<ProgrammeView> {
    // Beyond nine digits a number fits no version, nor the column it is kept in.
    if (!/^[1-9]\d{0,8}$/.test(no)) throw new DomainError('not_found', 'There is no such version.');
    return programmeView(await this.programmes.version(Number(no)));
  }

  /** 200 instead of 201 says that the newest version is this very document. */
  @Post('versions')
  @Requires('programme:publish')
  @Rated('heavy')
  @Answers(201, PublishedView, 'Publishes a document as the next version.')
  @AlsoAnswers(200, PublishedView)
  async publish(
    @Body() { document, effectiveAt }: PublishVersion,
    @CalledBy() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublishedView> {
    const { published, version } = await this.programmes.publish(document, {
      effectiveAt,
      by: caller.actor,
      at: '/document',
    });
    void reply.status(published ? HttpStatus.CREATED : HttpStatus.OK);
    return { published, ...versionView(version) };
  }
}
