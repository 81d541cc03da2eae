/** Cuts a stream of bytes into lines without ever holding more than one unfinished line. */

export const LINE_BYTES_MAX = 262_144;

const NEWLINE = 0x0a;

export class LineSplitter {
  private rest: Buffer[] = [];
  private restBytes = 0;

  /**
   * The lines that end in this chunk. A line longer than `LINE_BYTES_MAX` is passed on as its
   * first bytes only, which no parser accepts; blank lines are kept, so that numbers stay true.
   */
  push(chunk: Buffer): string[] {
    const lines: string[] = [];
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
  end(): string[] {
    return this.restBytes === 0 ? [] : [this.finish(Buffer.alloc(0))];
  }

  private finish(tail: Buffer): string {
    this.keep(tail);
    const line = this.rest.length === 1 ? this.rest[0] : Buffer.concat(this.rest);
    this.rest = [];
    this.restBytes = 0;
    return line?.toString('utf8') ?? '';
  }

  private keep(part: Buffer): void {
    if (part.length === 0) return;
    const room = LINE_BYTES_MAX - this.restBytes;
    if (room > 0) this.rest.push(part.subarray(0, room));
    this.restBytes += part.length;
  }
}
