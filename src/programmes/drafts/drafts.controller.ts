import {
  Body,
  Controller,
  Delete,
  Get,
  HttpStatus,
  Inject,
  Patch,
  Post,
  Put,
  Res,
} from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import type { PatchMedia } from '../../platform/http/json.js';
import { IfMatch, MediaType } from '../../platform/http/request.decorator.js';
import {
  AlsoAnswers,
  Answers,
  TakesPatch,
  UncheckedBody,
} from '../../platform/http/route.decorator.js';
import { Rated } from '../../platform/throttle/rated.decorator.js';
import { ProgrammesService } from '../programmes.service.js';
import { PublishedView, publishedView } from '../views/programmes.views.js';
import { pilotTerms } from '../programmes.requests.js';
import { PublishDraft } from './drafts.requests.js';
import { DraftsService, type DraftState } from './drafts.service.js';
import { DraftView, draftView } from './drafts.views.js';
import { mergePatched, operationsPatched } from './patch.js';

/** Bodies and pointers are those of the document itself. */
@ApiTags('Programme')
@Controller('v1/programme/draft')
export class DraftsController {
  constructor(
    @Inject(DraftsService) private readonly drafts: DraftsService,
    @Inject(ProgrammesService) private readonly programmes: ProgrammesService,
  ) {}

  @Get()
  @Requires('programme:read')
  @Answers(200, DraftView, 'The draft with its ETag, and everything that is wrong with it.')
  async read(@Res({ passthrough: true }) reply: FastifyReply): Promise<DraftView> {
    return answer(await this.drafts.read(), reply);
  }

  @Put()
  @Requires('programme:edit')
  @Answers(200, DraftView, 'Replaces the draft, which may be unfinished.')
  @ApiBody({ description: 'The document, as far as it goes.', schema: { type: 'object' } })
  @UncheckedBody()
  async put(
    @IfMatch() tags: readonly string[],
    @Body() body: unknown,
    @CalledBy() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftView> {
    const change = { by: caller.actor, how: 'put' } as const;
    return answer(await this.drafts.change(tags, change, () => body), reply);
  }

  @Patch()
  @Requires('programme:edit')
  @Answers(200, DraftView, 'Changes parts of the draft.')
  @TakesPatch()
  async patch(
    @IfMatch() tags: readonly string[],
    @MediaType() media: PatchMedia,
    @Body() body: unknown,
    @CalledBy() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<DraftView> {
    const isMerge = media === 'application/merge-patch+json';
    const change = { by: caller.actor, how: isMerge ? 'merge_patch' : 'json_patch' } as const;
    const make = isMerge ? mergePatched : operationsPatched;
    return answer(await this.drafts.change(tags, change, (draft) => make(draft, body)), reply);
  }

  @Delete()
  @Requires('programme:edit')
  @Answers(204, undefined, 'Discards the draft; the next one begins with the newest version.')
  async discard(@IfMatch() tags: readonly string[], @CalledBy() caller: Caller): Promise<void> {
    await this.drafts.discard(tags, caller.actor);
  }

  /** 200 instead of 201 says that the draft is the newest version already. */
  @Post('publish')
  @Requires('programme:publish')
  @Rated('heavy')
  @Answers(201, PublishedView, 'Publishes the draft as the next version, and clears it.')
  @AlsoAnswers(200, PublishedView)
  async publish(
    @IfMatch() tags: readonly string[],
    @Body() { effectiveAt, pilot }: PublishDraft,
    @CalledBy() caller: Caller,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PublishedView> {
    const publication = { effectiveAt, by: caller.actor, pilot: pilotTerms(pilot) };
    const published = await this.drafts.publish(tags, publication);
    void reply.status(published.published ? HttpStatus.CREATED : HttpStatus.OK);
    return publishedView(published, await this.programmes.moment());
  }
}

function answer(draft: DraftState, reply: FastifyReply): DraftView {
  void reply.header('etag', draft.etag);
  return draftView(draft);
}
