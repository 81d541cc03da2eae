import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import pg from 'pg';
import type { RowDifference } from '../../src/ledger/rebuild/compare.js';
import type { Verification } from '../../src/ledger/verify.service.js';
import type { ProgrammeDocument } from '../../src/programmes/document.js';
import { freshDatabase, type FreshDatabase } from './database.js';
import { aProgrammeDocument } from './programme.js';

/** Every server of a test run has the same, as replicas of one deployment have. */
export const secrets = {
  HANDLE_SECRET: 'handles-of-the-api-tests-9f3b61c07ad2',
  TOKEN_SECRET: 'tokens-of-the-api-tests-84be1d05c62f',
};

/** No test is about it, and torture on a busy machine starts a server more than a minute. */
const READY_WITHIN_MS = 180_000;
/** Where it serves, and what the scheduler says by itself when the machine is busy. */
const unremarkable = /^(?:Fealty serves |\[Cron\] Missed execution deadline ).*\n/gm;

/** A server process of its own. */
export interface RunningServer {
  readonly url: string;
  readonly pid: number;
  /** Everything it has printed beside the line that says where it serves. */
  complaints(): string;
  /** Asks it to end and waits; rejects when it does not end well. */
  stop(): Promise<void>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
}

/** Starts the built server on a free port; whoever starts it stops or kills it. */
export async function startServer(options: {
  database: Pick<FreshDatabase, 'serverUrl' | 'ownerUrl'>;
  env?: Record<string, string>;
}): Promise<RunningServer> {
  const { database, env = {} } = options;
  const file = (await ask('bundle', { folder: process.env['TEST_FOLDER'] })) as string;
  const folder = await mkdtemp(join(process.env['TEST_FOLDER'] ?? tmpdir(), 'server-'));
  // The flag does nothing but name the folder: so the keeper of the run finds what a killed test
  // left behind.
  const child = spawn(process.execPath, [`--diagnostic-dir=${folder}`, file, 'serve'], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      DATABASE_URL: database.serverUrl,
      DATABASE_OWNER_URL: database.ownerUrl,
      DATA_DIR: folder,
      LOG_LEVEL: 'error',
      // Other tests than its own publish programmes of all kinds.
      AUDIT: 'off',
      ...secrets,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const said = { text: '' };
  const clean = async (): Promise<void> =>
    rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  const kill = async (): Promise<void> => {
    if (isAlive(child)) child.kill('SIGKILL');
    await exited;
    await clean();
  };
  try {
    const url = await readiness(child, said);
    return {
      url,
      pid: child.pid ?? NaN,
      complaints: () => said.text.replaceAll(unremarkable, ''),
      stop: async () => {
        if (isAlive(child)) child.kill('SIGTERM');
        await exited;
        await clean();
        if (child.exitCode !== 0) throw new Error(`The server did not end well:\n${said.text}`);
      },
      kill,
    };
  } catch (error) {
    await kill();
    throw error;
  }
}

const isAlive = (child: ChildProcess): boolean =>
  child.exitCode === null && child.signalCode === null;

async function readiness(child: ChildProcess, said: { text: string }): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`The server was not ready in time:\n${said.text}`));
    }, READY_WITHIN_MS);
    const listen = (chunk: Buffer): void => {
      said.text += chunk.toString();
      const [, url] = /^Fealty serves (http:\S+) on /m.exec(said.text) ?? [];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    };
    child.stdout?.on('data', listen);
    child.stderr?.on('data', listen);
    child.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`The server ended early:\n${said.text}`));
    });
  });
}

/** What callers of a prepared database send as their bearer credential. */
export interface Credentials {
  /** An own retailer with every scope. */
  shop: string;
  /** Another retailer, a partner, with every scope it may have. */
  corner: string;
  /** The first retailer again, but it can accrue and nothing else. */
  till: string;
  /** Staff who may see everything. */
  staff: string;
}

/**
 * A programme in force since 2020 that pays 1 point a pound, 2 on plants, and takes purchases from
 * before a member enrolled, so that points older than their return window can be had.
 */
export function apiProgramme(overrides: Partial<ProgrammeDocument> = {}): ProgrammeDocument {
  const { earningRules, tiers } = aProgrammeDocument();
  return aProgrammeDocument({
    earningRules: earningRules.filter(({ kind }) => kind === 'per_amount'),
    tiers: tiers.map((tier) => (tier.threshold === 0 ? tier : { ...tier, threshold: 100_000 })),
    purchasesBeforeEnrolment: true,
    ...overrides,
  });
}

/** Has the process that keeps the database do something for this one. */
async function ask(
  work: 'bundle' | 'prepare' | 'verify' | 'rebuild',
  what: object,
): Promise<unknown> {
  const url = process.env['TEST_DESK_URL'];
  if (url === undefined) throw new Error('TEST_DESK_URL is not set: run the tests with npm test');
  const answer = await fetch(`${url}/${work}`, {
    method: 'POST',
    body: serialize({ ...what, secrets }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return deserialize(Buffer.from(await answer.arrayBuffer()));
}

/** Publishes a programme and makes the credentials. */
export async function prepare(
  { serverUrl }: Pick<FreshDatabase, 'serverUrl'>,
  programme: ProgrammeDocument = apiProgramme(),
): Promise<Credentials> {
  return (await ask('prepare', { serverUrl, programme })) as Credentials;
}

/** Servers on one prepared database of their own. */
export interface Deployment {
  readonly database: FreshDatabase;
  readonly credentials: Credentials;
  readonly servers: readonly RunningServer[];
  /** Rows of a statement run by the administrator, past every right and trigger. */
  sql<Row extends object>(statement: string, values?: unknown[]): Promise<Row[]>;
  /** Recomputes the whole ledger from its postings. */
  verify(): Promise<Verification>;
  /** What `rebuild --check` finds wrong of derived columns and of versions. */
  rebuild(): Promise<RowDifference[]>;
  /** What any server has complained of. */
  complaints(): string;
  close(): Promise<void>;
}

/** A database, a programme, credentials, and as many replicas of the server as asked for. */
export async function deploy(
  options: {
    replicas?: number;
    programme?: ProgrammeDocument;
    env?: Record<string, string>;
  } = {},
): Promise<Deployment> {
  const { replicas = 1, programme, env = {} } = options;
  const database = await freshDatabase();
  const { serverUrl } = database;
  const servers: RunningServer[] = [];
  const admin = new pg.Client({ connectionString: database.adminUrl });
  const close = async (): Promise<void> => {
    const stopped = await Promise.allSettled(servers.map((server) => server.stop()));
    await admin.end();
    await database.drop();
    for (const each of stopped) if (each.status === 'rejected') throw each.reason;
  };
  try {
    await admin.connect();
    // The administrator may repair append-only tables, which tests use to let time pass.
    await admin.query('SET session_replication_role = replica');
    const credentials = await prepare(database, programme);
    const starting = Array.from({ length: replicas }, () => startServer({ database, env }));
    for (const each of await Promise.allSettled(starting)) {
      if (each.status === 'rejected') throw each.reason;
      servers.push(each.value);
    }
    return {
      database,
      credentials,
      servers,
      sql: async <Row extends object>(statement: string, values: unknown[] = []) =>
        (await admin.query<Row>(statement, values)).rows,
      verify: async () => (await ask('verify', { serverUrl })) as Verification,
      rebuild: async () => (await ask('rebuild', { serverUrl })) as RowDifference[],
      complaints: () => servers.map((server) => server.complaints()).join(''),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
