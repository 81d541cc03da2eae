import { stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { BulkService, type BulkAnswer } from '../../accrual/bulk/bulk.service.js';
import { parsePublicId } from '../../ledger/address.js';
import { duplicateReference } from '../../ledger/ledger.errors.js';
import { LedgerQueries } from '../../ledger/ledger.queries.js';
import { Settings } from '../../platform/config/settings.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { problemOf } from '../../platform/http/problem.js';
import { Progress } from '../progress.writer.js';
import { groups, type FileLine } from './lines.reader.js';
import {
  beginningOf,
  cutErrors,
  findPlace,
  forgetPlace,
  keepErrors,
  keepPlace,
  type Place,
} from './place.writer.js';
import { tillOf } from './till.js';

export interface ImportTask {
  file: string;
  retailer: string;
  dryRun: boolean;
  errorsFile: string;
}

export interface ImportReport {
  dryRun: boolean;
  /** Number of the line after which this run began, and how many were refused up to there. */
  resumedAt: number;
  refusedBefore: number;
  lines: number;
  booked: number;
  replayed: number;
  refused: number;
  points: number;
  codes: Map<string, number>;
}

/** Lines submitted together; the next ones follow when all of these are committed. */
const GROUP = 2_000;
const LOST_RETRIES = 5;
/** How long a database that went away is waited for; a fail-over takes less. */
const PATIENCE_MS = 60_000;
const PROBE_MS = 100;

/** Imports in file order; every group is committed before the next one is submitted. */
export async function importPurchases(
  engine: INestApplicationContext,
  task: ImportTask,
): Promise<ImportReport> {
  const { size, mtimeMs } = await stat(task.file);
  const of = `${String(size)}/${String(mtimeMs)}/${task.retailer}`;
  const place = task.dryRun ? beginningOf(of) : await findPlace(task, of, isBookedIn(engine));
  await cutErrors(task.errorsFile, place);
  const report = reportFrom(task, place);
  const progress = new Progress('importing', size, 'bytes');
  // A lane takes no more than it has room for, and then the order would be lost.
  const linesMax = Math.min(GROUP, engine.get(Settings).queueMax);
  for await (const group of groups(task.file, place, linesMax)) {
    const answers = await settle(engine, group, task);
    count(report, answers);
    place.errorBytes += await keepErrors(task.errorsFile, errorRows(group, answers));
    place.bytes = group.at(-1)?.endsAt ?? place.bytes;
    place.lines = group.at(-1)?.no ?? place.lines;
    place.refused = report.refusedBefore + report.refused;
    place.posting =
      answers.findLast(({ posting }) => posting !== undefined)?.posting ?? place.posting;
    if (!task.dryRun) await keepPlace(task.file, place);
    progress.update(place.bytes);
  }
  progress.stop();
  if (!task.dryRun) await forgetPlace(task.file);
  return report;
}

function reportFrom({ dryRun }: ImportTask, place: Place): ImportReport {
  return {
    dryRun,
    resumedAt: place.lines,
    refusedBefore: place.refused,
    lines: 0,
    booked: 0,
    replayed: 0,
    refused: 0,
    points: 0,
    codes: new Map(),
  };
}

/** Whether the database has a posting: a restored or another one may lack what was booked. */
function isBookedIn(engine: INestApplicationContext): (posting: string) => Promise<boolean> {
  return async (posting) => {
    const address = parsePublicId('pst', posting);
    return (
      address !== undefined && (await engine.get(LedgerQueries).posting(address)) !== undefined
    );
  };
}

/**
 * A lost database is waited for; the lines it lost are safe to submit again. What is lost again
 * and again although the database is there is the line's own fault, and the others go on.
 */
async function settle(
  engine: INestApplicationContext,
  group: readonly FileLine[],
  task: ImportTask,
): Promise<BulkAnswer[]> {
  for (let attempt = 1; ; attempt++) {
    const answers = await submit(engine, group, task);
    const lost = answers.filter(isLost);
    const [first] = lost;
    if (first === undefined) return answers;
    if (attempt === LOST_RETRIES) {
      if (lost.every(({ problem }) => problem?.code === 'internal_error')) return answers;
      throw wentAway(first.line);
    }
    await pause(PROBE_MS * 2 ** attempt);
    await untilReachable(engine, first.line);
  }
}

async function submit(
  engine: INestApplicationContext,
  group: readonly FileLine[],
  { retailer, dryRun }: ImportTask,
): Promise<BulkAnswer[]> {
  const scope = { caller: tillOf(retailer, 'cli/import'), requestId: 'import', dryRun };
  const texts = group.map(({ keyed }) => keyed.text);
  const { answers } = await engine.get(BulkService).begin(texts, 1, scope);
  return (await answers).map((answer, index) => inWordsOfTheFile(answer, group[index]));
}

/** Whoever brought no key is told of the reference it was made of. */
function inWordsOfTheFile(answer: BulkAnswer, line: FileLine | undefined): BulkAnswer {
  answer.line = line?.no ?? answer.line;
  if (line?.keyed.isKeyMade === true && answer.problem?.code === 'idempotency_key_reused') {
    answer.problem = problemOf(duplicateReference(), answer.problem.requestId);
  }
  return answer;
}

const isLost = ({ problem }: BulkAnswer): boolean =>
  ['unavailable', 'overloaded', 'internal_error', 'request_in_flight'].includes(
    problem?.code ?? '',
  );

async function untilReachable(engine: INestApplicationContext, line: number): Promise<void> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  do {
    const isReachable = await engine
      .get(LedgerQueries)
      .now()
      .then(
        () => true,
        () => false,
      );
    if (isReachable) return;
    await pause(PROBE_MS);
  } while (performance.now() < giveUpAt);
  throw wentAway(line);
}

function wentAway(line: number): DomainError {
  return new DomainError(
    'unavailable',
    `The database went away at line ${String(line)}. Run the same command to go on.`,
  );
}

function count(report: ImportReport, answers: readonly BulkAnswer[]): void {
  for (const { problem, replayed, points } of answers) {
    report.lines += 1;
    if (problem !== undefined) {
      report.refused += 1;
      report.codes.set(problem.code, (report.codes.get(problem.code) ?? 0) + 1);
      continue;
    }
    if (replayed === true) report.replayed += 1;
    else report.booked += 1;
    report.points += points ?? 0;
  }
}

function errorRows(group: readonly FileLine[], answers: readonly BulkAnswer[]): object[] {
  return answers.flatMap(({ line, problem }, index) =>
    problem === undefined
      ? []
      : [
          {
            line,
            code: problem.code,
            detail: problem.detail,
            errors: problem.errors,
            text: group[index]?.original,
          },
        ],
  );
}
