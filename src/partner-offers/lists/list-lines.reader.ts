/** Lines of an uploaded list as they come, one at a time: NDJSON, or a table with a heading. */
import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { DomainError } from '../../platform/http/domain-error.js';
import { parseJson } from '../../platform/http/json.js';
import { LINE_BYTES_MAX, LineSplitter, type Line } from '../../platform/ndjson/line-splitter.js';
import { listLine, namedBy, type ListLine, type Named } from './list-line.js';

export const listFormats = ['ndjson', 'csv'] as const;

export type ListFormat = (typeof listFormats)[number];

/** `body` is read no faster than its lines are taken. */
export function listLines(body: Readable, format: ListFormat): AsyncGenerator<ListLine> {
  return format === 'csv' ? fromTable(body) : fromJson(body);
}

async function* fromJson(body: Readable): AsyncGenerator<ListLine> {
  const splitter = new LineSplitter();
  let no = 0;
  const read = function* (lines: readonly Line[]): Generator<ListLine> {
    for (const line of lines) {
      no += 1;
      const isBlank = typeof line === 'string' && line.trim() === '';
      if (!isBlank) yield lineOf(no, line);
    }
  };
  for await (const chunk of body as AsyncIterable<Buffer>) yield* read(splitter.push(chunk));
  yield* read(splitter.end());
}

function lineOf(no: number, line: Line): ListLine {
  try {
    if (line instanceof Error) throw line;
    return listLine(no, parseJson(line));
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    return { line: no, code: error.code, detail: error.message };
  }
}

/** Columns beside the one that names members are passed over, and kept nowhere. */
async function* fromTable(body: Readable): AsyncGenerator<ListLine> {
  const rows = body.pipe(
    parse({ bom: true, info: true, skip_empty_lines: true, max_record_size: LINE_BYTES_MAX }),
  );
  // A body that is cut off ends the reading as well, instead of leaving it waiting.
  body.once('error', (error) => rows.destroy(error));
  let column: { by: Named['by']; place: number } | undefined;
  try {
    for await (const { record, info } of rows as AsyncIterable<Row>) {
      if (column === undefined) column = columnOf(record);
      else yield namedBy(info.lines, column.by, record[column.place] ?? '');
    }
  } catch (error) {
    const isUnreadable = error instanceof Error && 'code' in error && isOfTable(error.code);
    if (!isUnreadable) throw error;
    throw new DomainError('invalid_request', `The table cannot be read: ${error.message}`);
  }
}

interface Row {
  record: string[];
  info: { lines: number };
}

const isOfTable = (code: unknown): boolean => typeof code === 'string' && code.startsWith('CSV_');

function columnOf(heading: readonly string[]): { by: Named['by']; place: number } {
  const names = heading.map((name) => name.trim().toLowerCase());
  const by = (['card', 'member'] as const).find((each) => names.includes(each));
  if (by === undefined) {
    throw new DomainError('invalid_request', 'The table has no column "card" or "member".');
  }
  return { by, place: names.indexOf(by) };
}
