import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';

/** Forgets the statements of setting up and warming up. */
export async function forgetStatements(admin: pg.Client): Promise<void> {
  await admin.query('SELECT pg_stat_statements_reset()');
}

/** Writes the costliest statements of the programme's database as JSON. */
export async function writeStatements(admin: pg.Client, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { rows } = await admin.query(
    `SELECT round(total_exec_time::numeric, 1) AS milliseconds, calls, rows,
            round(wal_bytes / greatest(rows, 1)) AS wal_bytes_per_row,
            left(regexp_replace(query, '\\s+', ' ', 'g'), 120) AS statement
       FROM pg_stat_statements
      WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
      ORDER BY total_exec_time DESC LIMIT 30`,
  );
  writeFileSync(join(folder, 'statements.json'), `${JSON.stringify(rows, undefined, 2)}\n`);
}
