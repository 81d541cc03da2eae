import { chmodSync, lchownSync, lstatSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ELSEWHERE, run, type Account } from './process.launcher.js';

const USUAL_NOBODY = 65_534;

/** Prints the first of its arguments that the one who runs it may not enter or execute. */
const FIND_CLOSED = 'for path; do [ -x "$path" ] || { printf %s "$path"; exit 1; }; done';

/** PostgreSQL refuses to run as root: then it runs as `nobody`, otherwise as we do (undefined). */
export function serverAccount(): Account | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = passwordFile()
    .split('\n')
    .find((entry) => entry.startsWith('nobody:'));
  const [, , uid, gid] = line?.split(':') ?? [];
  return { name: 'nobody', uid: numberOr(uid), gid: numberOr(gid) };
}

/**
 * Makes the folder, closed to others; only `nobody`, if the server runs as that, may pass through.
 * An existing folder keeps its mode, since it may be shared with something else.
 */
export function makeFolder(folder: string, account: Account | undefined): void {
  const topmost = mkdirSync(folder, { recursive: true });
  if (topmost === undefined) return;
  if (account === undefined) {
    chmodSync(folder, 0o700);
    return;
  }
  // A strict umask would close the parents just made as well.
  for (let made = folder; made.length >= topmost.length; made = dirname(made)) {
    chmodSync(made, 0o711);
  }
}

/** Gives a whole tree to the account. The top goes last, so an interrupted change is done again. */
export function giveTree(folder: string, account: Account | undefined): void {
  if (account === undefined || lstatSync(folder).uid === account.uid) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) giveTree(path, account);
    else giveFile(path, account);
  }
  giveFile(folder, account);
}

/** Gives one file or folder to the account. */
export function giveFile(path: string, account: Account | undefined): void {
  if (account !== undefined) lchownSync(path, account.uid, account.gid);
}

/**
 * Fails with advice when a folder on the way to a path is closed to the account, as /root is.
 * The system is asked instead of the mode bits, which do not tell of access lists.
 */
export async function assertReachable(
  paths: readonly string[],
  account: Account | undefined,
): Promise<void> {
  if (account === undefined) return;
  const all = paths.flatMap((path) => [...parentsOf(path), path]);
  const probe = await run('/bin/sh', ['-c', FIND_CLOSED, 'sh', ...all], { account });
  if (probe.code === 0) return;
  const closed = probe.output;
  throw new Error(
    `PostgreSQL refuses to run as root, so it runs as "${account.name}", who may not enter ${closed}. ` +
      `Open that folder (chmod o+x ${closed}), keep Fealty and its data folder elsewhere, ` +
      `start Fealty as an ordinary user, ${ELSEWHERE}.`,
  );
}

function parentsOf(path: string): string[] {
  const parent = dirname(path);
  return parent === path ? [] : [...parentsOf(parent), parent];
}

function passwordFile(): string {
  try {
    return readFileSync('/etc/passwd', 'utf8');
  } catch {
    return '';
  }
}

/** Some systems write the number as negative; ownership calls want it unsigned. */
function numberOr(digits: string | undefined): number {
  const value = Number(digits);
  return digits === undefined || !Number.isSafeInteger(value) ? USUAL_NOBODY : value >>> 0;
}
