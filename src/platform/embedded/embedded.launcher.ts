/**
 * The PostgreSQL that Fealty brings along, for a first try, for development and for tests.
 *
 * A data folder holds `pgdata` (the server's own), `server.conf` (how it was last started),
 * `credentials.json` (passwords, 0600), `postgres.log` and `keeper-N.json` (who keeps it).
 */
import { accessSync, constants, existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { assertReachable, makeFolder, serverAccount } from './account.launcher.js';
import { findBinaries } from './binaries.launcher.js';
import * as cluster from './cluster.launcher.js';
import * as credentials from './credentials.launcher.js';
import * as keeper from './keeper.launcher.js';
import { ELSEWHERE } from './process.launcher.js';
import { answers } from './port.launcher.js';
import { type Postmaster } from './postmaster.js';
import { ensureRoles } from './roles.launcher.js';

/** A running embedded PostgreSQL. */
export interface EmbeddedDatabase {
  /** postgres:// URL of the login role that owns the schema and runs migrations. */
  readonly ownerUrl: string;
  /** postgres:// URL of the login role the server works as. */
  readonly serverUrl: string;
  /** postgres:// URL of the superuser, for tests and the bench. */
  readonly adminUrl: string;
  /**
   * True when this process keeps the server, and so stops it: it started it, or adopted it from a
   * process that died. False when it attached to the server of a process that still runs.
   */
  readonly started: boolean;
  /** Stops the server if this process keeps it; otherwise does nothing. May be called twice. */
  stop(): Promise<void>;
}

/** What to start and where. */
export interface EmbeddedOptions {
  /** Made when missing. Its file system must know owners, modes and links. */
  readonly dataDir: string;
  readonly log?: (line: string) => void;
  /** PostgreSQL settings by name. A server that already runs keeps those it has. */
  readonly settings?: Readonly<Record<string, string>>;
}

const POLL_MS = 50;
const PATIENCE_MS = 300_000;

/** Starts the embedded PostgreSQL of a data folder, or joins the one that already runs there. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const log = options.log ?? (() => undefined);
  const place = openFolder(options);
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    const current = await keeper.latestKeeper(place.folder);
    const server = cluster.running(place);
    const isReady = current.state === 'ready' && server !== undefined;
    if (current.isKeeping && isReady && (await answers(server.port))) {
      log(`using the PostgreSQL on port ${server.port} that process ${current.pid} keeps`);
      return describe(place, server, false, () => Promise.resolve());
    }
    // A keeper whose server died can be replaced; one that is starting or stopping is waited for.
    if (!current.isKeeping || current.state === 'ready') {
      const claim = await keeper.takeTurn(place.folder, current);
      if (claim !== undefined) return await keep(place, claim, log);
    }
    await delay(POLL_MS);
  }
  throw new Error(`Another process has been starting or stopping ${place.folder} for too long`);
}

function openFolder(options: EmbeddedOptions): cluster.Cluster {
  const account = serverAccount();
  const folder = resolve(options.dataDir);
  // pg_ctl puts these paths between double quotes in a shell command.
  if (/["$`\n]/.test(folder)) throw new Error(`${folder} must not contain ", $ or \``);
  makeFolder(folder, account);
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const cure = `Give it to the user who starts Fealty, choose another folder, ${ELSEWHERE}.`;
    throw new Error(`The data folder ${folder} is not ours to write. ${cure}`, { cause: error });
  }
  return {
    folder: realpathSync(folder),
    account,
    binaries: findBinaries(),
    settings: options.settings ?? {},
  };
}

/** Starts or adopts the server under a claim. A failure stops what it started. */
async function keep(
  place: cluster.Cluster,
  claim: keeper.Claim,
  log: (line: string) => void,
): Promise<EmbeddedDatabase> {
  const orphan = cluster.running(place)?.pid;
  try {
    const server = await boot(place);
    const deed = server.pid === orphan ? 'adopted the' : 'started a';
    log(`${deed} PostgreSQL on port ${server.port}`);
    const adminUrl = addresses(place, server).adminUrl;
    await ensureRoles(adminUrl, credentials.readCredentials(place.folder));
    await keeper.announce(claim, 'ready');
    let stopping: Promise<void> | undefined;
    return describe(place, server, true, () => (stopping ??= release(place, claim, log)));
  } catch (error) {
    try {
      if (cluster.running(place)?.pid !== orphan) await cluster.stop(place);
      await keeper.announce(claim, 'released');
    } catch (another) {
      log(`could not clean up after a failed start: ${String(another)}`);
    }
    throw error;
  }
}

async function boot(place: cluster.Cluster): Promise<Postmaster> {
  const { folder, account, binaries } = place;
  await assertReachable([binaries.initdb, binaries.pgCtl, folder], account);
  if (!cluster.hasData(place)) {
    const isNew = !credentials.hasCredentials(folder);
    const passwords = isNew
      ? credentials.writeCredentials(folder)
      : credentials.readCredentials(folder);
    await cluster.initialise(place, passwords);
  }
  if (!credentials.hasCredentials(folder)) {
    const cure = 'Put credentials.json back, or move pgdata away to begin anew.';
    throw new Error(`${join(folder, 'pgdata')} has lost the passwords beside it. ${cure}`);
  }
  return await cluster.start(place);
}

async function release(
  place: cluster.Cluster,
  claim: keeper.Claim,
  log: (line: string) => void,
): Promise<void> {
  // The folder may be gone already, and another keeper may have replaced a server that died.
  if (!existsSync(place.folder) || !(await keeper.holds(claim))) return;
  await keeper.announce(claim, 'stopping');
  await cluster.stop(place);
  await keeper.announce(claim, 'released');
  log('stopped the PostgreSQL');
}

function addresses(
  place: cluster.Cluster,
  { port }: Postmaster,
): Pick<EmbeddedDatabase, 'ownerUrl' | 'serverUrl' | 'adminUrl'> {
  const passwords = credentials.readCredentials(place.folder);
  const database = credentials.DATABASE;
  return {
    ownerUrl: credentials.urlOf('owner', passwords, { port, database }),
    serverUrl: credentials.urlOf('server', passwords, { port, database }),
    adminUrl: credentials.urlOf('admin', passwords, { port, database: 'postgres' }),
  };
}

function describe(
  place: cluster.Cluster,
  server: Postmaster,
  started: boolean,
  stop: () => Promise<void>,
): EmbeddedDatabase {
  return { ...addresses(place, server), started, stop };
}
