import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { databaseGrants } from '../../src/platform/embedded/roles.launcher.js';

/** A database of a test's own, migrated and empty. */
export interface FreshDatabase {
  readonly ownerUrl: string;
  readonly serverUrl: string;
  readonly adminUrl: string;
  /** Removes the database, even from under connections that are still open. */
  drop(): Promise<void>;
}

/** Copies the migrated template. Tests in parallel, and in any order, each get another one. */
export async function freshDatabase(): Promise<FreshDatabase> {
  const worker = process.env['JEST_WORKER_ID'] ?? '0';
  const name = `test_${worker}_${randomBytes(8).toString('hex')}`;
  // Copying through the log is quicker than copying files, which takes two checkpoints.
  await administer(
    `CREATE DATABASE ${name} TEMPLATE fealty_template OWNER fealty_owner STRATEGY wal_log`,
    ...databaseGrants(name),
  );
  return {
    ownerUrl: urlOf('TEST_OWNER_URL', name),
    serverUrl: urlOf('TEST_SERVER_URL', name),
    adminUrl: urlOf('TEST_ADMIN_URL', name),
    drop: async () => administer(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

/** Locks the accounts of members from outside while `work` is done. */
export async function whileLocked<T>(
  { adminUrl }: Pick<FreshDatabase, 'adminUrl'>,
  members: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const other = new pg.Client({ connectionString: adminUrl });
  await other.connect();
  try {
    await other.query('BEGIN');
    const lock = 'SELECT FROM accounts WHERE member_id = ANY ($1::uuid[]) FOR UPDATE';
    await other.query(lock, [members]);
    return await work();
  } finally {
    await other.end();
  }
}

/** Waits until a lane of some server waits for a lock. */
export async function untilBlocked({ adminUrl }: Pick<FreshDatabase, 'adminUrl'>): Promise<void> {
  const other = new pg.Client({ connectionString: adminUrl });
  await other.connect();
  try {
    for (let tries = 0; tries < 400; tries += 1) {
      const { rowCount } = await other.query(
        `SELECT FROM pg_stat_activity WHERE datname = current_database()
            AND application_name = 'fealty-lane' AND wait_event_type = 'Lock'`,
      );
      if (rowCount !== 0) return;
      await pause(10);
    }
  } finally {
    await other.end();
  }
  throw new Error('No lane waits for a lock.');
}

async function administer(...statements: string[]): Promise<void> {
  const client = new pg.Client({ connectionString: urlOf('TEST_ADMIN_URL', 'postgres') });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}

function urlOf(variable: string, database: string): string {
  const url = process.env[variable];
  if (url === undefined) throw new Error(`${variable} is not set: run the tests with npm test`);
  return Object.assign(new URL(url), { pathname: database }).href;
}
