import { arrowLaws } from './arrows.js';
import { broken, sound } from './broken-fixtures.js';
import { kindLaws } from './kinds.js';
import { limitLaws } from './limits.js';
import { modelLaws } from './model.js';
import { readRepository } from './repository.js';
import type { Law, Source } from './source.js';
import { wordingLaws } from './wording.js';

const laws = [...arrowLaws, ...kindLaws, ...limitLaws, ...modelLaws, ...wordingLaws];

const judge = (law: Law, sources: readonly Source[]): string[] =>
  law.breaches(sources).map(({ path, detail }) => `${path}: ${detail} [${law.name}]`);

describe('the source tree keeps its laws', () => {
  const repository = readRepository(process.cwd());

  it('and is found where the laws look for it', () => {
    const paths = repository.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['package.json', 'src/rules/points.ts']));
  });

  it.each(laws)('$name', (law) => {
    expect(judge(law, repository)).toEqual([]);
  });
});

describe('each law can be broken', () => {
  it('and a broken tree is kept for every law', () => {
    expect(Object.keys(broken).sort()).toEqual(laws.map(({ name }) => name).sort());
  });

  const cases = laws.flatMap((law) =>
    (broken[law.name] ?? []).map((tree, n) => ({ law, tree, name: law.name, number: n + 1 })),
  );

  it.each(cases)('$name, tree $number', ({ law, tree }) => {
    expect(judge(law, tree)).toHaveLength(1);
  });

  it.each(laws)('$name: a sound tree passes', (law) => {
    expect(judge(law, sound)).toEqual([]);
  });
});
