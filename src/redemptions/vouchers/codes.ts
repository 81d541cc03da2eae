/**
 * Codes that are worth money to whoever has them. One is 19 symbols of 5 bits, 95 bits in all, and
 * a check symbol; in an alphabet without letters that look like others, shown in groups of five.
 */
import { createHmac } from 'node:crypto';

/** Crockford's base 32: no I, L, O and U. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const SYMBOLS = 19;
const GROUP = 5;
/** Twelve bytes are the 95 bits, and one that is left over. */
const BYTES = 12;

/** The code of bytes drawn or derived, of which the first 95 bits count. */
export function codeOf(bytes: Uint8Array): string {
  if (bytes.length < BYTES) throw new Error('invariant: a code is made of 95 bits');
  const bits = [...bytes.subarray(0, BYTES)].map((byte) => byte.toString(2).padStart(8, '0'));
  const symbols = Array.from({ length: SYMBOLS }, (_, place) =>
    parseInt(bits.join('').slice(place * 5, place * 5 + 5), 2),
  );
  return spelt([...symbols, checkOf(symbols)]);
}

/**
 * A code as it is spelt here, however it was typed: in small letters, without hyphens, with O for 0
 * and I or L for 1. Undefined = mistyped: one wrong symbol, or two swapped, never make another code.
 */
export function readCode(text: string): string | undefined {
  const plain = text.toUpperCase().replaceAll(/[\s-]/g, '');
  const alike = plain.replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  const symbols = Array.from(alike, (symbol) => ALPHABET.indexOf(symbol));
  if (symbols.length !== SYMBOLS + 1 || symbols.includes(-1)) return undefined;
  return checkOf(symbols.slice(0, SYMBOLS)) === symbols[SYMBOLS] ? spelt(symbols) : undefined;
}

/** The code of a redemption: nobody can tell it without the key, and nobody has to store it. */
export function voucherCode(key: Uint8Array, memberId: string, seq: number): string {
  return codeOf(
    createHmac('sha256', key)
      .update(`${memberId}/${String(seq)}`)
      .digest(),
  );
}

/** What is stored of a code instead of it, in hex. */
export function codeHmac(key: Uint8Array, code: string): string {
  return createHmac('sha256', key).update(`code:${code}`).digest('hex');
}

function spelt(symbols: readonly number[]): string {
  const text = symbols.map((symbol) => ALPHABET.charAt(symbol)).join('');
  return text.replaceAll(new RegExp(`.{${String(GROUP)}}(?!$)`, 'g'), '$&-');
}

/**
 * The sum over the field of 32 elements of each symbol times a power of its generator: one symbol
 * changed, or any two of 31 places swapped, change it.
 */
function checkOf(symbols: readonly number[]): number {
  return symbols.reduce((sum, symbol) => double(sum ^ symbol), 0);
}

/** Times the generator, by the polynomial x^5 + x^2 + 1. */
const double = (value: number): number => (value << 1) ^ (value >= 16 ? 0b100101 : 0);
