import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';

interface TableFacts {
  bytes: number;
  inserted: number;
  updated: number;
  hot: number;
}

/** What one piece of work wrote, by table and in the write-ahead log. */
export interface Footprint {
  tables: { table: string; rows: number; updates: number; bytes: number }[];
  walBytes: number;
  /** Share of account updates that stayed on their page. */
  hotShare: number;
}

/** Rows written and sizes by table, after waiting for sessions to report theirs. */
export async function readTables(
  admin: pg.Client,
  waitSeconds = 0,
): Promise<Map<string, TableFacts>> {
  await delay(waitSeconds * 1_000);
  await admin.query('SELECT pg_stat_force_next_flush()');
  const { rows } = await admin.query<{ name: string } & Record<keyof TableFacts, string>>(
    `SELECT relname AS name, pg_total_relation_size(relid) AS bytes, n_tup_ins AS inserted,
            n_tup_upd AS updated, n_tup_hot_upd AS hot FROM pg_stat_user_tables`,
  );
  return new Map(
    rows.map(({ name, bytes, inserted, updated, hot }) => [
      name,
      {
        bytes: Number(bytes),
        inserted: Number(inserted),
        updated: Number(updated),
        hot: Number(hot),
      },
    ]),
  );
}

/** Bytes of write-ahead log since the server was made. */
export async function readWal(admin: pg.Client): Promise<number> {
  const { rows } = await admin.query<{ bytes: string }>(
    `SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn AS bytes`,
  );
  return Number(rows[0]?.bytes);
}

export function footprintOf(
  before: Map<string, TableFacts>,
  after: Map<string, TableFacts>,
  { accruals, walBytes }: { accruals: number; walBytes: number },
): Footprint {
  const none = { bytes: 0, inserted: 0, updated: 0, hot: 0 };
  const accounts = after.get('accounts') ?? none;
  const accountsBefore = before.get('accounts') ?? none;
  const tables = [...after].flatMap(([table, now]) => {
    const then = before.get(table) ?? none;
    const facts = {
      table,
      rows: (now.inserted - then.inserted) / accruals,
      updates: (now.updated - then.updated) / accruals,
      bytes: (now.bytes - then.bytes) / accruals,
    };
    return facts.rows >= 0.005 || facts.updates >= 0.005 ? [facts] : [];
  });
  return {
    tables: tables.sort((a, b) => b.bytes - a.bytes),
    walBytes,
    hotShare: (accounts.hot - accountsBefore.hot) / (accounts.updated - accountsBefore.updated),
  };
}
