/** Writes what PostgreSQL reads as binary arrays, several of them into one piece of memory. */
import { Buffer } from 'node:buffer';

/** Bytes of the length that stands before every value. */
export const LENGTH = 4;

const HYPHEN = 0x2d;
const NO_NIBBLE = 0xf0;
const nibbles = new Uint8Array(128).fill(NO_NIBBLE);
for (let value = 0; value < 16; value += 1) {
  const digit = value.toString(16);
  nibbles[digit.charCodeAt(0)] = value;
  nibbles[digit.toUpperCase().charCodeAt(0)] = value;
}

export class Writer {
  private start = 0;
  private at = 0;
  private bytes: Buffer;

  constructor(size: number) {
    this.bytes = Buffer.allocUnsafe(size);
  }

  begin(): void {
    this.start = this.at;
  }

  /** What was written since the beginning, an array that may hold nulls or has none. */
  end(hasNull: boolean): Buffer {
    if (hasNull) this.bytes[this.start + 7] = 1;
    return this.bytes.subarray(this.start, this.at);
  }

  int16(value: number): void {
    this.room(2);
    this.at = this.bytes.writeInt16BE(value, this.at);
  }

  int32(value: number): void {
    this.room(LENGTH);
    this.at = this.bytes.writeInt32BE(value, this.at);
  }

  int64(value: number | bigint): void {
    this.room(8);
    if (typeof value === 'bigint') {
      this.at = this.bytes.writeBigInt64BE(value, this.at);
      return;
    }
    if (!Number.isSafeInteger(value)) throw new RangeError('not a safe integer');
    const high = Math.floor(value / 4_294_967_296);
    this.bytes.writeInt32BE(high, this.at);
    this.at = this.bytes.writeUInt32BE(value - high * 4_294_967_296, this.at + 4);
  }

  /** The length in bytes, and then the bytes. */
  text(text: string): void {
    this.room(LENGTH + text.length * 3);
    const length = this.bytes.write(text, this.at + LENGTH);
    this.bytes.writeInt32BE(length, this.at);
    this.at += LENGTH + length;
  }

  /** As `text`, from pairs of hex digits; hyphens between pairs are passed over. */
  hex(digits: string): void {
    this.room(LENGTH + digits.length / 2);
    const { bytes } = this;
    let to = this.at + LENGTH;
    let wrong = 0;
    for (let at = 0; at < digits.length; at += 2) {
      if (digits.charCodeAt(at) === HYPHEN) at += 1;
      const high = nibbles[digits.charCodeAt(at)] ?? NO_NIBBLE;
      const low = nibbles[digits.charCodeAt(at + 1)] ?? NO_NIBBLE;
      wrong |= (high | low) & NO_NIBBLE;
      bytes[to] = (high << 4) | low;
      to += 1;
    }
    if (wrong !== 0) throw new RangeError('not hex digits');
    bytes.writeInt32BE(to - this.at - LENGTH, this.at);
    this.at = to;
  }

  raw(bytes: Uint8Array): void {
    this.int32(bytes.length);
    this.room(bytes.length);
    this.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  private room(bytes: number): void {
    if (this.at + bytes <= this.bytes.length) return;
    // Finished arrays stay where they are; only the one under way moves.
    const larger = Buffer.allocUnsafe((this.at - this.start + bytes) * 2);
    this.bytes.copy(larger, 0, this.start, this.at);
    this.at -= this.start;
    this.start = 0;
    this.bytes = larger;
  }
}
