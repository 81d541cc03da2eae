import * as files from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { giveFile, giveTree } from './account.launcher.js';
import { type Binaries } from './binaries.launcher.js';
import { ROLES, type Credentials } from './credentials.launcher.js';
import { answers, freePort } from './port.launcher.js';
import { parsePostmaster, withoutProcess, type Postmaster } from './postmaster.js';
import { hasProcessEntry, postgresIn, run, worksIn, type Account } from './process.launcher.js';
import { portIn, renderSettings } from './settings.js';

/** A data folder with what is needed to run its server. */
export interface Cluster {
  readonly folder: string;
  readonly account: Account | undefined;
  readonly binaries: Binaries;
  readonly settings: Readonly<Record<string, string>>;
}

// After kill -9 the old process number lingers, and so do backends in the midst of a query.
const START_ATTEMPTS = 10;
const ATTEMPTS_WHILE_BACKENDS_LIVE = 100;
const RETRY_AFTER_MS = 300;
const START_WITHIN_S = 300;
const STOP_WITHIN_S = 60;
const POLL_MS = 50;
const KEEP_LOG_BYTES = 10_000_000;

const pgdataOf = ({ folder }: Cluster): string => join(folder, 'pgdata');
const logOf = ({ folder }: Cluster): string => join(folder, 'postgres.log');
const settingsOf = ({ folder }: Cluster): string => join(folder, 'server.conf');

/** Whether the first start has finished making the data. */
export function hasData(cluster: Cluster): boolean {
  return files.existsSync(pgdataOf(cluster));
}

/** Makes the data beside its final place and moves it there when complete. */
export async function initialise(cluster: Cluster, credentials: Credentials): Promise<void> {
  const { folder, account, binaries, settings } = cluster;
  const draft = join(folder, 'pgdata.draft');
  const passwordFile = join(folder, 'initdb.password');
  for (const left of [draft, passwordFile]) files.rmSync(left, { recursive: true, force: true });
  try {
    files.mkdirSync(draft, { mode: 0o700 });
    files.writeFileSync(passwordFile, credentials.admin, { mode: 0o600, flag: 'wx' });
    for (const path of [draft, passwordFile]) giveFile(path, account);
    const made = await run(
      binaries.initdb,
      [`--pgdata=${draft}`, `--username=${ROLES.admin}`, `--pwfile=${passwordFile}`]
        .concat(['--encoding=UTF8', '--locale=C', '--locale-provider=builtin'])
        .concat(['--builtin-locale=C.UTF-8', '--data-checksums', '--auth=scram-sha-256'])
        .concat(settings['fsync'] === 'off' ? ['--no-sync'] : []),
      { account },
    );
    if (made.code !== 0) throw new Error(`initdb failed: ${made.output}`);
    files.appendFileSync(join(draft, 'postgresql.conf'), "\ninclude '../server.conf'\n");
    files.renameSync(draft, pgdataOf(cluster));
  } finally {
    for (const left of [draft, passwordFile]) files.rmSync(left, { recursive: true, force: true });
  }
}

/** The running server, or undefined. A lock file left by a dead one does not count. */
export function running(cluster: Cluster): Postmaster | undefined {
  const found = parsePostmaster(lockFile(cluster));
  if (found === undefined || !hasData(cluster)) return undefined;
  return worksIn(found.pid, files.realpathSync(pgdataOf(cluster))) ? found : undefined;
}

/** Starts the server, or waits for one that already runs, and returns it when it is ready. */
export async function start(cluster: Cluster): Promise<Postmaster> {
  let failure = '';
  for (let attempt = 1; attempt <= attemptsAfter(failure); attempt += 1) {
    const ready = await whenReady(cluster);
    if (ready !== undefined) return ready;
    quitBackends(cluster);
    failure = await tryStart(cluster);
    if (failure !== '') await delay(RETRY_AFTER_MS);
  }
  const ready = running(cluster);
  if (ready?.isReady === true) return ready;
  throw new Error(`The embedded PostgreSQL did not start: ${failure}`);
}

/** Stops the server and waits until it is gone; does nothing when none runs. */
export async function stop(cluster: Cluster): Promise<void> {
  const { account, binaries } = cluster;
  let output = '';
  // An impatient second Ctrl-C must not reach pg_ctl, hence detached.
  for (const mode of ['fast', 'immediate']) {
    if (running(cluster) === undefined) return;
    const args = ['stop', '-D', pgdataOf(cluster), '-m', mode, '-w', '-t', String(STOP_WITHIN_S)];
    ({ output } = await run(binaries.pgCtl, args, { account, detached: true }));
  }
  if (running(cluster) === undefined) return;
  throw new Error(`The embedded PostgreSQL in ${cluster.folder} did not stop: ${output}`);
}

/** Waits out a server that is starting or stopping; undefined when none is left. */
async function whenReady(cluster: Cluster): Promise<Postmaster | undefined> {
  for (let waitedMs = 0; waitedMs < START_WITHIN_S * 1000; waitedMs += POLL_MS) {
    const found = running(cluster);
    if (found === undefined || (found.isReady && (await answers(found.port)))) return found;
    await delay(POLL_MS);
  }
  throw new Error(`The PostgreSQL in ${cluster.folder} runs but does not become ready`);
}

function attemptsAfter(failure: string): number {
  return failure.includes('shared memory block') ? ATTEMPTS_WHILE_BACKENDS_LIVE : START_ATTEMPTS;
}

/** Ends what outlived a killed server, as the server itself would have done after a crash. */
function quitBackends(cluster: Cluster): void {
  for (const pid of postgresIn(files.realpathSync(pgdataOf(cluster)))) {
    try {
      process.kill(pid, 'SIGQUIT');
    } catch {
      // It ended by itself, or is not ours to end: the attempt to start will tell.
    }
  }
}

/** Starts once; returns an empty text, or what went wrong. */
async function tryStart(cluster: Cluster): Promise<string> {
  const { account, binaries } = cluster;
  giveTree(pgdataOf(cluster), account);
  disownLock(cluster);
  const port = await freePort(portIn(textOf(settingsOf(cluster))));
  replaceFile(settingsOf(cluster), renderSettings(port, cluster.settings), 0o644);
  const logged = openLog(cluster);
  const args = ['start', '-D', pgdataOf(cluster), '-l', logOf(cluster), '-w'];
  const { code, output } = await run(binaries.pgCtl, [...args, '-t', String(START_WITHIN_S)], {
    account,
  });
  return code === 0 ? '' : `${output}\n${textOf(logOf(cluster)).slice(logged)}`.trim();
}

/** PostgreSQL refuses to start while the number in its lock file belongs to any live process. */
function disownLock(cluster: Cluster): void {
  const text = lockFile(cluster);
  const left = parsePostmaster(text);
  if (left === undefined || !hasProcessEntry(left.pid) || running(cluster) !== undefined) return;
  replaceFile(join(pgdataOf(cluster), 'postmaster.pid'), withoutProcess(text), 0o600, cluster);
}

function lockFile(cluster: Cluster): string {
  return textOf(join(pgdataOf(cluster), 'postmaster.pid'));
}

/** Makes the log writable for the server; returns how much is in it, in characters. */
function openLog(cluster: Cluster): number {
  const log = logOf(cluster);
  const kept = textOf(log);
  if (kept.length > KEEP_LOG_BYTES) files.renameSync(log, `${log}.old`);
  files.closeSync(files.openSync(log, 'a', 0o600));
  giveFile(log, cluster.account);
  return kept.length > KEEP_LOG_BYTES ? 0 : kept.length;
}

/** Never writes through a link that the server's account may have put there. */
function replaceFile(path: string, text: string, mode: number, owner?: Cluster): void {
  const draft = `${path}.draft`;
  files.rmSync(draft, { force: true });
  files.writeFileSync(draft, text, { mode, flag: 'wx' });
  files.chmodSync(draft, mode);
  giveFile(draft, owner?.account);
  files.renameSync(draft, path);
}

function textOf(path: string): string {
  return files.existsSync(path) ? files.readFileSync(path, 'utf8') : '';
}
