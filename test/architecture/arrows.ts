import {
  breach,
  folderOf,
  importsOf,
  isCode,
  isUnder,
  type Breach,
  type Law,
  type Source,
} from './source.js';

/**
 * Who may import whom, beside its own files. `type x` allows types only. A folder that is missing
 * here may not exist: adding one is a decision, and this table is where it is taken.
 */
export const arrows: Readonly<Record<string, readonly string[]>> = {
  rules: [],
  platform: ['type rules', 'migrations'],
  ledger: ['rules', 'platform'],
  access: ['rules', 'platform', 'ledger'],
  clock: ['platform', 'access'],
  programmes: ['rules', 'platform', 'access', 'ledger'],
  members: ['rules', 'platform', 'access', 'ledger', 'programmes', 'accrual'],
  incentives: ['rules', 'platform', 'access', 'ledger', 'jobs', 'programmes', 'accrual'],
  jobs: ['rules', 'platform', 'access', 'ledger'],
  tiers: ['rules', 'platform', 'access', 'ledger', 'jobs', 'programmes', 'members', 'events'],
  accrual: [
    'rules',
    'platform',
    'access',
    'ledger',
    'jobs',
    'programmes',
    'members',
    'tiers',
    'partner-offers',
  ],
  redemptions: [
    'rules',
    'platform',
    'access',
    'ledger',
    'jobs',
    'programmes',
    'members',
    'tiers',
    'accrual',
    'partner-offers',
  ],
  adjustments: ['rules', 'platform', 'access', 'ledger', 'programmes', 'members', 'events', 'jobs'],
  referrals: ['rules', 'platform', 'access', 'ledger', 'jobs', 'programmes', 'members', 'accrual'],
  transfers: ['rules', 'platform', 'access', 'ledger', 'programmes', 'members', 'accrual'],
  'partner-offers': ['rules', 'platform', 'access', 'ledger', 'jobs', 'programmes', 'members'],
  statements: [
    'rules',
    'platform',
    'access',
    'ledger',
    'programmes',
    'members',
    'tiers',
    'events',
    'expiry',
  ],
  events: ['rules', 'platform', 'access', 'ledger', 'members'],
  inactivity: ['rules', 'platform', 'access', 'ledger', 'jobs', 'programmes', 'members', 'events'],
  reconciliation: ['rules', 'platform', 'access', 'ledger', 'jobs', 'members'],
  monitors: ['rules', 'platform', 'access', 'ledger', 'jobs', 'programmes'],
  expiry: ['rules', 'platform', 'access', 'ledger', 'jobs', 'programmes', 'members', 'events'],
  cli: ['*'],
  'app.module.ts': ['*'],
  'main.ts': ['*'],
  migrations: [],
};

/** The only files directly in src: one starts the server, the other lists every module. */
const rootFiles = ['src/main.ts', 'src/app.module.ts'];

/** Kinds that no other folder may import, so that a table and a route keep one owner. */
const privateKinds = /\.(?:entity|controller)\.ts$/;

/** The place in the table a file belongs to. */
export function placeOf(path: string): string {
  if (rootFiles.includes(path)) return path.slice('src/'.length);
  const [top = '', folder = '', ...rest] = path.split('/');
  if (top !== 'src') return top;
  return rest.length > 0 ? folder : path;
}

const governed = (source: Source): boolean =>
  isCode(source) && isUnder(source.path, 'src', 'migrations');

const follow: Law = {
  name: 'imports follow the arrows',
  breaches: (sources) =>
    sources.filter(governed).flatMap((source) => {
      const from = placeOf(source.path);
      const allowed = arrows[from];
      if (allowed === undefined) return [breach(source, `${from} is not in the table of arrows`)];
      return importsOf(source).flatMap(({ target, specifier, typeOnly }) => {
        if (target === undefined) return [];
        const to = placeOf(target);
        if (to === from || mayImport(allowed, to, typeOnly)) return [];
        return [breach(source, `${from} may not import ${to} (${specifier})`)];
      });
    }),
};

function mayImport(allowed: readonly string[], to: string, typeOnly: boolean): boolean {
  if (allowed.includes(to) || (typeOnly && allowed.includes(`type ${to}`))) return true;
  return allowed.includes('*') && to in arrows;
}

const pureCore: Law = {
  name: 'rules import nothing but themselves',
  breaches: (sources) =>
    sources
      .filter((source) => isCode(source) && isUnder(source.path, 'src/rules'))
      .flatMap((source) =>
        importsOf(source)
          .filter(({ target }) => target === undefined)
          .map(({ specifier }) => breach(source, `imports ${specifier}`)),
      ),
};

const ownership: Law = {
  name: 'entities and controllers stay in their folder',
  breaches: (sources) =>
    sources.filter(governed).flatMap((source) =>
      importsOf(source)
        .filter(({ target }) => target !== undefined && privateKinds.test(target))
        .filter(({ target }) => placeOf(target ?? '') !== placeOf(source.path))
        .map(({ specifier }) => breach(source, `imports ${specifier} of another folder`)),
    ),
};

const fileCycles: Law = {
  name: 'no cycle between files',
  breaches: (sources) => cyclesIn(graphOf(sources, (path) => path)),
};

const folderCycles: Law = {
  name: 'no cycle between folders',
  breaches: (sources) =>
    cyclesIn(graphOf(sources, (path) => (isUnder(path, 'src') ? placeOf(path) : folderOf(path)))),
};

type Graph = Map<string, Set<string>>;

function graphOf(sources: readonly Source[], vertex: (path: string) => string): Graph {
  const graph: Graph = new Map();
  for (const source of sources.filter(isCode)) {
    const from = vertex(source.path);
    const out = graph.get(from) ?? new Set<string>();
    graph.set(from, out);
    for (const { target } of importsOf(source)) {
      if (target !== undefined && vertex(target) !== from) out.add(vertex(target));
    }
  }
  return graph;
}

/** Depth first: an arrow back to a vertex still being visited closes a cycle. */
function cyclesIn(graph: Graph): Breach[] {
  const found: Breach[] = [];
  const done = new Set<string>();
  const visit = (vertex: string, trail: readonly string[]): void => {
    if (done.has(vertex)) return;
    const start = trail.indexOf(vertex);
    if (start >= 0) {
      found.push({ path: vertex, detail: [...trail.slice(start), vertex].join(' -> ') });
      return;
    }
    for (const next of graph.get(vertex) ?? []) visit(next, [...trail, vertex]);
    done.add(vertex);
  };
  for (const vertex of graph.keys()) visit(vertex, []);
  return found;
}

export const arrowLaws: Law[] = [follow, pureCore, ownership, folderCycles, fileCycles];
