import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, statSync } from 'node:fs';
import { chmod, cp, lstat, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findBinaries, linkLibraries } from '../../src/platform/embedded/binaries.launcher.js';
import { type EmbeddedDatabase } from '../../src/platform/embedded/embedded.launcher.js';
import { isRunning } from '../../src/platform/embedded/process.launcher.js';
import * as embedded from '../support/embedded.js';

const { accepts, ask, killed, postmasterPid, processesIn, start } = embedded;
const isRoot = process.getuid?.() === 0;
const isLinux = process.platform === 'linux';

/** Most tests share this data: making new data is the slow part, and each ends stopped. */
let folder: string;
const parents: string[] = [];
const children: ChildProcess[] = [];

beforeAll(async () => {
  folder = await newFolder();
});

afterEach(async () => {
  for (const child of children.splice(0)) await killed(child);
});

afterAll(async () => {
  for (const parent of parents) await embedded.removed(parent);
});

describe('a fresh start', () => {
  let database: EmbeddedDatabase;

  beforeAll(async () => {
    const settings = { listen_addresses: '*', cluster_name: `it's "a \\ b"` };
    database = await start(folder, settings);
  });

  afterAll(async () => database.stop());

  it('lets both roles in, to one database, as no superusers', async () => {
    for (const [url, role] of [
      [database.ownerUrl, 'fealty_owner'],
      [database.serverUrl, 'fealty_server'],
    ] as const) {
      const [row] = await ask(
        url,
        `SELECT current_user AS role, current_database() AS database, rolsuper, rolcreaterole,
                rolcreatedb FROM pg_roles WHERE rolname = current_user`,
      );
      expect(row).toEqual({
        role,
        database: 'fealty',
        rolsuper: false,
        rolcreaterole: false,
        rolcreatedb: false,
      });
    }
  });

  it('lets the owner make tables, and the server not', async () => {
    await ask(database.ownerUrl, 'CREATE TABLE made_by_owner (id int)');
    await expect(ask(database.serverUrl, 'CREATE TABLE made_by_server (id int)')).rejects.toThrow(
      'permission denied for schema public',
    );
    await expect(ask(database.serverUrl, 'SELECT * FROM made_by_owner')).rejects.toThrow(
      'permission denied for table made_by_owner',
    );
  });

  it('keeps both roles out of every other database', async () => {
    for (const url of [database.ownerUrl, database.serverUrl]) {
      const elsewhere = Object.assign(new URL(url), { pathname: 'postgres' }).href;
      await expect(ask(elsewhere, 'SELECT 1')).rejects.toThrow('permission denied for database');
    }
  });

  it('stores UTF8 that sorts alike on every machine, with checksums', async () => {
    const [row] = await ask(
      database.serverUrl,
      `SELECT pg_encoding_to_char(encoding) AS encoding, datlocprovider, datlocale,
              current_setting('data_checksums') AS checksums, upper('é') AS upper
         FROM pg_database WHERE datname = current_database()`,
    );
    expect(row).toEqual({
      encoding: 'UTF8',
      datlocprovider: 'b',
      datlocale: 'C.UTF-8',
      checksums: 'on',
      upper: 'É',
    });
  });

  it('refuses a wrong password, and none at all', async () => {
    for (const password of ['wrong', '']) {
      const url = Object.assign(new URL(database.adminUrl), { password }).href;
      await expect(ask(url, 'SELECT 1')).rejects.toThrow(/password/);
    }
    const [row] = await ask(
      database.adminUrl,
      `SELECT array_agg(DISTINCT auth_method) AS methods FROM pg_hba_file_rules`,
    );
    expect(row).toEqual({ methods: ['scram-sha-256'] });
  });

  it('listens on loopback only, whatever the settings say', async () => {
    const port = Number(new URL(database.adminUrl).port);
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ address, scopeid }) => address !== '127.0.0.1' && !scopeid)
      .map(({ address }) => address);
    // On Linux all of 127.x is this machine, so this one answers exactly when every address does.
    for (const host of [...others, ...(isLinux ? ['127.0.0.2'] : [])]) {
      expect([host, await accepts(host, port)]).toEqual([host, false]);
    }
    expect(await accepts('127.0.0.1', port)).toBe(true);
    const [row] = await ask(
      database.adminUrl,
      `SELECT current_setting('listen_addresses') AS tcp,
              current_setting('unix_socket_directories') AS sockets`,
    );
    expect(row).toEqual({ tcp: '127.0.0.1', sockets: '' });
  });

  it('hands settings to the server as they are', async () => {
    const [row] = await ask(
      database.adminUrl,
      `SELECT reset_val FROM pg_settings WHERE name = 'cluster_name'`,
    );
    expect(row).toEqual({ reset_val: `it's "a \\ b"` });
  });

  it('keeps the passwords and the data to itself', () => {
    const modeOf = (...path: string[]): number => statSync(join(folder, ...path)).mode & 0o777;
    expect(modeOf('credentials.json')).toBe(0o600);
    expect(modeOf('pgdata')).toBe(0o700);
    expect(modeOf('postgres.log')).toBe(0o600);
    expect(modeOf() & 0o066).toBe(0);
    expect(existsSync(join(folder, 'initdb.password'))).toBe(false);
  });
});

describe('a stop', () => {
  it('leaves no process and no lock file, and may be repeated', async () => {
    const database = await start(folder);
    const pid = postmasterPid(folder);
    await database.stop();
    await database.stop();
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(join(folder, 'pgdata', 'postmaster.pid'))).toBe(false);
    expect(processesIn(folder)).toEqual([]);
  });

  it('keeps data and passwords for the next start', async () => {
    const first = await start(folder);
    await ask(first.ownerUrl, 'CREATE TABLE stopped AS SELECT 7 AS value');
    await first.stop();
    const second = await start(folder);
    expect(second).toMatchObject({ started: true, ownerUrl: first.ownerUrl });
    expect(await ask(second.ownerUrl, 'SELECT value FROM stopped')).toEqual([{ value: 7 }]);
    await second.stop();
  });
});

describe('after a crash', () => {
  it('a server killed with -9 is started again at the same address', async () => {
    const first = await start(folder);
    await ask(first.ownerUrl, 'CREATE TABLE crashed AS SELECT 7 AS value');
    process.kill(postmasterPid(folder), 'SIGKILL');
    const second = await start(folder);
    expect(second).toMatchObject({ started: true, ownerUrl: first.ownerUrl });
    expect(await ask(first.ownerUrl, 'SELECT value FROM crashed')).toEqual([{ value: 7 }]);
    await first.stop();
    expect(await ask(second.serverUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await second.stop();
    expect(processesIn(folder)).toEqual([]);
  });

  it('server and starter both killed with -9 are no obstacle', async () => {
    const { child } = await startElsewhere(folder);
    process.kill(postmasterPid(folder), 'SIGKILL');
    await killed(child);
    const database = await start(folder);
    expect(database.started).toBe(true);
    await database.stop();
  });

  it('a server whose starter was killed is adopted, and stopped in the end', async () => {
    const { child, told } = await startElsewhere(folder);
    const pid = postmasterPid(folder);
    await killed(child);
    const database = await start(folder);
    expect(database).toMatchObject({ started: true, ownerUrl: told.ownerUrl });
    expect(postmasterPid(folder)).toBe(pid);
    await database.stop();
    expect(isRunning(pid)).toBe(false);
  });

  (isLinux ? it : it.skip)('a lock file that names a living stranger is no obstacle', async () => {
    const lines = [process.pid, join(folder, 'pgdata'), 1, 5432, '', '127.0.0.1', '', 'ready'];
    await writeFile(join(folder, 'pgdata', 'postmaster.pid'), `${lines.join('\n')}\n`);
    const database = await start(folder);
    expect(await ask(database.serverUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.stop();
  });

  (isLinux ? it : it.skip)('a keeper whose number another process now has is gone', async () => {
    const keeper = { pid: process.pid, birth: 'an earlier boot', state: 'starting' };
    await writeFile(join(folder, 'keeper-1000.json'), JSON.stringify(keeper));
    const database = await start(folder);
    expect(database.started).toBe(true);
    expect(await keeperFiles()).toEqual(['keeper-1001.json']);
    await database.stop();
  });

  it('a first start that was cut short is completed', async () => {
    const fresh = await newFolder();
    await mkdir(join(fresh, 'pgdata.draft', 'base'), { recursive: true });
    await writeFile(join(fresh, 'initdb.password'), 'left behind');
    const database = await start(fresh);
    expect(await ask(database.serverUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.stop();
    expect(existsSync(join(fresh, 'pgdata.draft'))).toBe(false);
  });
});

describe('a second process', () => {
  it('attaches, and does not stop what it did not start', async () => {
    const database = await start(folder);
    const pid = postmasterPid(folder);
    const { child, told } = await startElsewhere(folder);
    expect(told).toEqual({ started: false, ownerUrl: database.ownerUrl });
    child.stdin?.end();
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(isRunning(pid)).toBe(true);
    expect(await ask(database.serverUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await database.stop();
  });

  it('that starts at the same moment shares the server', async () => {
    const fresh = await newFolder();
    const all = await Promise.all([startElsewhere(fresh), startElsewhere(fresh), start(fresh)]);
    const told = all.map((one) => ('told' in one ? one.told : one));
    expect(told.filter(({ started }) => started)).toHaveLength(1);
    expect(new Set(told.map(({ ownerUrl }) => ownerUrl)).size).toBe(1);
    for (const { ownerUrl } of told) {
      expect(await ask(ownerUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    }
    for (const one of all) if ('stop' in one) await one.stop();
  });

  it('waits for a server that is being stopped, and then starts it', async () => {
    const first = await start(folder);
    const stopping = first.stop();
    while (!(await keeperText()).includes('stopping')) await delay(1);
    const second = await start(folder);
    await stopping;
    expect(second.started).toBe(true);
    expect(await ask(second.serverUrl, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await second.stop();
  });
});

describe('a start that cannot work', () => {
  it('says why, leaves nothing running and does not bar the next', async () => {
    await expect(start(folder, { shared_buffers: 'plenty' })).rejects.toThrow(
      /did not start.*invalid value for parameter "shared_buffers"/s,
    );
    expect(processesIn(folder)).toEqual([]);
    await (await start(folder)).stop();
  });

  it('refuses a setting that would be more than a setting', async () => {
    await expect(start(folder, { 'fsync = off\nport': '1' })).rejects.toThrow('not the name');
    await expect(start(folder, { fsync: 'on\nport = 1' })).rejects.toThrow('must be one line');
  });

  it('says that the passwords are lost', async () => {
    const passwords = join(folder, 'credentials.json');
    await rename(passwords, `${passwords}.away`);
    await expect(start(folder)).rejects.toThrow(/lost the passwords/);
    await rename(`${passwords}.away`, passwords);
    await (await start(folder)).stop();
  });

  (isRoot ? it : it.skip)('as root below a closed folder says what to do', async () => {
    const closed = join(await newFolder(), 'closed');
    await mkdir(join(closed, '..'), { mode: 0o711 });
    await mkdir(closed, { mode: 0o700 });
    const attempt = start(join(closed, 'data'));
    await expect(attempt).rejects.toThrow(
      new RegExp(
        `"nobody", who may not enter .*/closed\\. Open that folder \\(chmod o\\+x .*DATABASE_URL`,
      ),
    );
    await chmod(closed, 0o711);
    await (await start(join(closed, 'data'))).stop();
  });

  (isRoot ? it.skip : it)('in a folder of another user says what to do', async () => {
    await expect(start('/')).rejects.toThrow(/not ours to write.*DATABASE_URL/);
  });
});

it('makes the library links that an installation without scripts lacks', async () => {
  const root = join(findBinaries().folder, '..', '..');
  const copy = await newFolder();
  await cp(root, copy, {
    recursive: true,
    filter: async (path) => !(await lstat(path)).isSymbolicLink() && !path.includes('share'),
  });
  const version = (): string =>
    spawnSync(join(copy, 'native', 'bin', 'postgres'), ['--version'], { encoding: 'utf8' }).stdout;
  expect((await readdir(join(copy, 'native', 'lib'))).includes('libpq.so.5')).toBe(false);
  if (isLinux) expect(version()).toBe('');
  linkLibraries(copy);
  linkLibraries(copy);
  expect(version()).toMatch(/^postgres \(PostgreSQL\) \d+/);
});

/** A data folder that does not exist yet. */
async function newFolder(): Promise<string> {
  const parent = await embedded.temporaryFolder();
  parents.push(parent);
  return join(parent, 'data');
}

async function startElsewhere(dataDir: string): Promise<embedded.Elsewhere> {
  const elsewhere = await embedded.startElsewhere(dataDir);
  children.push(elsewhere.child);
  return elsewhere;
}

async function keeperFiles(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => /^keeper-\d+\.json$/.test(name));
}

async function keeperText(): Promise<string> {
  const texts = (await keeperFiles()).map(async (name) => readFile(join(folder, name), 'utf8'));
  return (await Promise.all(texts)).join();
}
