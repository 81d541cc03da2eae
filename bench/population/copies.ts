import type pg from 'pg';
import {
  postingColumns,
  toPosting,
  type PostingRow,
} from '../../src/ledger/batch/postings.queries.js';
import { hashedText } from '../../src/ledger/posting.js';
import type { Entry } from '../../src/rules/outcome.js';

/** Not copied as they are: accounts have a head, a card is one member's, postings are hashed. */
const apart = new Set(['accounts', 'handles', 'persons', 'postings']);

/** Tables of millions of rows, whose indexes are quicker made anew than kept. */
const big = ['postings', 'entries', 'lots', 'counters', 'standings'];

/** A posting of one of those who lived, and what of its hashed text is the same for all copies. */
interface Original {
  memberId: string;
  seq: number;
  rest: string;
}

/**
 * Gives each of some members as many copies, who have lived through the same and have ids of their
 * own: every row they own, and their chains of postings hashed anew. Rows lie in the order in which
 * they would have been written, as indexes over time count on it.
 */
export async function copyMembers(
  admin: pg.Client,
  ids: readonly string[],
  copies: number,
): Promise<void> {
  const originals = await readOriginals(admin, ids);
  const tables = await tablesOf(admin, ids);
  for (const table of [...tables, 'accounts', 'postings']) {
    await admin.query(
      `CREATE TEMP TABLE one_${table} AS SELECT * FROM ${table} WHERE member_id = ANY ($1::uuid[])`,
      [ids],
    );
  }
  await admin.query(copiesTable);
  await admin.query(copiesRows, [ids, copies]);
  await admin.query('CREATE INDEX ON copies (original) WITH (fillfactor = 50)');
  await admin.query('ANALYZE copies');
  const indexes = await dropIndexes(admin);
  const columns = await columnsOf(admin, 'postings', ['bucket', 'member_id', 'prev_hash', 'hash']);
  for (const { memberId, seq, rest } of originals) {
    await admin.query(postingsRows(columns), [memberId, seq, rest]);
  }
  for (const table of tables) await copyTable(admin, table);
  const account = await columnsOf(admin, 'accounts', ['bucket', 'member_id', 'head']);
  await admin.query(
    `INSERT INTO accounts (bucket, member_id, head, ${account.join()})
     SELECT c.bucket, c.member_id, c.head, ${account.map((each) => `o.${each}`).join()}
       FROM copies c JOIN one_accounts o ON o.member_id = c.original ORDER BY 1, 2`,
  );
  for (const index of indexes) await admin.query(index);
  for (const table of [...tables, 'accounts', 'postings']) {
    await admin.query(`DROP TABLE one_${table}`);
  }
  await admin.query('DROP TABLE copies');
  await admin.query('VACUUM (ANALYZE)');
  await admin.query('CHECKPOINT');
}

// The head moves on with every posting, on its page.
const copiesTable = `CREATE TEMP TABLE copies (
  original uuid NOT NULL, bucket smallint NOT NULL, member_id uuid NOT NULL, head bytea NOT NULL
) WITH (fillfactor = 50)`;

const copiesRows = `
  INSERT INTO copies
  SELECT original, (('x' || substr(member_id::text, 1, 2))::bit(8)::int % 64)::smallint, member_id,
         sha256(convert_to('fealty:' || member_id, 'UTF8'))
    FROM (SELECT original, overlay(overlay(md5(original || ':' || n) placing '4' from 13)
                                   placing 'a' from 17)::uuid AS member_id
            FROM unnest($1::uuid[]) AS original, generate_series(1, $2::int) AS n) made
   ORDER BY 2, 3`;

const postingsRows = (columns: readonly string[]): string => `
  WITH made AS (
    UPDATE copies
       SET head = sha256(convert_to(encode(head, 'hex') || '["' || member_id || '"' || $3, 'UTF8'))
     WHERE original = $1 RETURNING bucket, member_id, old.head AS prev_hash, new.head AS hash)
  INSERT INTO postings (bucket, member_id, prev_hash, hash, ${columns.join()})
  SELECT m.bucket, m.member_id, m.prev_hash, m.hash, ${columns.map((each) => `o.${each}`).join()}
    FROM made m, one_postings o WHERE o.member_id = $1 AND o.seq = $2`;

/** In the order in which they were recorded. */
async function readOriginals(admin: pg.Client, ids: readonly string[]): Promise<Original[]> {
  const { rows } = await admin.query<PostingRow>(
    `SELECT ${postingColumns} FROM postings p
      WHERE p.member_id = ANY ($1::uuid[]) ORDER BY p.recorded_at, p.member_id, p.seq`,
    [ids],
  );
  const entries = await readEntries(admin, ids);
  return rows.map((row) => {
    const { hash: _, ...posting } = toPosting(row);
    const { memberId, seq } = posting;
    const text = hashedText(posting, entries.get(`${memberId}/${String(seq)}`) ?? []);
    const rest = text.slice(`["${memberId}"`.length);
    if (rest.includes(memberId) || posting.idempotencyKey !== null) {
      throw new Error(`Posting ${String(seq)} of ${memberId} is nobody else's.`);
    }
    return { memberId, seq, rest };
  });
}

interface EntryRow {
  member_id: string;
  seq: number;
  debit: Entry['debit'];
  credit: Entry['credit'];
  amount: string;
  lot_seq: number | null;
  lot_n: number | null;
}

async function readEntries(
  admin: pg.Client,
  ids: readonly string[],
): Promise<Map<string, Entry[]>> {
  const { rows } = await admin.query<EntryRow>(
    `SELECT member_id, seq, debit, credit, amount, lot_seq, lot_n FROM entries
      WHERE member_id = ANY ($1::uuid[]) ORDER BY member_id, seq, n`,
    [ids],
  );
  const found = new Map<string, Entry[]>();
  for (const { member_id, seq, debit, credit, amount, lot_seq, lot_n } of rows) {
    const name = `${member_id}/${String(seq)}`;
    const entry = { debit, credit, amount: Number(amount), lotSeq: lot_seq, lotN: lot_n };
    found.set(name, [...(found.get(name) ?? []), entry]);
  }
  return found;
}

/** The tables in which any of them owns a row. */
async function tablesOf(admin: pg.Client, ids: readonly string[]): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `SELECT c.relname AS name FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
        AND 2 = (SELECT count(*) FROM pg_attribute a
                  WHERE a.attrelid = c.oid AND a.attname IN ('bucket', 'member_id'))
      ORDER BY 1`,
  );
  const owning: string[] = [];
  for (const { name } of rows.filter((each) => !apart.has(each.name))) {
    const { rowCount } = await admin.query(
      `SELECT FROM ${name} WHERE member_id = ANY ($1::uuid[]) LIMIT 1`,
      [ids],
    );
    if (rowCount !== 0) owning.push(name);
  }
  return owning;
}

async function columnsOf(
  admin: pg.Client,
  table: string,
  without: readonly string[],
): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(
    `SELECT attname AS name FROM pg_attribute
      WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped
        AND attname <> ALL ($2::text[]) ORDER BY attnum`,
    [table, without],
  );
  return rows.map(({ name }) => name);
}

/** Lots and entries lie as their postings were recorded, the rest by member. */
async function copyTable(admin: pg.Client, table: string): Promise<void> {
  const columns = await columnsOf(admin, table, ['bucket', 'member_id']);
  const order = columns.includes('seq') ? 'p.recorded_at, ' : '';
  const postings = `LEFT JOIN one_postings p ON p.member_id = o.member_id AND p.seq = o.seq`;
  await admin.query(
    `INSERT INTO ${table} (bucket, member_id, ${columns.join()})
     SELECT c.bucket, c.member_id, ${columns.map((each) => `o.${each}`).join()}
       FROM copies c JOIN one_${table} o ON o.member_id = c.original
            ${order === '' ? '' : postings}
      ORDER BY ${order}c.bucket, c.member_id`,
  );
}

/** Returns how they are made again; a key keeps its name. */
async function dropIndexes(admin: pg.Client): Promise<string[]> {
  const { rows } = await admin.query<{ drop: string; make: string }>(
    `SELECT format('ALTER TABLE %I DROP CONSTRAINT %I', r.relname, k.conname) AS drop,
            format('ALTER TABLE %I ADD CONSTRAINT %I %s', r.relname, k.conname,
                   pg_get_constraintdef(k.oid)) AS make
       FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid
      WHERE k.contype = 'p' AND r.relname = ANY ($1)
     UNION ALL
     SELECT format('DROP INDEX %I', i.relname), pg_get_indexdef(i.oid)
       FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class r ON r.oid = x.indrelid
      WHERE NOT x.indisprimary AND r.relname = ANY ($1)`,
    [big],
  );
  for (const { drop } of rows) await admin.query(drop);
  return rows.map(({ make }) => make);
}
