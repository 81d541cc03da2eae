import type { QueryRunner } from 'typeorm';
import { groupBy } from '../check.js';
import { rebuiltTables, type MemberRows, type RebuiltTable } from './member.js';
import type { TextRow } from './text-row.js';

const tableNames = Object.keys(rebuiltTables) as RebuiltTable[];

/** Members read at once, and the postings after which no further member is added. */
const MEMBERS_AT_ONCE = 200;
const POSTINGS_AT_ONCE = 5_000;

/** The select list that spells every column of a table; new columns are found by themselves. */
export type Spelling = Readonly<Record<RebuiltTable, string>>;

export async function readSpelling(runner: QueryRunner): Promise<Spelling> {
  const columns = await runner.manager.query<{ table: RebuiltTable; name: string; type: string }[]>(
    `SELECT attrelid::regclass::text AS table, attname AS name,
            format_type(atttypid, NULL) AS type
       FROM pg_attribute
      WHERE attrelid::regclass::text = ANY ($1) AND attnum > 0 AND NOT attisdropped
      ORDER BY attnum`,
    [tableNames],
  );
  const spelt = groupBy(columns, ({ table }) => table);
  const listOf = (table: RebuiltTable): string =>
    (spelt.get(table) ?? []).map(({ name, type }) => `${spell(name, type)} AS "${name}"`).join();
  return Object.fromEntries(tableNames.map((table) => [table, listOf(table)])) as Spelling;
}

/** The expression that spells a column of `t` as rows are compared. */
export function spell(column: string, type: string): string {
  const name = `t."${column}"`;
  if (type === 'bytea') return `encode(${name}, 'hex')`;
  if (type !== 'timestamp with time zone') return `${name}::text`;
  const format = `'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'`;
  return `CASE WHEN isfinite(${name}) THEN to_char(${name} AT TIME ZONE 'UTC', ${format})
               ELSE ${name}::text END`;
}

/** The next members of a bucket after one; fewer where they have many postings. */
export async function nextMembers(
  runner: QueryRunner,
  bucket: number,
  after: string | undefined,
): Promise<string[]> {
  const rows = await runner.manager.query<{ member_id: string; version: number }[]>(
    `SELECT member_id, version FROM accounts
      WHERE bucket = $1 AND ($2::uuid IS NULL OR member_id > $2) ORDER BY member_id LIMIT $3`,
    [bucket, after ?? null, MEMBERS_AT_ONCE],
  );
  let postings = 0;
  const most = rows.findIndex(
    ({ version }) => (postings += Math.max(version, 0)) > POSTINGS_AT_ONCE,
  );
  const taken = most < 0 ? rows : rows.slice(0, most + 1);
  return taken.map(({ member_id }) => member_id);
}

/** Every row of these members, all of one snapshot when the transaction has one. */
export async function readRows(
  runner: QueryRunner,
  spelling: Spelling,
  bucket: number,
  memberIds: readonly string[],
): Promise<MemberRows[]> {
  const tables = new Map<RebuiltTable, Map<string | null | undefined, TextRow[]>>();
  for (const table of tableNames) {
    const rows = await runner.manager.query<TextRow[]>(
      `SELECT ${spelling[table]} FROM ${table} t
        WHERE t.bucket = $1 AND t.member_id = ANY ($2::uuid[])
        ORDER BY ${rebuiltTables[table].replace(/\w+/g, 't.$&')}`,
      [bucket, memberIds],
    );
    tables.set(
      table,
      groupBy(rows, (row) => row['member_id']),
    );
  }
  return memberIds.map((memberId) => {
    const rowsOf = (table: RebuiltTable): TextRow[] => tables.get(table)?.get(memberId) ?? [];
    const rows = Object.fromEntries(tableNames.map((table) => [table, rowsOf(table)]));
    return { memberId, rows: rows as Record<RebuiltTable, TextRow[]> };
  });
}

/** Runs reads in one snapshot, for as long as they take, and leaves no transaction behind. */
export async function inSnapshot<T>(runner: QueryRunner, read: () => Promise<T>): Promise<T> {
  await runner.startTransaction('REPEATABLE READ');
  try {
    await runner.query('SET LOCAL statement_timeout = 0');
    return await read();
  } finally {
    await runner.rollbackTransaction();
  }
}
