import { PassThrough, type Readable } from 'node:stream';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { Body, Controller, Inject, Post, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CalledBy } from '../../access/caller.decorator.js';
import type { Caller } from '../../access/caller.js';
import { Requires } from '../../access/requires.decorator.js';
import { RequestId } from '../../platform/http/request.decorator.js';
import { Answers, Ndjson } from '../../platform/http/route.decorator.js';
import { Rated } from '../../platform/throttle/rated.decorator.js';
import { BulkLine } from './bulk.requests.js';
import { BulkAnswer, BulkService, type BulkScope } from './bulk.service.js';
import { LineSplitter, type Line } from '../../platform/ndjson/line-splitter.js';

/** Lines read but not answered yet, at most; with the line limit it bounds the memory. */
const LINES_IN_FLIGHT_MAX = 96;
/** Lines submitted together at most, so that one packet of short lines cannot fill the window. */
const GROUP_MAX = 32;

/**
 * How much the heap may grow between full collections while a stream is open. V8 alone lets it
 * become four times as large where memory is plenty, so that a long stream, which holds next to
 * nothing, was seen to need 160 MB. Zero is V8's own way, which is cheaper for everything else.
 */
const HEAP_GROWING_PERCENT = { streaming: 30, otherwise: 0 };

@ApiTags('Purchases')
@Controller('v1/purchases')
export class BulkController {
  private open = 0;

  constructor(@Inject(BulkService) private readonly bulk: BulkService) {}

  /**
   * Purchases as NDJSON, one a line, answered one a line in the same order while they come. Each
   * line stands for itself: a faulty one says so and the rest are booked. A reader that is slow
   * slows the reading of the request, so memory stays bounded.
   */
  @Post('bulk')
  @Requires('purchases:write')
  @Rated('bulk')
  @Ndjson(BulkLine)
  @Answers(200, BulkAnswer, 'Books purchases line by line as they come.', 'application/x-ndjson')
  record(
    @Body() body: Readable,
    @CalledBy() caller: Caller,
    @RequestId() requestId: string,
  ): StreamableFile {
    const answers = new PassThrough({ highWaterMark: 65_536 });
    this.count(1);
    void this.pump(body, answers, { caller, requestId }).finally(() => {
      this.count(-1);
    });
    return new StreamableFile(answers);
  }

  private count(change: 1 | -1): void {
    const before = this.open > 0;
    this.open += change;
    const { streaming, otherwise } = HEAP_GROWING_PERCENT;
    if (before === this.open > 0) return;
    setFlagsFromString(`--heap-growing-percent=${this.open > 0 ? streaming : otherwise}`);
  }

  private async pump(body: Readable, answers: PassThrough, scope: BulkScope): Promise<void> {
    const splitter = new LineSplitter();
    let nextLine = 1;
    let inFlight = 0;
    let written: Promise<void> = Promise.resolve();
    let freed = (): void => undefined;
    const submit = async (lines: readonly Line[]): Promise<void> => {
      for (let start = 0; start < lines.length; start += GROUP_MAX) {
        while (inFlight >= LINES_IN_FLIGHT_MAX) {
          await new Promise<void>((resolve) => (freed = resolve));
        }
        const group = lines.slice(start, start + GROUP_MAX);
        const first = nextLine;
        nextLine += group.length;
        inFlight += group.length;
        const { answers: pending } = await this.bulk.begin(group, first, scope);
        written = written
          .then(() => write(pending, answers))
          .finally(() => {
            inFlight -= group.length;
            freed();
          });
        // The chain is awaited at the end; a reader that left must not crash the process before.
        written.catch(() => undefined);
      }
    };
    try {
      for await (const chunk of body) {
        if (answers.destroyed) return;
        await submit(splitter.push(chunk as Buffer));
      }
      await submit(splitter.end());
      await written;
      answers.end();
    } catch (error) {
      answers.destroy(error instanceof Error ? error : new Error(String(error)));
    }
  }
}

async function write(pending: Promise<BulkAnswer[]>, answers: PassThrough): Promise<void> {
  const text = (await pending).map((answer) => `${JSON.stringify(answer)}\n`).join('');
  if (answers.destroyed) throw new Error('The reader of the answers is gone.');
  if (!answers.write(text)) await Promise.race([once(answers, 'drain'), once(answers, 'close')]);
}
