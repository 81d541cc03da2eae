import fc from 'fast-check';
import { codeHmac, codeOf, readCode, voucherCode } from '../../src/redemptions/vouchers/codes.js';

const key = new Uint8Array(32).fill(7);
const member = '0a1b2c3d-0000-4000-8000-000000000000';
const bytes = fc.uint8Array({ minLength: 12, maxLength: 12 });
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

describe('codes', () => {
  it('D10: have 95 bits, in four groups of letters and digits that look like no other', () => {
    fc.assert(
      fc.property(bytes, (drawn) => {
        const code = codeOf(drawn);
        expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}$/);
        const symbols = code.replaceAll('-', '').slice(0, 19);
        const bits = Array.from(symbols, (each) =>
          alphabet.indexOf(each).toString(2).padStart(5, '0'),
        ).join('');
        const own = Array.from(drawn, (byte) => byte.toString(2).padStart(8, '0')).join('');
        expect(bits).toBe(own.slice(0, 95));
      }),
    );
  });

  it('D10: are read however they are typed', () => {
    const code = codeOf(new Uint8Array([0, 66, 16, 132, 33, 8, 66, 16, 132, 33, 8, 66]));
    expect(readCode(code)).toBe(code);
    expect(readCode(` ${code.toLowerCase().replaceAll('-', ' ')} `)).toBe(code);
    expect(readCode(code.replaceAll('-', ''))).toBe(code);
    expect(readCode(code.replaceAll('0', 'o').replaceAll('1', 'l'))).toBe(code);
    expect(readCode(code.replaceAll('0', 'O').replaceAll('1', 'i'))).toBe(code);
    for (const wrong of ['', code.slice(1), `${code}0`, code.replace('1', 'U')]) {
      expect(readCode(wrong)).toBeUndefined();
    }
  });

  it('D10: with one symbol changed, or two swapped, are no code', () => {
    const place = fc.nat({ max: 19 });
    fc.assert(
      fc.property(bytes, place, fc.nat({ max: 31 }), (drawn, at, symbol) => {
        const plain = codeOf(drawn).replaceAll('-', '');
        const changed = plain.slice(0, at) + alphabet.charAt(symbol) + plain.slice(at + 1);
        expect(readCode(changed) === undefined).toBe(changed !== plain);
      }),
    );
    fc.assert(
      fc.property(bytes, place, place, (drawn, one, other) => {
        const symbols = Array.from(codeOf(drawn).replaceAll('-', ''));
        const swapped = symbols
          .with(one, symbols[other] ?? '')
          .with(other, symbols[one] ?? '')
          .join('');
        expect(readCode(swapped) === undefined).toBe(swapped !== symbols.join(''));
      }),
    );
  });

  it('D10: follow from the address under the key, and tell nothing of each other', () => {
    const codes = new Set<string>();
    for (let seq = 1; seq <= 2_000; seq += 1) codes.add(voucherCode(key, member, seq));
    expect(codes.size).toBe(2_000);
    expect(voucherCode(key, member, 1)).toBe(voucherCode(key, member, 1));
    const other = new Uint8Array(32).fill(8);
    expect(voucherCode(other, member, 1)).not.toBe(voucherCode(key, member, 1));
    const code = voucherCode(key, member, 1);
    expect(codeHmac(key, code)).toMatch(/^[0-9a-f]{64}$/);
    expect(codeHmac(other, code)).not.toBe(codeHmac(key, code));
    expect(() => codeOf(new Uint8Array(11))).toThrow('95 bits');
  });
});
