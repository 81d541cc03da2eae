import pg from 'pg';
import { DATABASE, ROLES, type Credentials } from './credentials.launcher.js';

const CONNECT_WITHIN_MS = 10_000;
const PLAIN_LOGIN = 'LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS';

/**
 * Makes the two login roles and the database where they are missing, so that a first start that
 * was cut short is completed by the next.
 */
export async function ensureRoles(adminUrl: string, credentials: Credentials): Promise<void> {
  const client = new pg.Client({
    connectionString: adminUrl,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
  });
  // Without a listener, a server that goes away would end this process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC');
    for (const role of ['owner', 'server'] as const) {
      if (await isMissing(client, 'pg_roles WHERE rolname', ROLES[role])) {
        const password = client.escapeLiteral(credentials[role]);
        await client.query(`CREATE ROLE ${ROLES[role]} ${PLAIN_LOGIN} PASSWORD ${password}`);
      }
    }
    if (await isMissing(client, 'pg_database WHERE datname', DATABASE)) {
      await client.query(`CREATE DATABASE ${DATABASE} OWNER ${ROLES.owner}`);
    }
    for (const grant of databaseGrants(DATABASE)) await client.query(grant);
  } finally {
    await client.end();
  }
}

/**
 * The statements that let the server connect to a database, and nobody else but its owner.
 * PostgreSQL does not copy these from a template database.
 */
export function databaseGrants(database: string): string[] {
  return [
    `REVOKE ALL ON DATABASE ${database} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${database} TO ${ROLES.server}`,
  ];
}

async function isMissing(client: pg.Client, where: string, name: string): Promise<boolean> {
  const found = await client.query(`SELECT 1 FROM ${where} = $1`, [name]);
  return found.rows.length === 0;
}
