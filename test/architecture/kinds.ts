import {
  breach,
  fileName,
  importsOf,
  isUnder,
  type Import,
  type Law,
  type Source,
} from './source.js';

/** What a file with a suffix holds: `ledger.service.ts`. The list is closed so that it stays short. */
export const kinds: readonly string[] = [
  'command',
  'controller',
  'decorator',
  'entity',
  'errors',
  'filter',
  'guard',
  'interceptor',
  'job',
  'launcher',
  'module',
  'queries',
  'reader',
  'requests',
  'schema',
  'service',
  'views',
  'writer',
];

/** Processes begin here, and a suffix would only repeat the name. */
const startingPoints = [
  'src/main.ts',
  'src/cli/fealty.ts',
  'src/platform/database/migrate.ts',
  'src/platform/database/data-source.ts',
];

/** Packages that only compute. Whatever is missing here counts as framework, input or output. */
const pureSpecifiers = [
  'node:assert',
  'node:buffer',
  'node:crypto',
  'node:path',
  'node:url',
  'node:util',
  'ajv',
  'ajv-formats',
  'csv-parse/sync',
  'highs',
  'ipaddr.js',
  'rfc6902',
  'standardwebhooks',
];

/** Kinds with neither framework nor effect, which pure files may use. */
const pureKinds = ['errors', 'schema', undefined];

const kindOf = (path: string): string | undefined => {
  const [, kind, extension] = fileName(path).split('.');
  return extension === undefined ? undefined : kind;
};

const judged = ({ path }: Source): boolean => isUnder(path, 'src') && path.endsWith('.ts');

/** A type of a framework tells what the file will be handed, so it counts; a type of ours does not. */
function isImpure({ specifier, target, typeOnly }: Import): boolean {
  if (target === undefined) return !pureSpecifiers.includes(specifier);
  return !typeOnly && target.endsWith('.ts') && !pureKinds.includes(kindOf(target));
}

const pureWithoutSuffix: Law = {
  name: 'a file without a kind suffix is pure',
  breaches: (sources) =>
    sources
      .filter(judged)
      .filter(({ path }) => kindOf(path) === undefined && !startingPoints.includes(path))
      .flatMap((source) =>
        importsOf(source)
          .filter(isImpure)
          .map(({ specifier }) => breach(source, `imports ${specifier} but has no kind suffix`)),
      ),
};

const knownKinds: Law = {
  name: 'a kind suffix is a known one',
  breaches: (sources) =>
    sources.filter(judged).flatMap((source) => {
      const kind = kindOf(source.path);
      const known = kind === undefined || kinds.includes(kind);
      return known && fileName(source.path).split('.').length <= 3
        ? []
        : [breach(source, `is of no known kind (${kinds.join(', ')})`)];
    }),
};

export const kindLaws: Law[] = [pureWithoutSuffix, knownKinds];
