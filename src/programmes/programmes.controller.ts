import { Body, Controller, Get, HttpStatus, Inject, Param, Post, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../access/caller.decorator.js';
import type { Caller } from '../access/caller.js';
import { Requires } from '../access/requires.decorator.js';
import { DomainError } from '../platform/http/domain-error.js';
import type { ProgrammeDocument } from './document.js';
import type { ProgrammeVersion } from './programme-version.entity.js';
import { PublishVersion } from './programmes.requests.js';
import { ProgrammesService } from './programmes.service.js';

/** A version without its document. */
export interface VersionView {
  version: number;
  effectiveAt: string;
  publishedAt: string;
  publishedBy: string;
  /** SHA-256 of the document as canonical JSON, in hex. */
  digest: string;
}

export interface ProgrammeView extends VersionView {
  document: ProgrammeDocument;
}

@ApiTags('Programme')
@Controller('v1/programme')
export class ProgrammesController {
  constructor(@Inject(ProgrammesService) private readonly programmes: ProgrammesService) {}

  /** The programme in force now. */
  @Get()
  @Requires('programme:read')
  async live(): Promise<ProgrammeView> {
    return programmeView(await this.programmes.live());
  }

  /** Every version ever published, newest first; one may start in the future. */
  @Get('versions')
  @Requires('programme:read')
  async versions(): Promise<{ items: VersionView[] }> {
    return { items: (await this.programmes.versions()).map(versionView) };
  }

  @Get('versions/:no')
  @Requires('programme:read')
  async version(@Param('no') no: string): Promise<ProgrammeView> {
    // Beyond nine digits a number fits no version, nor the column it is kept in.
    if (!/^[1-9]\d{0,8}$/.test(no)) throw new DomainError('not_found', 'There is no such version.');
    return programmeView(await this.programmes.version(Number(no)));
  }

  /** Publishes a document; 200 instead of 201 says that the newest version is this very one. */
  @Post('versions')
  @Requires('programme:publish')
  async publish(
    @Body() { document, effectiveAt }: PublishVersion,
    @CalledBy() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<VersionView & { published: boolean }> {
    const { published, version } = await this.programmes.publish(document, {
      effectiveAt,
      by: caller.actor,
      at: '/document',
    });
    void reply.status(published ? HttpStatus.CREATED : HttpStatus.OK);
    return { published, ...versionView(version) };
  }
}

function versionView(version: Omit<ProgrammeVersion, 'document'>): VersionView {
  return {
    version: version.no,
    effectiveAt: version.effectiveAt.toISOString(),
    publishedAt: version.publishedAt.toISOString(),
    publishedBy: version.publishedBy,
    digest: version.digest.toString('hex'),
  };
}

function programmeView(version: ProgrammeVersion): ProgrammeView {
  return { ...versionView(version), document: version.document };
}
