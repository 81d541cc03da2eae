/** Referral codes as people write them: 80 random bits in letters that cannot be confused. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const grouped = (text: string): string => (text.match(/.{1,4}/g) ?? []).join('-');

/** Ten bytes as four groups of four characters, as in `3K7M-9Q2X-ABCD-0000`. */
export function encodeCode(bytes: Buffer): string {
  let bits = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let left = bytes.length * 8; left > 0; left -= 5) {
    text = (ALPHABET[Number(bits & 31n)] ?? '') + text;
    bits >>= 5n;
  }
  return grouped(text);
}

/** A code as it was written down: any case, with or without dashes, O for 0 and I or L for 1. */
export function readCode(text: string): string {
  const plain = text
    .toUpperCase()
    .replaceAll(/[\s-]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
  return grouped(plain);
}
