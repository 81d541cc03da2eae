import { Inject, Injectable } from '@nestjs/common';
import { getSchemaPath } from '@nestjs/swagger';
import type { Caller } from '../../access/caller.js';
import { publicId } from '../../ledger/address.js';
import { answerOf, type Posted } from '../../ledger/command.js';
import { parseJson } from '../../platform/http/json.js';
import { refusalOf } from '../../platform/http/problem.filter.js';
import { problemOf, type Problem } from '../../platform/http/problem.js';
import { validated } from '../../platform/http/shape.reader.js';
import { Log } from '../../platform/logging/log.service.js';
import { Shown } from '../../platform/openapi/view.decorator.js';
import { storedRefusal } from '../../programmes/decide.js';
import { formatBillionths } from '../../rules/points.js';
import { AccrualService } from '../accrual.service.js';
import { BulkLine } from './bulk.requests.js';
import type { Line } from '../../platform/ndjson/line-splitter.js';

/** The answer to one line: its figures, or its problem. */
export class BulkAnswer {
  @Shown('whole', 'Counted from 1.')
  line: number;

  @Shown('whole', 'The status the same purchase would have been answered with alone.')
  status: number;

  @Shown('flag', 'True when the key was answered before, and nothing was done now.', 'optional')
  replayed?: boolean;

  @Shown('text', undefined, 'optional')
  posting?: string;

  @Shown('text', undefined, 'optional')
  purchase?: string;

  @Shown('memberId', undefined, 'optional')
  member?: string;

  @Shown('whole', 'Whole points accrued.', 'optional')
  points?: number;

  @Shown('decimal', undefined, 'optional')
  exactPoints?: string;

  @Shown('whole', undefined, 'optional')
  available?: number;

  @Shown('whole', undefined, 'optional')
  pending?: number;

  @Shown({ allOf: [{ $ref: getSchemaPath('Problem') }] }, undefined, 'optional')
  problem?: Problem;
}

export interface BulkScope {
  caller: Caller;
  requestId: string;
  /** Decide and answer, but book nothing. */
  dryRun?: boolean;
}

interface Ready {
  purchase: Omit<BulkLine, 'idempotencyKey'>;
  key: string;
  memberId: string;
}

/** Lines of NDJSON, each a purchase with its own key and its own answer. */
@Injectable()
export class BulkService {
  constructor(
    @Inject(AccrualService) private readonly accrual: AccrualService,
    @Inject(Log) private readonly log: Log,
  ) {}

  /**
   * Submits lines in order and returns once all are submitted, with the promise of their answers.
   * One line's fault never touches its neighbours. `firstLine` counts from 1.
   */
  async begin(
    lines: readonly Line[],
    firstLine: number,
    scope: BulkScope,
  ): Promise<{ answers: Promise<BulkAnswer[]> }> {
    const ready = await Promise.all(lines.map((text) => this.ready(text, scope.caller)));
    const answers = ready.map((each, index) => this.answer(each, firstLine + index, scope));
    return { answers: Promise.all(answers) };
  }

  private async ready(text: Line, caller: Caller): Promise<Ready | Error> {
    if (text instanceof Error) return text;
    try {
      const line = validated(BulkLine, parseJson(text));
      const { idempotencyKey, ...purchase } = line;
      const memberId = await this.accrual.resolve(purchase, caller);
      return { purchase, key: idempotencyKey, memberId };
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  private async answer(ready: Ready | Error, line: number, scope: BulkScope): Promise<BulkAnswer> {
    try {
      if (ready instanceof Error) throw ready;
      const posted = await this.post(ready, scope);
      const refusal = storedRefusal(posted);
      if (refusal === undefined) return booked(posted, line, scope.dryRun === true);
      const problem = problemOf(refusal, scope.requestId);
      return { line, status: problem.status, ...replayedOf(posted), problem };
    } catch (error) {
      const { requestId } = scope;
      const refusal = refusalOf(error);
      if (refusal.code === 'internal_error') {
        this.log.event('error', 'A line failed', { requestId, line, err: error });
      }
      const problem = problemOf(refusal, requestId);
      return { line, status: problem.status, problem };
    }
  }

  private async post({ purchase, key, memberId }: Ready, scope: BulkScope): Promise<Posted> {
    const { caller, requestId } = scope;
    return scope.dryRun === true
      ? this.accrual.preview(purchase, caller, requestId)
      : this.accrual.submit(purchase, memberId, { caller, requestId, idempotencyKey: key });
  }
}

/** Said only of what was answered before, be it booked or refused. */
const replayedOf = ({ replayed }: Posted): Pick<BulkAnswer, 'replayed'> =>
  replayed ? { replayed } : {};

function booked(posted: Posted, line: number, isPreview: boolean): BulkAnswer {
  const posting = answerOf(posted);
  const { memberId, seq, after, effects } = posting;
  const points = effects.lots?.find(([lotSeq]) => lotSeq === seq)?.[6];
  return {
    line,
    status: isPreview ? 200 : 201,
    ...replayedOf(posted),
    ...(isPreview
      ? {}
      : {
          posting: publicId('pst', { memberId, seq }),
          purchase: publicId('pur', { memberId, seq }),
        }),
    member: memberId,
    points: Number(points ?? 0),
    exactPoints: formatBillionths(posting.billionths),
    available: after.points - after.pending,
    pending: after.pending,
  };
}
