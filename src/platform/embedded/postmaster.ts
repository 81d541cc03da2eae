/**
 * Reads `postmaster.pid`, the lock file PostgreSQL keeps in its data folder while it runs: line 1
 * is the process, line 4 the port, line 8 the state. A file still being written has fewer lines.
 */

/** What a running PostgreSQL says of itself; `port` is 0 until it listens. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly isReady: boolean;
}

/** A process number above every system's maximum, so it belongs to nobody. */
const NO_SUCH_PID = 2_147_483_647;

/** The lock file as values, or undefined when it does not name a process. */
export function parsePostmaster(text: string): Postmaster | undefined {
  const lines = text.split('\n');
  const pid = Number(lines[0]?.trim());
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  const port = Number(lines[3]?.trim());
  return {
    pid,
    port: Number.isSafeInteger(port) && port > 0 ? port : 0,
    isReady: lines[7]?.trim() === 'ready',
  };
}

/**
 * The same lock file naming a process that cannot exist. Deleting it would be simpler, but line 7
 * tells the next server which shared memory to check for surviving backends.
 */
export function withoutProcess(text: string): string {
  return [String(NO_SUCH_PID), ...text.split('\n').slice(1)].join('\n');
}
