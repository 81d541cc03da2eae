import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const CLIENTS = 16;
const THREADS = 2;

/** PostgreSQL's own benchmark, as an anchor on the same server. */
export interface Pgbench {
  /** How it is run, in words. */
  description: string;
  tpcb(seconds: number): Promise<Anchor>;
  select(seconds: number): Promise<Anchor>;
}

export interface Anchor {
  perSecond: number;
  /** Milliseconds. */
  averageLatency: number;
}

/** Finds pgbench in PATH or where Debian puts it; undefined when there is none. */
export function findPgbench(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(':');
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort().reverse() : [];
  return [...folders, ...versions.map((version) => join(debian, version, 'bin'))]
    .map((folder) => join(folder, 'pgbench'))
    .find((path) => existsSync(path));
}

/** Fills the tables of the anchor in a database of its own. */
export async function preparePgbench(
  program: string,
  databaseUrl: string,
  how: { scale: number; protocol: string },
): Promise<Pgbench> {
  await pgbench(program, databaseUrl, ['-i', '-q', '-s', String(how.scale)]);
  const version = (await pgbench(program, databaseUrl, ['--version'])).trim();
  const measure = async (seconds: number, builtin: string): Promise<Anchor> => {
    const output = await pgbench(program, databaseUrl, [
      ...['-n', '-c', String(CLIENTS), '-j', String(THREADS), '-M', how.protocol],
      ...['-b', builtin, '-T', String(Math.ceil(seconds))],
    ]);
    const read = (pattern: RegExp): number => {
      const value = Number(pattern.exec(output)?.[1]);
      if (Number.isFinite(value)) return value;
      throw new Error(`pgbench said: ${output}`);
    };
    return {
      perSecond: read(/tps = ([\d.]+)/),
      averageLatency: read(/latency average = ([\d.]+)/),
    };
  };
  return {
    description: `${version}, scale ${how.scale}, ${CLIENTS} clients, ${how.protocol} protocol`,
    tpcb: (seconds) => measure(seconds, 'tpcb-like'),
    select: (seconds) => measure(seconds, 'select-only'),
  };
}

async function pgbench(
  program: string,
  databaseUrl: string,
  args: readonly string[],
): Promise<string> {
  const { hostname, port, username, password, pathname } = new URL(databaseUrl);
  const child = spawn(program, [...args, pathname.slice(1)], {
    env: {
      ...process.env,
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: username,
      PGPASSWORD: password,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`pgbench ${args.join(' ')} failed: ${errors}`);
  return output;
}
