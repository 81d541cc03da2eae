import { createReadStream } from 'node:fs';
import { appendFile, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { tillOf } from './till.js';
import { BulkService, type BulkAnswer } from '../../accrual/bulk.service.js';
import { LineSplitter, type Line } from '../../accrual/line-splitter.js';
import { DomainError } from '../../platform/http/domain-error.js';
import { Progress } from '../progress.writer.js';

export interface ImportTask {
  file: string;
  retailer: string;
  dryRun: boolean;
  errorsFile: string;
}

export interface ImportReport {
  dryRun: boolean;
  resumedAt: number;
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
const LOST_PAUSE_MS = 400;

/** How far an import is, kept beside the file after each group. */
interface Place {
  /** Size and time of the file it is about; another file starts from the beginning. */
  of: string;
  bytes: number;
  lines: number;
  errorBytes: number;
}

/** Imports in file order; every group is committed before the next one is submitted. */
export async function importPurchases(
  engine: INestApplicationContext,
  task: ImportTask,
): Promise<ImportReport> {
  const { size, mtimeMs } = await stat(task.file);
  const identity = `${String(size)}/${String(mtimeMs)}`;
  const place = await findPlace(task, identity);
  const report: ImportReport = {
    dryRun: task.dryRun,
    resumedAt: place.lines,
    lines: 0,
    booked: 0,
    replayed: 0,
    refused: 0,
    points: 0,
    codes: new Map(),
  };
  const progress = new Progress('importing', size, 'bytes');
  const bulk = engine.get(BulkService);
  for await (const { texts, endsAt } of groups(task.file, place.bytes)) {
    const answers = await settle(bulk, texts, place.lines + 1, task);
    await keepErrors(task, place, texts, answers);
    count(report, answers);
    place.bytes = endsAt;
    place.lines += texts.length;
    if (!task.dryRun) await keepPlace(task.file, place);
    progress.update(place.bytes);
  }
  progress.stop();
  await rm(placeFile(task.file), { force: true });
  return report;
}

interface Group {
  texts: Line[];
  /** Offset in the file after the last line. */
  endsAt: number;
}

async function* groups(file: string, start: number): AsyncGenerator<Group> {
  const splitter = new LineSplitter();
  let texts: Line[] = [];
  let read = start;
  const add = (lines: readonly Line[]): void => {
    texts.push(...lines.filter((line) => line instanceof Error || line.trim() !== ''));
  };
  for await (const chunk of createReadStream(file, { start }) as AsyncIterable<Buffer>) {
    add(splitter.push(chunk));
    read += chunk.length;
    if (texts.length < GROUP) continue;
    yield { texts, endsAt: read - splitter.pendingBytes };
    texts = [];
  }
  add(splitter.end());
  if (texts.length > 0) yield { texts, endsAt: read };
}

/** A lost database is waited for a moment; the lines it lost are safe to submit again. */
async function settle(
  bulk: BulkService,
  texts: readonly Line[],
  firstLine: number,
  task: ImportTask,
): Promise<BulkAnswer[]> {
  const scope = {
    caller: tillOf(task.retailer, 'cli/import'),
    requestId: 'import',
    dryRun: task.dryRun,
  };
  const keyed = texts.map(withKey);
  for (let attempt = 1; ; attempt++) {
    const { answers } = await bulk.begin(keyed, firstLine, scope);
    const done = await answers;
    const isLost = ({ problem }: BulkAnswer): boolean =>
      problem?.code === 'unavailable' || problem?.code === 'internal_error';
    const lost = done.find(isLost);
    if (lost === undefined) return done;
    if (attempt === LOST_RETRIES) {
      throw new DomainError(
        'unavailable',
        `The database went away at line ${String(lost.line)}. Run the same command to go on.`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, LOST_PAUSE_MS * attempt));
  }
}

/** The key of a line that brings none is its reference, which is unique for ever anyway. */
function withKey(text: Line): Line {
  if (text instanceof Error) return text;
  try {
    const line: unknown = JSON.parse(text);
    if (typeof line !== 'object' || line === null || 'idempotencyKey' in line) return text;
    const reference = 'reference' in line ? String(line.reference) : '';
    const idempotencyKey = `import/${Buffer.from(reference).toString('base64url').slice(0, 200)}`;
    return JSON.stringify({ idempotencyKey, ...line });
  } catch {
    // Not JSON: the line is answered as such where all lines are checked.
    return text;
  }
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

/** A line that could not be read is not repeated. */
const textOf = (line: Line | undefined): string | undefined =>
  typeof line === 'string' ? line : undefined;

const placeFile = (file: string): string => `${file}.resume`;

async function findPlace(task: ImportTask, of: string): Promise<Place> {
  const start: Place = { of, bytes: 0, lines: 0, errorBytes: 0 };
  const text = task.dryRun ? '' : await readFile(placeFile(task.file), 'utf8').catch(() => '');
  const kept = text === '' ? start : (JSON.parse(text) as Place);
  const place = kept.of === of ? kept : start;
  // Errors written after the place was kept belong to lines that come again.
  if (place.errorBytes === 0) await rm(task.errorsFile, { force: true });
  else await truncate(task.errorsFile, place.errorBytes);
  return place;
}

/** Written aside and renamed, so that a crash leaves the old place or the new one. */
async function keepPlace(file: string, place: Place): Promise<void> {
  await writeFile(`${placeFile(file)}.new`, JSON.stringify(place));
  await rename(`${placeFile(file)}.new`, placeFile(file));
}

async function keepErrors(
  task: ImportTask,
  place: Place,
  texts: readonly Line[],
  answers: readonly BulkAnswer[],
): Promise<void> {
  const rows = answers.flatMap(({ line, problem }, index) =>
    problem === undefined
      ? []
      : [
          JSON.stringify({
            line,
            code: problem.code,
            detail: problem.detail,
            errors: problem.errors,
            text: textOf(texts[index]),
          }),
        ],
  );
  if (rows.length === 0) return;
  const text = `${rows.join('\n')}\n`;
  await appendFile(task.errorsFile, text);
  place.errorBytes += Buffer.byteLength(text);
}
