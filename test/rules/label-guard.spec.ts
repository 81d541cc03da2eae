import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { labelContradiction } from '../../src/rules/guards/label.js';
import { MERCHANT_CODES } from '../../src/rules/guards/merchant-codes.js';

const read = (text: string) => labelContradiction({ texts: [text], merchantCodes: [] });

const PHRASES = [
  'late payment fee',
  'overdraft interest',
  'gift card',
  'cash advance',
  'lottery ticket',
  'pénalité de retard',
  'carte cadeau',
  "retrait d'espèces",
  'Überziehungszinsen',
  'Säumniszuschlag',
  'Geschenkkarte',
  'comisión por descubierto',
  'tarjeta de regalo',
  'juegos de azar',
];
const phrase = fc.constantFrom(...PHRASES);
const hidden = fc.constantFrom('\u200b', '\u200d', '\u00ad', '\ufeff', '\u2060', '\u0301');

describe('the label guard', () => {
  it('refuses its listed phrases', () => {
    for (const text of PHRASES) expect(read(text)?.by).toBe('word');
  });

  it('does not mind case', () => {
    fc.assert(
      fc.property(phrase, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (text, up) => {
        const mixed = Array.from(text, (letter, at) =>
          up[at] === true ? letter.toUpperCase() : letter.toLowerCase(),
        );
        expect(read(mixed.join(''))).toEqual(read(text));
      }),
    );
  });

  it('does not mind accents, composed, apart or left out', () => {
    for (const text of PHRASES) {
      const expected = read(text);
      expect(read(text.normalize('NFD'))).toEqual(expected);
      expect(read(text.normalize('NFD').replaceAll(/\p{M}/gu, ''))).toEqual(expected);
    }
  });

  it('does not mind how words are parted', () => {
    const signs = fc.constantFrom(' ', '_', '-', '.', '/', '  ', ' 7 ', "'");
    fc.assert(
      fc.property(phrase, signs, (text, sign) => {
        expect(read(text.split(' ').join(sign))).toEqual(read(text));
      }),
    );
  });

  it('does not mind what cannot be seen', () => {
    fc.assert(
      fc.property(phrase, hidden, fc.nat(60), (text, sign, place) => {
        const at = place % (text.length + 1);
        expect(read(text.slice(0, at) + sign + text.slice(at))).toEqual(read(text));
      }),
    );
  });

  it('finds a phrase among other words', () => {
    fc.assert(
      fc.property(phrase, fc.nat(5), fc.nat(5), (text, before, after) => {
        const among = `${'blue '.repeat(before)}${text}${' green'.repeat(after)}`;
        expect(read(among)).toEqual(read(text));
      }),
    );
  });

  it('reads German words grown together, in every spelling', () => {
    const compounds = ['Mahngebühr', 'MAHNGEBUEHREN', 'mahngebuhr', 'Kontoüberziehungszinsen'];
    compounds.push('Rücklastschriftgebühren', 'Weihnachtslotterie', 'Bußgeldbescheid', 'BUSSGELD');
    for (const text of compounds) expect(read(text)?.kind).toBe('harmful');
    const cash = ['Amazon-Geschenkkarten', 'Auslandsüberweisung', 'Geldautomaten'];
    for (const text of cash) expect(read(text)?.kind).toBe('cash_like');
    for (const text of ['Geschenkkartenbox', 'Geschenkpapier', 'Gartenbank', 'Medizin']) {
      expect(read(text)).toBeUndefined();
    }
  });

  it('answers any string, always alike', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(read(text)).toEqual(read(text));
      }),
    );
    expect(read('\ud800 \udfff')).toBeUndefined();
    expect(read('')).toBeUndefined();
  });

  it('refuses every listed merchant code and no neighbour by likeness', () => {
    for (const [code, kind] of MERCHANT_CODES) {
      const found = labelContradiction({ texts: ['bread'], merchantCodes: ['5411', code] });
      expect(found).toEqual({ kind, matched: code, by: 'merchant_code' });
    }
    expect(labelContradiction({ texts: [], merchantCodes: ['5411', '', '79950'] })).toBeUndefined();
  });
});
