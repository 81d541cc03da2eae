import { setTimeout as pause } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { owningDataSource } from './data-source.js';

/** Any constant: every process that migrates this database asks for the same lock. */
const migrationLock = 7_305_112_114;

/**
 * Brings the schema up to date and grants the serving role what it needs, no more: append-only
 * tables get SELECT and INSERT. Several processes may call it at once; one migrates, the others
 * wait. Returns the names of the migrations that ran.
 */
export async function migrate(urls: { ownerUrl: string; serverUrl: string }): Promise<string[]> {
  const owner = owningDataSource(urls.ownerUrl);
  await owner.initialize();
  try {
    return await whileLocked(owner, async () => {
      const done = await owner.runMigrations({ transaction: 'all' });
      await grantServing(owner, roleOf(urls.serverUrl), roleOf(urls.ownerUrl));
      return done.map((migration) => migration.name);
    });
  } finally {
    await owner.destroy();
  }
}

/** The names of migrations that have not run yet; empty when the schema is current. */
export async function hasPendingMigrations(ownerUrl: string): Promise<boolean> {
  const owner = owningDataSource(ownerUrl);
  await owner.initialize();
  try {
    return await owner.showMigrations();
  } finally {
    await owner.destroy();
  }
}

// The pool holds one connection, so lock, migrations and unlock share a session.
async function whileLocked<T>(owner: DataSource, work: () => Promise<T>): Promise<T> {
  const lock = async (): Promise<boolean> => {
    const rows = await owner.query<{ locked: boolean }[]>(
      'SELECT pg_try_advisory_lock($1) AS locked',
      [migrationLock],
    );
    return rows[0]?.locked === true;
  };
  while (!(await lock())) await pause(100);
  try {
    return await work();
  } finally {
    await owner.query('SELECT pg_advisory_unlock($1)', [migrationLock]);
  }
}

function roleOf(url: string): string {
  return decodeURIComponent(new URL(url).username);
}

async function grantServing(owner: DataSource, server: string, ownerRole: string): Promise<void> {
  if (server === ownerRole || server === '') return;
  const role = `"${server.replaceAll('"', '""')}"`;
  const tables = await owner.query<{ name: string; comment: string | null }[]>(
    `SELECT c.relname AS name, obj_description(c.oid, 'pg_class') AS comment
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND c.relname <> 'migrations'`,
  );
  // In one transaction, since another replica may be serving: it must not meet a table in between.
  await owner.transaction(async (tx) => {
    await tx.query(`GRANT USAGE ON SCHEMA public TO ${role}`);
    for (const { name, comment } of tables) {
      const appendOnly = comment?.split(':')[0]?.includes('append-only') === true;
      await tx.query(`REVOKE ALL ON ${name} FROM ${role}`);
      await tx.query(
        `GRANT SELECT, INSERT${appendOnly ? '' : ', UPDATE, DELETE'} ON ${name} TO ${role}`,
      );
    }
    await tx.query(`GRANT SELECT ON migrations TO ${role}`);
  });
}
