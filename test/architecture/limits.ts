import ts from 'typescript';
import {
  breach,
  folderOf,
  isCode,
  isUnder,
  lineCount,
  lineOf,
  nodesOf,
  type Law,
  type Source,
} from './source.js';

/** What one reader can hold in mind. `depth` counts folders below src. */
export const limits = {
  fileLines: 250,
  testFileLines: 400,
  functionLines: 60,
  constructorParameters: 6,
  folderFiles: 14,
  depth: 2,
};

/** What a schema was turned into is as long as the schema needs; nobody reads or edits it. */
const isGenerated = ({ text }: Source): boolean => text.startsWith('/** Generated from ');

const isProduct = (source: Source): boolean => isUnder(source.path, 'src', 'web') && isCode(source);

const fileLength: Law = {
  name: 'files are short',
  breaches: (sources) =>
    sources.filter(isCode).flatMap((source) => {
      if (isGenerated(source)) return [];
      const lines = lineCount(source.text);
      const most = mostLines(source);
      return lines > most ? [breach(source, `has ${lines} lines, ${most} allowed`)] : [];
    }),
};

/** Generated from the schema, and nobody's to shorten. */
const generated = ['src/programmes/document.ts'];

function mostLines(source: Source): number {
  if (generated.includes(source.path)) return Infinity;
  if (isProduct(source)) return limits.fileLines;
  // Migrations are frozen once released, so a limit on them could only be met by luck.
  return isUnder(source.path, 'test', 'bench') ? limits.testFileLines : Infinity;
}

const functionLength: Law = {
  name: 'functions are short',
  breaches: (sources) =>
    sources.filter(isProduct).flatMap((source) =>
      nodesOf(source)
        .filter(ts.isFunctionLike)
        .flatMap((node) => {
          const first = lineOf(source, node.getStart());
          const lines = lineOf(source, node.end) - first + 1;
          return lines > limits.functionLines
            ? [breach(source, `line ${first}: function of ${lines} lines`)]
            : [];
        }),
    ),
};

const constructorParameters: Law = {
  name: 'constructors take few parameters',
  breaches: (sources) =>
    sources.filter(isProduct).flatMap((source) =>
      nodesOf(source)
        .filter(ts.isConstructorDeclaration)
        .filter(({ parameters }) => parameters.length > limits.constructorParameters)
        .map(({ parameters }) => breach(source, `constructor of ${parameters.length} parameters`)),
    ),
};

const folderSize: Law = {
  name: 'folders hold few files',
  breaches: (sources) => {
    const folders = new Map<string, number>();
    for (const { path } of sources) {
      if (!isUnder(path, 'src', 'web') || path.endsWith('README.md')) continue;
      folders.set(folderOf(path), (folders.get(folderOf(path)) ?? 0) + 1);
    }
    return [...folders]
      .filter(([, files]) => files > limits.folderFiles)
      .map(([path, files]) => ({ path, detail: `has ${files} files` }));
  },
};

const depth: Law = {
  name: 'folders nest two deep',
  breaches: (sources) =>
    sources
      .filter(({ path }) => isUnder(path, 'src'))
      .filter(({ path }) => folderOf(path).split('/').length - 1 > limits.depth)
      .map((source) => breach(source, `is deeper than ${limits.depth} folders below src`)),
};

const readme: Law = {
  name: 'every folder of src explains itself',
  breaches: (sources) => {
    const paths = new Set(sources.map(({ path }) => path));
    const folders = new Set(
      [...paths]
        .filter((path) => isUnder(path, 'src'))
        .map((path) => folderOf(path).split('/').slice(0, 2).join('/')),
    );
    return [...folders]
      .filter((folder) => !paths.has(`${folder}/README.md`))
      .map((path) => ({ path, detail: 'has no README.md' }));
  },
};

export const limitLaws: Law[] = [
  fileLength,
  functionLength,
  constructorParameters,
  folderSize,
  depth,
  readme,
];
