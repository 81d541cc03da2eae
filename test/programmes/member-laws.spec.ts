import { checkDocument } from '../../src/programmes/check.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { aProgrammeDocument } from '../support/programme.js';

type Rule = ProgrammeDocument['earningRules'][number];
type When = NonNullable<Rule['when']>;

function faults(parts: Partial<ProgrammeDocument>): string[] {
  const checked = checkDocument(aProgrammeDocument({ rewards: [], ...parts }));
  if (!('faults' in checked)) return [];
  return checked.faults.map(({ code, pointer }) => `${code} ${pointer}`);
}

const asking = (when: When): Pick<ProgrammeDocument, 'earningRules'> => ({
  earningRules: [
    { kind: 'per_amount', id: 'base', name: 'Base', rate: '1' },
    { kind: 'multiplier', id: 'more', name: 'More', by: '2', when },
  ],
});

const gardener = { code: 'gardener', name: 'Gardener', description: 'Grows what they eat.' };
const host = { code: 'host', name: 'Host' };

describe('what a programme asks of its members', () => {
  it('P4: a persona that a rule names is one of the programme', () => {
    const rules = asking([{ kind: 'persona', personas: ['gardener', 'host'] }]);
    expect(faults({ ...rules, personas: [gardener, host] })).toEqual([]);
    expect(faults({ ...rules, personas: [gardener] })).toEqual([
      'unknown_persona /earningRules/1/when/0/personas/1',
    ]);
    expect(faults(rules)).toHaveLength(2);
  });

  it('P2: personas and preferences are each there once', () => {
    const books = { code: 'books', name: 'Books' };
    expect(faults({ personas: [gardener, host], preferences: [host, books] })).toEqual([]);
    expect(faults({ personas: [host, gardener, host], preferences: [books, books] })).toEqual([
      'duplicate_code /personas/2/code',
      'duplicate_code /preferences/1/code',
    ]);
  });

  it('P1: a persona is told in a few words, and nothing else is said of it', () => {
    const longWinded = { ...host, description: 'x'.repeat(301) };
    const found = faults({ personas: [longWinded, { ...host, code: 'Host' }] });
    expect(found.map((each) => each.split(' ')[1])).toEqual([
      '/personas/0/description',
      '/personas/1/code',
    ]);
  });
});
