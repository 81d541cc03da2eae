import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import {
  startEmbedded,
  type EmbeddedDatabase,
} from '../../src/platform/embedded/embedded.launcher.js';
import { isRunning } from '../../src/platform/embedded/process.launcher.js';

const quick = { fsync: 'off', full_page_writes: 'off' };

/** Starts a server in this process. */
export async function start(
  dataDir: string,
  settings: Record<string, string> = {},
): Promise<EmbeddedDatabase> {
  return startEmbedded({ dataDir, settings: { ...quick, ...settings } });
}

/** A process of its own that called `startEmbedded`, and what it got. */
export interface Elsewhere {
  child: ChildProcess;
  told: { started: boolean; ownerUrl: string };
}

/** Starts a server in a process of its own, which stops it when its input ends. */
export async function startElsewhere(dataDir: string): Promise<Elsewhere> {
  const compiled = '../../dist/src/platform/embedded/embedded.launcher.js';
  const script = `
    import { startEmbedded } from ${JSON.stringify(new URL(compiled, import.meta.url).href)};
    const input = new Promise((resolve) => process.stdin.resume().once('end', resolve));
    const options = { dataDir: ${JSON.stringify(dataDir)}, settings: ${JSON.stringify(quick)} };
    const { started, ownerUrl, stop } = await startEmbedded(options);
    console.log(JSON.stringify({ started, ownerUrl }));
    await input;
    await stop();`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return { child, told: JSON.parse(line) as Elsewhere['told'] };
}

/** The rows of one query on a connection of its own. */
export async function ask(url: string, query: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  // A killed server also ends the connection; the query reports it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(query)).rows;
  } finally {
    await client.end();
  }
}

/** Whether a connection to the address can be made. */
export async function accepts(host: string, port: number): Promise<boolean> {
  const socket = connect({ host, port, timeout: 1000 });
  return new Promise((resolve) => {
    const settle = (accepted: boolean): void => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
    socket.once('timeout', () => settle(false));
  });
}

/** A new folder that `nobody` can get into, as whom a server started by root runs. */
export async function temporaryFolder(): Promise<string> {
  const made = await mkdtemp(join(process.env['TEST_FOLDER'] ?? tmpdir(), 'embedded-'));
  await chmod(made, 0o711);
  return made;
}

/** Removes a folder, stopping first what a failed test may have left running in it. */
export async function removed(folder: string): Promise<void> {
  // SIGQUIT lets PostgreSQL give back its shared memory, which would outlive it.
  for (const pid of processesIn(folder)) process.kill(pid, 'SIGQUIT');
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
}

/** The process that the lock file of a data folder names. */
export function postmasterPid(folder: string): number {
  return parseInt(readFileSync(join(folder, 'pgdata', 'postmaster.pid'), 'utf8'), 10);
}

/** The processes whose command names the folder, as PostgreSQL's first one does. */
export function processesIn(folder: string): number[] {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  return stdout
    .split('\n')
    .filter((line) => line.includes(folder))
    .map((line) => parseInt(line, 10))
    .filter((pid) => pid !== process.pid && isRunning(pid));
}

/** Kills a process with -9 and waits for its end. */
export async function killed(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}
