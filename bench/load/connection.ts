import { Buffer } from 'node:buffer';
import { connect, type Socket } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const LENGTH = Buffer.from('content-length: ');
const CHUNKED_END = Buffer.from('\r\n0\r\n\r\n');
const READ_BYTES = 262_144;

/** One answer: its status, and where in `bytes` its body is. Only valid while it is handled. */
export interface Answer {
  status: number;
  bytes: Buffer;
  start: number;
  end: number;
}

/**
 * A keep-alive HTTP/1.1 connection with one request in flight, as thin as it can be: the load
 * generator shares the processors with what it measures.
 */
export class Connection {
  private pending: Buffer = Buffer.alloc(0);
  private socket: Socket | undefined;

  constructor(
    private readonly port: number,
    private readonly onAnswer: (answer: Answer) => void,
    private readonly onFault: (error: Error) => void,
  ) {}

  async open(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const socket = connect({
        port: this.port,
        host: '127.0.0.1',
        noDelay: true,
        onread: {
          buffer: Buffer.allocUnsafe(READ_BYTES),
          callback: (length, buffer) => {
            this.take(Buffer.from(buffer.buffer, buffer.byteOffset, length));
            return true;
          },
        },
      });
      socket.once('connect', resolve);
      socket.once('error', (error) => {
        reject(error);
        this.onFault(error);
      });
      socket.once('end', () => {
        this.onFault(new Error('the server closed a connection'));
      });
      this.socket = socket;
    });
  }

  /** The bytes must stay as they are until the answer has come. */
  send(request: Buffer): void {
    this.socket?.write(request);
  }

  close(): void {
    this.socket?.removeAllListeners('end');
    this.socket?.destroy();
  }

  private take(chunk: Buffer): void {
    const bytes = this.pending.length === 0 ? chunk : Buffer.concat([this.pending, chunk]);
    const answer = parse(bytes);
    if (answer === undefined) {
      // The socket reads into the same buffer again, so what is kept must be copied.
      this.pending = bytes === chunk ? Buffer.from(bytes) : bytes;
      return;
    }
    this.pending = Buffer.alloc(0);
    this.onAnswer(answer);
  }
}

/** The whole answer in the bytes, or undefined while some of it is missing. */
function parse(bytes: Buffer): Answer | undefined {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd === -1) return undefined;
  const start = headEnd + HEAD_END.length;
  const status =
    ((bytes[9] ?? 0) - 48) * 100 + ((bytes[10] ?? 0) - 48) * 10 + ((bytes[11] ?? 0) - 48);
  const at = bytes.indexOf(LENGTH);
  if (at === -1 || at > headEnd) {
    const tail = bytes.subarray(Math.max(start - 2, bytes.length - CHUNKED_END.length));
    if (!tail.equals(CHUNKED_END)) return undefined;
    const body = dechunked(bytes.subarray(start));
    return { status, bytes: body, start: 0, end: body.length };
  }
  const end = start + number(bytes, at + LENGTH.length);
  return bytes.length < end ? undefined : { status, bytes, start, end };
}

function dechunked(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (!(size > 0)) return Buffer.concat(parts);
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 2 + size + 2;
  }
}

/** The whole number written at a place; NaN when there is none. */
export function number(bytes: Buffer, at: number): number {
  let value = NaN;
  for (let place = at; ; place++) {
    const digit = (bytes[place] ?? 0) - 48;
    if (digit < 0 || digit > 9) return value;
    value = (Number.isNaN(value) ? 0 : value) * 10 + digit;
  }
}
