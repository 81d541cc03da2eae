import { once } from 'node:events';
import { PassThrough, Readable } from 'node:stream';
import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  Inject,
  Param,
  Put,
  StreamableFile,
} from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { mediaTypeOf } from '../../platform/http/json.js';
import { refusalOf } from '../../platform/http/problem.filter.js';
import { problemOf } from '../../platform/http/problem.js';
import { RequestId } from '../../platform/http/request.decorator.js';
import { Answers, Ndjson } from '../../platform/http/route.decorator.js';
import { Log } from '../../platform/logging/log.service.js';
import { Rated } from '../../platform/throttle/rated.decorator.js';
import { listLines } from './list-lines.reader.js';
import { listCode, ListLineBody } from './lists.requests.js';
import { ListsService } from './lists.service.js';
import { listsView, ListsView, UploadAnswer } from './lists.views.js';

/** Lists of members that offers are for. */
@ApiTags('Offers')
@Controller('v1/lists')
export class ListsController {
  constructor(
    @Inject(ListsService) private readonly lists: ListsService,
    @Inject(Log) private readonly log: Log,
  ) {}

  @Get()
  @Requires('lists:manage')
  @Answers(200, ListsView, 'Lists that are in force.')
  async all(): Promise<ListsView> {
    return listsView(await this.lists.all());
  }

  /**
   * Lines that name no member are answered while the body comes, the last line of the answer says
   * what became of all of it. A reader that is slow slows the reading of the body.
   */
  @Put(':list')
  @Requires('lists:manage')
  @Rated('bulk')
  @Ndjson(ListLineBody, { csv: true })
  @Answers(200, UploadAnswer, 'Replaces a list by the uploaded one.', 'application/x-ndjson')
  replace(
    @Param('list') list: string,
    @Headers('content-type') type: string | undefined,
    @Body() body: unknown,
    @CalledBy() caller: Caller,
    @RequestId() requestId: string,
  ): StreamableFile {
    const answers = new PassThrough({ highWaterMark: 65_536 });
    const sent = body instanceof Readable ? body : Readable.from([]);
    const lines = listLines(sent, mediaTypeOf(type ?? '') === 'text/csv' ? 'csv' : 'ndjson');
    void this.lists
      .replace(listCode(list), lines, caller, (refused) => write(answers, refused))
      .then((uploaded): UploadAnswer => ({ replaced: true, list, ...uploaded }))
      .catch((error: unknown) => this.failed(list, error, requestId))
      .then((last) => {
        answers.end(`${JSON.stringify(last)}\n`);
      });
    return new StreamableFile(answers);
  }

  @Delete(':list')
  @Requires('lists:manage')
  @Answers(204, undefined, 'Takes a list away: nobody is on it any more.')
  async remove(@Param('list') list: string, @CalledBy() caller: Caller): Promise<void> {
    await this.lists.remove(listCode(list), caller);
  }

  private failed(list: string, error: unknown, requestId: string): UploadAnswer {
    const refusal = refusalOf(error);
    if (refusal.code === 'internal_error') {
      this.log.event('error', 'An upload failed', { requestId, list, err: error });
    }
    return { replaced: false, list, problem: problemOf(refusal, requestId) };
  }
}

async function write(answers: PassThrough, lines: readonly UploadAnswer[]): Promise<void> {
  if (answers.destroyed) throw new Error('The reader of the answers is gone.');
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  if (!answers.write(text)) await Promise.race([once(answers, 'drain'), once(answers, 'close')]);
}
