import { checkDocument } from '../../src/programmes/check.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { keptBeside } from '../../src/programmes/pilots/laws.js';
import { aProgrammeDocument } from '../support/programme.js';

type Bounds = NonNullable<ProgrammeDocument['bounds']>;

const sound: Bounds = {
  giveback: '0.05',
  stacked: '0.1',
  allowance: 5_000,
  largestBasket: 100_000,
  accounts: 3,
  monthlySpend: { median: 9_000, low: 4_000 },
  categories: [{ code: 'home', useful: '0.9', resale: '0.5', ownBrand: false }],
};

function faults(bounds: object): string[] {
  const checked = checkDocument(aProgrammeDocument({ bounds: { ...sound, ...bounds } }));
  if (!('faults' in checked)) return [];
  return checked.faults.map(({ code, pointer }) => `${code} ${pointer}`);
}

describe('what an owner declares of the costs of a programme', () => {
  it('P110: describes categories of the programme, each once', () => {
    expect(faults({})).toEqual([]);
    expect(
      faults({ categories: [{ code: 'garden' }, { code: 'coins' }, { code: 'garden' }] }),
    ).toEqual([
      'unknown_category /bounds/categories/1/code',
      'duplicate_code /bounds/categories/2/code',
    ]);
  });

  it('P111: is in order', () => {
    expect(faults({ stacked: '0.049999' })).toEqual(['bounds_out_of_order /bounds/stacked']);
    expect(faults({ stacked: '0.05' })).toEqual([]);
    expect(faults({ largestBasket: 0 })).toEqual(['out_of_bounds /bounds/largestBasket']);
    expect(faults({ monthlySpend: { median: 1, low: 2 } })).toEqual([
      'bounds_out_of_order /bounds/monthlySpend/low',
    ]);
    expect(faults({ monthlySpend: { median: 0, low: 0 } })).toEqual([
      'out_of_bounds /bounds/monthlySpend/low',
    ]);
  });

  it('P1: no share gives back everything', () => {
    expect(faults({ stacked: '1' })).toEqual(['wrong_format /bounds/stacked']);
    expect(faults({ accounts: 0 })).toEqual(['out_of_bounds /bounds/accounts']);
    expect(faults({ categories: [{ code: 'home', resale: '1.01' }] })).toEqual([
      'wrong_format /bounds/categories/0/resale',
    ]);
  });

  it('P82: decides nothing, so that a pilot may declare something else', () => {
    const beside = aProgrammeDocument({ bounds: sound });
    expect(keptBeside(beside, { ...beside, bounds: { ...sound, giveback: '0.06' } })).toEqual([]);
  });
});
