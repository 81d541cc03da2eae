import { createReadStream } from 'node:fs';
import { LineSplitter, type Line } from '../../platform/ndjson/line-splitter.js';
import { keyed, type KeyedLine } from './keyed-line.js';

/** A line with its number in the file, and the offset in the file after it. */
export interface FileLine {
  no: number;
  endsAt: number;
  /** As it stands in the file; undefined when it cannot be read. */
  original: string | undefined;
  keyed: KeyedLine;
}

/** How far a file has been read. */
export interface FilePosition {
  bytes: number;
  lines: number;
}

/** Bytes submitted together at most, so that long lines do not fill the memory. */
const GROUP_BYTES = 8_388_608;
const NEWLINE = 0x0a;

/**
 * Lines to submit together. A key or reference stands in a group once: commands of one group may
 * overtake each other, but of two purchases with one reference the first in the file counts.
 */
export async function* groups(
  file: string,
  from: FilePosition,
  linesMax: number,
): AsyncGenerator<FileLine[]> {
  let group: FileLine[] = [];
  let startsAt = from.bytes;
  const claimed = new Set<string>();
  for await (const lines of chunks(file, from)) {
    for (const line of lines) {
      const { claims } = line.keyed;
      const isFull = group.length === linesMax || line.endsAt - startsAt > GROUP_BYTES;
      if (group.length > 0 && (isFull || claims.some((claim) => claimed.has(claim)))) {
        yield group;
        startsAt = group.at(-1)?.endsAt ?? startsAt;
        group = [];
        claimed.clear();
      }
      group.push(line);
      for (const claim of claims) claimed.add(claim);
    }
  }
  if (group.length > 0) yield group;
}

/** The lines that are not blank, as many at a time as the file gives. */
async function* chunks(file: string, from: FilePosition): AsyncGenerator<FileLine[]> {
  const splitter = new LineSplitter();
  let { bytes, lines } = from;
  for await (const chunk of createReadStream(file, { start: bytes }) as AsyncIterable<Buffer>) {
    const found: FileLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      const [line = ''] = splitter.push(chunk.subarray(start, end + 1));
      start = end + 1;
      lines += 1;
      found.push(...numbered(line, lines, bytes + start));
    }
    splitter.push(chunk.subarray(start));
    bytes += chunk.length;
    yield found;
  }
  const [last = ''] = splitter.end();
  yield numbered(last, lines + 1, bytes);
}

function numbered(line: Line, no: number, endsAt: number): FileLine[] {
  if (typeof line !== 'string') return [{ no, endsAt, original: undefined, keyed: keyed(line) }];
  // Systems that end lines with two characters also like to begin files with a mark.
  const original = (no === 1 ? line.replace(/^\ufeff/, '') : line).replace(/\r$/, '');
  return original.trim() === '' ? [] : [{ no, endsAt, original, keyed: keyed(original) }];
}
