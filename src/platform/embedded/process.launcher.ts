import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** The user a child runs as; undefined means "as we do". */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** How a child ended, with all it printed. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** Named in every error that means "this machine cannot run the embedded database". */
export const ELSEWHERE = 'or set DATABASE_URL to use a PostgreSQL of your own';

/**
 * All the environment a child gets. Ours may hold secrets, and a locale or PG* variable in it
 * would change what initdb makes. Windows adds the few it needs by itself.
 */
const CHILD_ENVIRONMENT = { LC_ALL: 'C', PATH: '/usr/bin:/bin:/usr/sbin:/sbin' };

/** Output may trail the end of a child; a grandchild that kept the pipe open must not hold us. */
const TRAILING_OUTPUT_MS = 250;

/**
 * Runs a program to its end. A detached one is out of reach of the terminal's Ctrl-C. The working
 * directory is the root because ours may be closed to the account.
 */
export async function run(
  file: string,
  args: readonly string[],
  options: { account?: Account | undefined; detached?: boolean } = {},
): Promise<Outcome> {
  const { account, detached = false } = options;
  const identity = account === undefined ? {} : { uid: account.uid | 0, gid: account.gid | 0 };
  try {
    const env = process.platform === 'win32' ? { LC_ALL: 'C' } : CHILD_ENVIRONMENT;
    const cwd = process.platform === 'win32' ? undefined : '/';
    return await ended(
      spawn(file, args, {
        ...identity,
        cwd,
        env,
        detached,
        windowsHide: true,
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    );
  } catch (error) {
    const as = account === undefined ? '' : ` as ${account.name}`;
    const hint = `Is it made for this system (the binaries need glibc)? Repair the installation ${ELSEWHERE}.`;
    throw new Error(`Cannot run ${file}${as}: ${messageOf(error)}. ${hint}`, { cause: error });
  }
}

async function ended(child: ReturnType<typeof spawn>): Promise<Outcome> {
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  }
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.once('exit', resolve);
  });
  await Promise.race([closed, delay(TRAILING_OUTPUT_MS, undefined, { ref: false })]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  return { code, output: Buffer.concat(chunks).toString('utf8').trim() };
}

/** Whether a process runs. One that ended but was never reaped, as in many containers, does not. */
export function isRunning(pid: number): boolean {
  return hasProcessEntry(pid) && !['Z', 'X'].includes(statOf(pid)?.state ?? '');
}

/** Whether the system knows the number at all, which is all that PostgreSQL itself looks at. */
export function hasProcessEntry(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * A word that tells one process from a later one with the same number, which is common after a
 * container restarts. Empty where the system does not say (no /proc).
 */
export function birthOf(pid: number): string {
  const stat = statOf(pid);
  if (stat === undefined) return '';
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${stat.startTicks}`;
  } catch {
    return stat.startTicks;
  }
}

/** Whether a running process works in the folder, as every PostgreSQL does in its data folder. */
export function worksIn(pid: number, folder: string): boolean {
  if (!isRunning(pid)) return false;
  if (process.platform === 'win32') return true;
  if (process.platform !== 'linux') {
    const shown = spawnSync('/bin/ps', ['-p', String(pid), '-o', 'comm='], { encoding: 'utf8' });
    return shown.stdout.includes('postgres');
  }
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === folder;
  } catch {
    return statOf(pid)?.command === 'postgres';
  }
}

/** The PostgreSQL processes that work in the folder. Only Linux tells; elsewhere there are none. */
export function postgresIn(folder: string): number[] {
  if (process.platform !== 'linux') return [];
  const all = readdirSync('/proc').map(Number).filter(Number.isSafeInteger);
  return all.filter((pid) => statOf(pid)?.command === 'postgres' && worksIn(pid, folder));
}

function statOf(pid: number): { command: string; state: string; startTicks: string } | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command stands in brackets and may hold brackets and blanks itself.
    const end = text.lastIndexOf(')');
    const fields = text.slice(end + 2).split(' ');
    const command = text.slice(text.indexOf('(') + 1, end);
    return { command, state: fields[0] ?? '', startTicks: fields[19] ?? '' };
  } catch {
    return undefined;
  }
}

/** The system's code of an error (`ENOENT`, `EEXIST`), or an empty string. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return '';
  return typeof error.code === 'string' ? error.code : '';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
