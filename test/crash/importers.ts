import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { NestFactory } from '@nestjs/core';
import pg from 'pg';
import { AppModule } from '../../src/app.module.js';
import { MembersService } from '../../src/members/members.service.js';
import { Secrets } from '../../src/platform/config/secrets.js';
import { parseSettings } from '../../src/platform/config/settings.js';
import { migrate } from '../../src/platform/database/migrate.js';
import { readCredentials, urlOf } from '../../src/platform/embedded/credentials.launcher.js';
import { startEmbedded } from '../../src/platform/embedded/embedded.launcher.js';
import { parsePostmaster } from '../../src/platform/embedded/postmaster.js';
import { ProgrammesService } from '../../src/programmes/programmes.service.js';
import { consent } from '../support/api.js';
import { postmasterPid, temporaryFolder } from '../support/embedded.js';
import { importProgramme, type NamedMember } from '../support/purchases.js';
import { secrets } from '../support/server.js';

const compiled = fileURLToPath(new URL('../../dist/src/cli/fealty.js', import.meta.url));
const POLL_MS = 2;
const ENROL_AT_ONCE = 50;

/** Folders with an embedded database of their own each, and the same members in all of them. */
export interface Homes {
  members: NamedMember[];
  /** A copy of the prepared database that nobody has started yet. */
  copy(name: string): Promise<string>;
}

/** Makes a database with a programme and members, stopped, from which others are copied. */
export async function prepareHomes(memberCount: number): Promise<Homes> {
  const folder = await temporaryFolder();
  const template = join(folder, 'template');
  // Settings are those of a first start: what is committed is on the disk.
  const database = await startEmbedded({ dataDir: template });
  try {
    await migrate({ ownerUrl: database.ownerUrl, serverUrl: database.serverUrl });
    const members = await populate(database.serverUrl, memberCount);
    return {
      members,
      copy: async (name) => {
        const home = join(folder, name);
        await cp(template, home, { recursive: true, filter: (path) => !/keeper-\d+/.test(path) });
        return home;
      },
    };
  } finally {
    await database.stop();
  }
}

async function populate(databaseUrl: string, count: number): Promise<NamedMember[]> {
  const engine = await NestFactory.createApplicationContext(
    AppModule.on({
      settings: parseSettings({ LOG_LEVEL: 'error', AUDIT: 'off', JOBS: 'off' }),
      secrets: new Secrets(secrets.HANDLE_SECRET, secrets.TOKEN_SECRET),
      databaseUrl,
    }),
    { logger: false, abortOnError: false },
  );
  try {
    const effectiveAt = '2020-01-01T00:00:00Z';
    await engine.get(ProgrammesService).publish(importProgramme(), { effectiveAt, by: 'test' });
    const service = engine.get(MembersService);
    const members: NamedMember[] = [];
    while (members.length < count) {
      const some = Math.min(ENROL_AT_ONCE, count - members.length);
      const enrolled = Array.from({ length: some }, () =>
        service.enrol({ consent: consent() }, 'r/shop'),
      );
      members.push(...(await Promise.all(enrolled)));
    }
    return members;
  } finally {
    await engine.close();
  }
}

/** How a command ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A `fealty` command that runs. */
export interface Running {
  child: ChildProcess;
  startedAt: Date;
  ended: Promise<Ended>;
}

/** Starts a command on the embedded database of a home, or on another one that `env` names. */
export function fealty(home: string, args: string[], env: Record<string, string> = {}): Running {
  const startedAt = new Date();
  // The flag does nothing but name the folder: so the keeper of the run finds what is left behind.
  const child = spawn(process.execPath, [`--diagnostic-dir=${home}`, compiled, ...args], {
    cwd: home,
    env: {
      PATH: process.env['PATH'],
      DATA_DIR: home,
      LOG_LEVEL: 'error',
      ...secrets,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString()));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...said }));
  return { child, startedAt, ended };
}

/** Runs a command to its end. */
export async function fealtyEnds(
  home: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Ended> {
  return fealty(home, args, env).ended;
}

/** Address of the administrator of the database that runs in a home; undefined when none does. */
export async function adminUrlOf(home: string): Promise<string | undefined> {
  const lock = await readFile(join(home, 'pgdata', 'postmaster.pid'), 'utf8').catch(() => '');
  const { port = 0 } = parsePostmaster(lock) ?? {};
  if (port === 0) return undefined;
  return urlOf('admin', readCredentials(home), { port, database: 'fealty' });
}

/** The postings there are, and whether somebody who came after an instant writes them. */
const progress = `
  SELECT (SELECT coalesce(sum(version), 0)::int FROM accounts) AS posted,
         EXISTS (SELECT FROM pg_stat_activity
                  WHERE application_name = 'fealty-lane' AND backend_start > $1) AS writing`;

/** Waits until a command is writing and so many postings are committed; rejects when it ends. */
export async function untilPosted(home: string, wanted: number, running: Running): Promise<number> {
  let client: pg.Client | undefined;
  const { child, startedAt } = running;
  try {
    while (child.exitCode === null && child.signalCode === null) {
      try {
        client ??= await connected(home);
        const { rows } = await client.query<{ posted: number; writing: boolean }>(progress, [
          startedAt,
        ]);
        const [found] = rows;
        if (found?.writing === true && found.posted >= wanted) return found.posted;
      } catch {
        // The database is not there yet, or not any more.
        await client?.end().catch(() => undefined);
        client = undefined;
      }
      await pause(POLL_MS);
    }
  } finally {
    await client?.end().catch(() => undefined);
  }
  const { code, stdout, stderr } = await running.ended;
  throw new Error(`Ended with ${code} before ${wanted} postings:\n${stdout}${stderr}`);
}

async function connected(home: string): Promise<pg.Client> {
  const connectionString = await adminUrlOf(home);
  if (connectionString === undefined) throw new Error('There is no database yet.');
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Kills the first process of the database of a home with -9; its children notice and end. */
export function killDatabase(home: string): void {
  process.kill(postmasterPid(home), 'SIGKILL');
}

/** Rows of queries as the administrator sees them, the database being started for as long. */
export async function asAdministrator<T>(
  home: string,
  work: (sql: <Row extends object>(text: string) => Promise<Row[]>) => Promise<T>,
): Promise<T> {
  const database = await startEmbedded({ dataDir: home });
  const client = new pg.Client({
    connectionString: Object.assign(new URL(database.adminUrl), { pathname: 'fealty' }).href,
  });
  try {
    await client.connect();
    return await work(
      async <Row extends object>(text: string) => (await client.query<Row>(text)).rows,
    );
  } finally {
    await client.end();
    await database.stop();
  }
}
