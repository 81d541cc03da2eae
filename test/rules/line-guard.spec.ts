import { contradiction } from '../../src/rules/guards/line.js';

const byCode = { kind: 'harmful', matched: '7995', by: 'merchant_code' };
const byWord = { kind: 'harmful', matched: 'late fee', by: 'word' };
const cash = { kind: 'cash_like', matched: 'gift card', by: 'word' };

describe('the guard of an earning line', () => {
  it('R3: reads its codes, the purchase’s, its description and its article number', () => {
    expect(contradiction({ merchantCategoryCode: '7995' }, undefined)).toEqual(byCode);
    expect(contradiction({}, '7995')).toEqual(byCode);
    expect(contradiction({ description: 'late fee' }, undefined)).toEqual(byWord);
    expect(contradiction({ sku: 'LATE-FEE' }, undefined)).toEqual(byWord);
  });

  it('R3: finds nothing in an honest line, and nothing where nothing is said', () => {
    const honest = { description: 'Rose', sku: 'A-1', merchantCategoryCode: '5261' };
    expect(contradiction(honest, '5411')).toBeUndefined();
    expect(
      contradiction({ description: '', sku: '', merchantCategoryCode: '' }, ''),
    ).toBeUndefined();
    expect(contradiction({}, undefined)).toBeUndefined();
  });

  it('G5: a code goes before words, the line’s own before the purchase’s', () => {
    const said = { description: 'gift card', sku: 'late fee' };
    expect(contradiction({ ...said, merchantCategoryCode: '6540' }, '7995')).toMatchObject({
      matched: '6540',
    });
    expect(contradiction(said, '7995')).toEqual(byCode);
    expect(contradiction(said, undefined)).toEqual(cash);
  });

  it('G6: answers the same again, and no code as a text or text as a code', () => {
    for (let time = 0; time < 2; time += 1) {
      expect(contradiction({ description: 'late fee' }, undefined)).toEqual(byWord);
      expect(contradiction({ description: 'Rose' }, undefined)).toBeUndefined();
      expect(contradiction({ description: '7995' }, undefined)).toBeUndefined();
      expect(contradiction({}, '7995')).toEqual(byCode);
      expect(contradiction({}, 'late fee')).toBeUndefined();
    }
  });

  it('G6: answers the same however many other lines there were', () => {
    const others = Array.from({ length: 10_500 }, (_, index) => `${String(index)} roses`);
    const found = others.filter((text) => contradiction({ description: text }, undefined));
    expect(found).toEqual([]);
    expect(contradiction({ description: 'late fee' }, undefined)).toEqual(byWord);
  });
});
