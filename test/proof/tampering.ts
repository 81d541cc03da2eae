import type pg from 'pg';
import { spell } from '../../src/ledger/rebuild/stored.reader.js';

/** Tables that are tampered with: their keys, and the columns that nothing vouches for. */
const tables = {
  accounts: { key: ['bucket', 'member_id'], free: [] },
  postings: { key: ['bucket', 'member_id', 'seq'], free: [] },
  entries: { key: ['bucket', 'member_id', 'seq', 'n'], free: [] },
  lots: { key: ['bucket', 'member_id', 'seq', 'n'], free: [] },
  counters: { key: ['bucket', 'member_id', 'counter', 'period_start'], free: [] },
  standings: { key: ['bucket', 'member_id', 'from_seq'], free: [] },
  redemptions: { key: ['bucket', 'member_id', 'seq'], free: [] },
  // A reference and its HMAC are found by each other; the time is vouched for to the millisecond.
  purchases: {
    key: ['bucket', 'member_id', 'seq'],
    free: ['reference', 'reference_hmac', 'occurred_at'],
  },
  rolling_uses: { key: ['bucket', 'member_id', 'seq', 'limit_id', 'used_at'], free: [] },
  waiting_points: { key: ['bucket', 'member_id', 'seq'], free: [] },
  programme_versions: { key: ['no'], free: [] },
  // Where a limit has its slots, and how they share it, is told by the slots and their sum.
  limits: { key: ['limit_id'], free: ['home'] },
  limit_slots: { key: ['bucket', 'limit_id'], free: ['granted'] },
} satisfies Record<string, { key: string[]; free: string[] }>;

/** What stands for the member where a table has none: edits of the same are kept apart. */
const memberless: Readonly<Record<string, string>> = {
  programme_versions: 'NULL',
  limits: `'shared limits'`,
  limit_slots: `'shared limits'`,
};

export type Table = keyof typeof tables;
export const tampered = Object.keys(tables) as Table[];
export const kinds = ['byte', 'delete', 'swap', 'insert'] as const;

/** One edit, and the rows it touched: each by the names it had before or has after. */
export interface Edit {
  kind: (typeof kinds)[number];
  what: string;
  table: Table;
  rows: string[][];
}

interface Column {
  name: string;
  type: string;
}

interface Row {
  ctid: string;
  name: string;
  member: string | null;
  values: Record<string, string | null>;
}

/** Draws and does random edits as a superuser; each touches members that no edit has touched yet. */
export class Tamperer {
  private readonly columns = new Map<Table, Column[]>();

  constructor(
    private readonly admin: pg.Client,
    private readonly draw: () => number,
  ) {}

  async edit(touched: Set<string>): Promise<Edit> {
    for (let attempt = 0; attempt < 1_000; attempt += 1) {
      await this.admin.query('SAVEPOINT edit');
      try {
        const edit = await this.attempt(touched);
        if (edit !== undefined) return edit;
      } catch (error) {
        // What the database itself refuses, even of a superuser, is drawn anew.
        if (!(error instanceof Error && 'severity' in error)) throw error;
      }
      await this.admin.query('ROLLBACK TO SAVEPOINT edit');
    }
    throw new Error('No edit was possible.');
  }

  private pick<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.draw() * values.length)];
    if (value === undefined) throw new Error('There is nothing to pick from.');
    return value;
  }

  private async attempt(touched: Set<string>): Promise<Edit | undefined> {
    const table = this.pick(tampered);
    const kind = this.draw() < 0.7 ? 'byte' : this.pick(['delete', 'swap', 'insert'] as const);
    const columns = await this.columnsOf(table);
    const rows = (await this.rowsOf(table, columns)).filter(
      ({ member }) => !touched.has(member ?? table),
    );
    if (rows.length === 0) return undefined;
    const row = this.pick(rows);
    const other = this.pick(rows);
    const edit: Edit = { kind, table, what: `${kind} of ${table} ${row.name}`, rows: [[row.name]] };
    const done = await this.apply(edit, columns, row, other);
    if (done === undefined) return undefined;
    touched.add(row.member ?? table);
    if (kind === 'swap') touched.add(other.member ?? table);
    // An edit may make a member up, and another undoing it would leave nothing to find.
    for (const [, madeUp = table] of done.rows.flat().map((name) => name.split('/'))) {
      touched.add(madeUp);
    }
    return done;
  }

  private async apply(
    edit: Edit,
    columns: readonly Column[],
    row: Row,
    other: Row,
  ): Promise<Edit | undefined> {
    const { table } = edit;
    const key: readonly string[] = tables[table].key;
    const free: readonly string[] = tables[table].free;
    const judged = columns.filter(({ name }) => !free.includes(name));
    if (edit.kind === 'delete') {
      await this.admin.query(`DELETE FROM ${table} WHERE ctid = $1`, [row.ctid]);
      return edit;
    }
    if (edit.kind === 'byte') {
      const column = this.pick(judged);
      const value = this.flipped(column.type, row.values[column.name] ?? null);
      if (value === row.values[column.name]) return undefined;
      const after = await this.set(table, row, { [column.name]: value });
      return {
        ...edit,
        what: `${edit.what} ${column.name} to ${value}`,
        rows: [[row.name, after]],
      };
    }
    if (edit.kind === 'insert') {
      const last = columns.find(({ name }) => name === key.at(-1));
      if (last === undefined) return undefined;
      const value = this.flipped(last.type, row.values[last.name] ?? null);
      const changes: Record<string, string | null> = { [last.name]: value };
      // Other unique columns must differ too.
      if (table === 'programme_versions') changes['effective_at'] = '2077-07-07 07:07:07+00';
      if (table === 'postings') changes['idem_key'] = `again ${row.name}`;
      if (table === 'purchases') changes['reference_hmac'] = '\\x77';
      const name = await this.insert(table, { ...row.values, ...changes });
      return { ...edit, what: `insert into ${table} ${name}`, rows: [[name]] };
    }
    const inKey = judged.filter(({ name }) => !key.includes(name));
    const swapped = this.draw() < 0.5 ? inKey : [this.pick(inKey)];
    const valuesOf = ({ values }: Row): [string, string | null][] =>
      swapped.map(({ name }) => [name, values[name] ?? null]);
    if (JSON.stringify(valuesOf(row)) === JSON.stringify(valuesOf(other))) return undefined;
    if (table === 'programme_versions') await this.set(table, row, { effective_at: '2055-01-01' });
    const again = (await this.rowsOf(table, columns)).find(({ name }) => name === row.name);
    await this.set(table, other, Object.fromEntries(valuesOf(row)));
    await this.set(table, again ?? row, Object.fromEntries(valuesOf(other)));
    const names = swapped.map(({ name }) => name).join();
    const what = `swap of ${names} of ${table} ${row.name} and ${other.name}`;
    return { ...edit, what, rows: [[row.name], [other.name]] };
  }

  private async columnsOf(table: Table): Promise<Column[]> {
    const known = this.columns.get(table);
    if (known !== undefined) return known;
    const { rows } = await this.admin.query<Column>(
      `SELECT attname AS name, format_type(atttypid, NULL) AS type FROM pg_attribute
        WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum`,
      [table],
    );
    this.columns.set(table, rows);
    return rows;
  }

  private nameIn(table: Table, columns: readonly Column[]): string {
    const parts = tables[table].key.map((name) =>
      spell(name, columns.find((column) => column.name === name)?.type ?? ''),
    );
    return `concat_ws('/', ${parts.join()})`;
  }

  private async rowsOf(table: Table, columns: readonly Column[]): Promise<Row[]> {
    const member = memberless[table] ?? 't.member_id::text';
    const values = columns.map(({ name }) => `'${name}', t."${name}"::text`).join();
    const { rows } = await this.admin.query<Row>(
      `SELECT t.ctid::text AS ctid, ${this.nameIn(table, columns)} AS name, ${member} AS member,
              json_build_object(${values}) AS values
         FROM ${table} t ORDER BY name`,
    );
    return rows;
  }

  /** Sets columns of a row, and tells what it is called then. */
  private async set(
    table: Table,
    { ctid }: Row,
    changes: Readonly<Record<string, string | null>>,
  ): Promise<string> {
    const columns = await this.columnsOf(table);
    const typeOf = (name: string): string => columns.find((each) => each.name === name)?.type ?? '';
    const sets = Object.keys(changes).map((name, n) => `"${name}" = $${n + 2}::${typeOf(name)}`);
    const { rows } = await this.admin.query<{ name: string }>(
      `UPDATE ${table} t SET ${sets.join()} WHERE ctid = $1
       RETURNING ${this.nameIn(table, columns)} AS name`,
      [ctid, ...Object.values(changes)],
    );
    if (rows[0] === undefined) throw new Error(`A row of ${table} is gone.`);
    return rows[0].name;
  }

  private async insert(
    table: Table,
    values: Readonly<Record<string, string | null>>,
  ): Promise<string> {
    const columns = await this.columnsOf(table);
    const places = columns.map(({ type }, n) => `$${n + 1}::${type}`);
    const { rows } = await this.admin.query<{ name: string }>(
      `INSERT INTO ${table} AS t VALUES (${places.join()})
       RETURNING ${this.nameIn(table, columns)} AS name`,
      columns.map(({ name }) => values[name] ?? null),
    );
    return rows[0]?.name ?? '';
  }

  /** A value with one byte of it changed; null, which has none, becomes something. */
  private flipped(type: string, value: string | null): string {
    const byte = 1 + Math.floor(this.draw() * 255);
    const atRandom = (length: number): number => Math.floor(this.draw() * length);
    const integer = (text: string, bytes: number): string => {
      const bits = BigInt(byte) << BigInt(8 * atRandom(bytes));
      return String(BigInt.asIntN(bytes * 8, BigInt(text) ^ bits));
    };
    const character = (text: string, among: string): string => {
      const at = atRandom(text.length);
      return text.slice(0, at) + this.pick(Array.from(among)) + text.slice(at + 1);
    };
    switch (type) {
      case 'smallint':
        return integer(value ?? '0', 2);
      case 'integer':
        return integer(value ?? '0', 4);
      case 'bigint':
        return integer(value ?? '0', 8);
      case 'numeric':
        return character(value ?? '0', '0123456789');
      case 'uuid':
        return character(value ?? '00000000-0000-4000-8000-000000000000', '0123456789abcdef');
      case 'bytea': {
        const bytes = Buffer.from((value ?? '\\x00').slice(2), 'hex');
        if (bytes.length === 0) return '\\x00';
        const at = atRandom(bytes.length);
        bytes[at] = (bytes[at] ?? 0) ^ byte;
        return `\\x${bytes.toString('hex')}`;
      }
      case 'date':
        return '2031-05-17';
      case 'timestamp with time zone': {
        // Stored as microseconds in eight bytes, of which the highest would leave the calendar.
        const moment = instantOf(value ?? '2026-01-01 00:00:00+00');
        return textOf(BigInt.asIntN(64, moment ^ (BigInt(byte) << BigInt(8 * atRandom(7)))));
      }
      default: {
        const text = value ?? (type === 'json' ? '[]' : '');
        if (text === '') return 'x';
        return character(text, ' "!#09AZaz[]{},.:-_/5eE');
      }
    }
  }
}

/** Microseconds since 1970 UTC of what PostgreSQL prints in a session of UTC. */
function instantOf(text: string): bigint {
  const [, whole = '', fraction = ''] = /^(.*?)(?:\.(\d+))?\+00$/.exec(text) ?? [];
  return (
    BigInt(Date.parse(`${whole.replace(' ', 'T')}Z`)) * 1_000n + BigInt(fraction.padEnd(6, '0'))
  );
}

function textOf(microseconds: bigint): string {
  const milliseconds = microseconds / 1_000n;
  const rest = String(microseconds - milliseconds * 1_000n).padStart(3, '0');
  return new Date(Number(milliseconds)).toISOString().replace('Z', `${rest}Z`);
}
