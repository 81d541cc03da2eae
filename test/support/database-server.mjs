/**
 * The process that keeps the PostgreSQL and the temporary folder of one test run. It lives as long
 * as its standard input is open, so both also go when Jest is interrupted, killed or fails to set
 * up. When the server is ready it prints one line of JSON: the folder and the URLs, that of the desk
 * at which specs have things done among them.
 */
import { spawnSync } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { migrate } from '../../dist/src/platform/database/migrate.js';
import { startEmbedded } from '../../dist/src/platform/embedded/embedded.launcher.js';
import { databaseGrants } from '../../dist/src/platform/embedded/roles.launcher.js';
import { openDesk } from './keeper-desk.mjs';

const TEMPLATE = 'fealty_template';

// Quick, but the same server: only what protects from a power cut is off.
const settings = { fsync: 'off', full_page_writes: 'off', max_connections: '300' };

const over = new Promise((resolve) => {
  process.stdin.resume().once('end', resolve).once('error', resolve);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, resolve);
});
// Whoever waited for the line may be gone; the end of the input says so as well.
process.stdout.on('error', () => undefined);

const folder = await mkdtemp(join(tmpdir(), 'fealty-test-'));
let database;
try {
  // Started by root, the server runs as `nobody`, who must get to the data.
  await chmod(folder, 0o711);
  database = await startEmbedded({ dataDir: join(folder, 'data'), settings });
  await makeTemplate(database);
  const { adminUrl, ownerUrl, serverUrl } = database;
  const ready = { folder, adminUrl, ownerUrl, serverUrl, deskUrl: await openDesk() };
  process.stdout.write(`${JSON.stringify(ready)}\n`);
  await over;
} finally {
  await database?.stop();
  await endProcessesIn(folder);
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  process.stdin.destroy();
}

/**
 * Tests that start servers of their own keep them in the folder; a killed test cannot stop them.
 * SIGQUIT lets PostgreSQL give back its shared memory, which would outlive it.
 */
async function endProcessesIn(folder) {
  for (const signal of ['SIGQUIT', 'SIGQUIT', 'SIGKILL']) {
    const left = processesIn(folder);
    for (const pid of left) {
      try {
        process.kill(pid, signal);
      } catch {
        // It ended by itself meanwhile.
      }
    }
    if (left.length > 0) await pause(1_000);
  }
}

/** The processes whose command names the folder. */
function processesIn(folder) {
  const { stdout } = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
  const lines = (stdout ?? '').split('\n').filter((line) => line.includes(folder));
  return lines.map((line) => parseInt(line, 10));
}

/** A migrated database without connections, which `freshDatabase` copies. */
async function makeTemplate({ adminUrl, ownerUrl, serverUrl }) {
  const admin = new pg.Client({ connectionString: adminUrl });
  await admin.connect();
  try {
    await admin.query(`CREATE DATABASE ${TEMPLATE} OWNER fealty_owner`);
    for (const grant of databaseGrants(TEMPLATE)) await admin.query(grant);
    await migrate({ ownerUrl: inTemplate(ownerUrl), serverUrl: inTemplate(serverUrl) });
    await admin.query(`ALTER DATABASE ${TEMPLATE} IS_TEMPLATE true ALLOW_CONNECTIONS false`);
  } finally {
    await admin.end();
  }
}

function inTemplate(url) {
  return Object.assign(new URL(url), { pathname: TEMPLATE }).href;
}
