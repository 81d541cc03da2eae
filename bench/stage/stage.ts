import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import {
  startEmbedded,
  type EmbeddedDatabase,
} from '../../src/platform/embedded/embedded.launcher.js';
import { findPgbench, preparePgbench, type Pgbench } from '../anchors/pgbench.js';
import { inDen, type Den } from './den.js';
import { fealty, startEngine, type Engine, type Environment } from './engine-process.js';
import { Generator } from '../load/generator-process.js';
import type { LoadResult, Task } from '../load/task.js';
import { generateMembers } from '../subject/members.js';
import type { Options } from './options.js';
import { cpuOf, type Cpu } from '../measures/process-facts.js';
import { forgetStatements } from '../measures/profile.js';
import { benchProgramme } from '../subject/programme.js';

/** The same for both sides: durable, with memory as a small server would have. */
export const databaseSettings = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  shared_buffers: '1GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
  max_connections: '200',
};

const DAY_MS = 86_400_000;
const TPCB_DATABASE = 'bench_tpcb';
const USUAL_DATABASE = 'bench_usual';

/** Everything that runs while the bench measures. */
export interface Stage {
  options: Options;
  /** Superuser on the programme's database, for checks and facts. */
  admin: pg.Client;
  environment: Environment;
  engine: Engine;
  pgbench: Pgbench | undefined;
  usualUrl: string;
  load: (
    task: Pick<Task, 'kind' | 'connections' | 'seconds'> & Partial<Task>,
  ) => Promise<LoadResult>;
  cpu: () => Cpu | undefined;
  /** Called when code and caches are warm: a profile starts here. */
  afterWarmUp(): Promise<void>;
  close(): Promise<void>;
}

export const say = (line: string): void => {
  console.error(`  ${line}`);
};

/** Sets the stage in a folder of its own, and clears it away when anything fails. */
export async function setStage(options: Options): Promise<Stage> {
  return inDen('bench', async (den) => build(options, den));
}

async function build(options: Options, { folder, atEnd, close }: Den): Promise<Stage> {
  const dataDir = join(folder, 'data');
  const database = await startEmbedded({
    dataDir,
    log: say,
    settings: { ...databaseSettings, ...preloadFor(options.profile) },
  });
  atEnd(() => database.stop());
  const environment = environmentOf(database, dataDir);
  const key = await prepareProgramme(folder, environment);
  const admin = new pg.Client({ connectionString: inDatabase(database.adminUrl, 'fealty') });
  // A server that goes away fails the query under way; without a listener it would end us.
  admin.on('error', () => undefined);
  await admin.connect();
  atEnd(() => admin.end());
  say(`generating ${String(options.members)} members`);
  await generateMembers(admin, options.members);
  if (options.profile !== undefined) await admin.query('CREATE EXTENSION pg_stat_statements');
  for (const name of [TPCB_DATABASE, USUAL_DATABASE]) await admin.query(`CREATE DATABASE ${name}`);
  const pgbench = await preparedPgbench(options, inDatabase(database.adminUrl, TPCB_DATABASE));
  await admin.query('CHECKPOINT');
  const engine = await startEngine(environment, nodeOptions(options.profile));
  atEnd(() => engine.stop());
  const generator = new Generator();
  atEnd(() => {
    generator.stop();
  });
  const postmaster = parseInt(readFileSync(join(dataDir, 'pgdata', 'postmaster.pid'), 'utf8'), 10);
  return {
    options,
    admin,
    environment,
    engine,
    pgbench,
    usualUrl: inDatabase(database.adminUrl, USUAL_DATABASE),
    load: (task) =>
      generator.run({
        port: engine.port,
        key,
        members: options.members,
        run: randomBytes(4).toString('hex'),
        occurredAt: new Date().toISOString(),
        ...task,
      }),
    afterWarmUp: async () => {
      if (options.profile !== undefined) await forgetStatements(admin);
    },
    cpu: () => cpuOf({ engine: engine.pid, postmaster, generator: generator.pid }),
    close,
  };
}

export function environmentOf(database: EmbeddedDatabase, dataDir: string): Environment {
  return {
    DATABASE_URL: database.serverUrl,
    DATABASE_OWNER_URL: database.ownerUrl,
    DATA_DIR: dataDir,
    LOG_LEVEL: 'warn',
    JOBS: 'off',
    // What an audit takes has a section of its own.
    AUDIT: 'off',
  };
}

/** Migrates, publishes the programme in force for 200 days, and returns a retailer's key. */
async function prepareProgramme(folder: string, environment: Environment): Promise<string> {
  const file = join(folder, 'programme.json');
  writeFileSync(file, JSON.stringify(benchProgramme));
  const effectiveAt = new Date(Date.now() - 200 * DAY_MS).toISOString();
  say((await fealty(['migrate'], environment)).trim());
  await fealty(['programme', 'publish', file, '--effective-at', effectiveAt], environment);
  const create = ['key', 'create', '--retailer', 'bench', '--kind', 'own', '--scopes', 'all'];
  return (await fealty(create, environment)).trim();
}

async function preparedPgbench(
  { pgbenchScale: scale, pgbenchProtocol: protocol }: Options,
  databaseUrl: string,
): Promise<Pgbench | undefined> {
  const program = findPgbench();
  if (program === undefined) {
    say('pgbench is not installed, so there will be no ratios');
    return undefined;
  }
  say(`filling the anchor with ${program}, scale ${String(scale)}`);
  return preparePgbench(program, databaseUrl, { scale, protocol });
}

/** What the engine's process and the database are told where a profile is wanted. */
export const nodeOptions = (profile: string | undefined): string[] =>
  profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];

export const preloadFor = (profile: string | undefined): Record<string, string> =>
  profile === undefined ? {} : { shared_preload_libraries: 'pg_stat_statements' };

export function inDatabase(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
