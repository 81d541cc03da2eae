/** Cuts a stream of bytes into lines without ever holding more than one unfinished line. */
import { isUtf8 } from 'node:buffer';
import { DomainError } from '../http/domain-error.js';

export const LINE_BYTES_MAX = 262_144;

const NEWLINE = 0x0a;

/** A line, or why it cannot be read; it is answered in its place like any other. */
export type Line = string | DomainError;

export class LineSplitter {
  private rest: Buffer[] = [];
  private restBytes = 0;

  /** The lines that end in this chunk; blank ones are kept, so that numbers stay true. */
  push(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      lines.push(this.finish(chunk.subarray(start, end)));
      start = end + 1;
    }
    this.keep(chunk.subarray(start));
    return lines;
  }

  /** Bytes taken in that do not belong to a finished line yet. */
  get pendingBytes(): number {
    return this.restBytes;
  }

  /** The last line when it did not end with a newline. */
  end(): Line[] {
    return this.restBytes === 0 ? [] : [this.finish(Buffer.alloc(0))];
  }

  private finish(tail: Buffer): Line {
    this.keep(tail);
    const isTooLong = this.restBytes > LINE_BYTES_MAX;
    const line = this.rest.length === 1 ? this.rest[0] : Buffer.concat(this.rest);
    this.rest = [];
    this.restBytes = 0;
    if (isTooLong) return new DomainError('payload_too_large', 'The line is larger than 256 KiB.');
    if (line === undefined) return '';
    if (!isUtf8(line)) return new DomainError('invalid_json', 'The line is not UTF-8.');
    return line.toString('utf8');
  }

  /** Bytes beyond the limit are counted and let go. */
  private keep(part: Buffer): void {
    if (part.length === 0) return;
    const room = LINE_BYTES_MAX - this.restBytes;
    if (room > 0) this.rest.push(part.subarray(0, room));
    this.restBytes += part.length;
  }
}
