import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

/**
 * The spelling of keys and tokens: a prefix that secret scanners know, 256 random bits in base62,
 * and a checksum, so that a mistyped or invented one is refused without a look-up.
 *
 *   fealty_<live|test>_<key id>_<43 characters><6 characters>     a retailer's key
 *   fealtyu_<43 characters><6 characters>                         a user's token
 */

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_LENGTH = 43;
const CHECKSUM_LENGTH = 6;
const KEY_ID_LENGTH = 12;

export type Credential =
  { kind: 'key'; keyId: string; digest: Buffer } | { kind: 'user'; digest: Buffer };

export interface Issued {
  /** Shown once. */
  text: string;
  /** Stored. A plain SHA-256 is right for 256 random bits; a slow hash protects guessable ones. */
  digest: Buffer;
}

export function newKey(environment: 'live' | 'test'): Issued & { keyId: string } {
  const keyId = randomText(KEY_ID_LENGTH);
  return { keyId, ...issue(`fealty_${environment}_${keyId}_`) };
}

export const newUserToken = (): Issued => issue('fealtyu_');

function issue(prefix: string): Issued {
  const body = `${prefix}${randomText(SECRET_LENGTH)}`;
  const text = `${body}${checksum(body)}`;
  return { text, digest: digestOf(text) };
}

const spelling = /^(?:fealty_(?:live|test)_([0-9A-Za-z]{12})_|fealtyu_)[0-9A-Za-z]{49}$/;

/** What a credential claims to be, or undefined when nobody could have issued it. */
export function parseCredential(text: string): Credential | undefined {
  const match = spelling.exec(text);
  if (match === null) return undefined;
  const end = text.length - CHECKSUM_LENGTH;
  if (checksum(text.slice(0, end)) !== text.slice(end)) return undefined;
  const keyId = match[1];
  const digest = digestOf(text);
  return keyId === undefined ? { kind: 'user', digest } : { kind: 'key', keyId, digest };
}

const visible = /^(fealty_(?:live|test)_[0-9A-Za-z]{12}_|fealtyu_[0-9A-Za-z]{8})[0-9A-Za-z]+$/;

/**
 * The part of a credential that tells one from another and opens nothing: a key's id, or the first
 * eight characters of a user's token, which leaves more than 200 bits. Undefined for anything else.
 */
export const nameOf = (text: string): string | undefined => visible.exec(text)?.[1];

const digestOf = (text: string): Buffer => hash('sha256', text, 'buffer');

/** Compares in constant time; an unknown credential is compared with this, to take as long. */
export function isSameDigest(given: Buffer, stored: Buffer | undefined): boolean {
  const same = timingSafeEqual(given, stored?.length === given.length ? stored : nobodys);
  return same && stored !== undefined;
}

const nobodys = randomBytes(32);

/** Bytes above the last multiple of 62 are drawn again, so that no character is likelier. */
function randomText(length: number): string {
  let text = '';
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && text.length < length) text += alphabet.charAt(byte % 62);
    }
  }
  return text;
}

/** CRC-32 of the text in base62. It finds typing errors and proves nothing. */
export function checksum(text: string): string {
  let crc = 0xffffffff;
  for (let i = 0; i < text.length; i += 1) {
    crc = (crc >>> 8) ^ (crcTable[(crc ^ text.charCodeAt(i)) & 0xff] ?? 0);
  }
  let rest = (crc ^ 0xffffffff) >>> 0;
  let digits = '';
  for (let i = 0; i < CHECKSUM_LENGTH; i += 1) {
    digits = alphabet.charAt(rest % 62) + digits;
    rest = Math.floor(rest / 62);
  }
  return digits;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc >>> 0;
});
