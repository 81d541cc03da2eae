import { readdir, readFile } from 'node:fs/promises';
import pg from 'pg';
import { DataSource } from 'typeorm';
import { hasPendingMigrations, migrate } from '../../src/platform/database/migrate.js';
import {
  capture,
  connected,
  hold,
  inOneBatch,
  overhear,
  purchase,
  release,
  startEngine,
  type Engine,
} from '../ledger/engine.js';

let engine: Engine;
let server: pg.Client;
let owner: pg.Client;
const heard = new Set<string>();

beforeAll(async () => {
  engine = await startEngine();
  overhear(engine, (text, send) => {
    heard.add(text);
    return send();
  });
  server = await connected(engine.database.serverUrl);
  owner = await connected(engine.database.ownerUrl);
});
afterAll(async () => {
  await server.end();
  await owner.end();
  await engine.close();
});

interface Table {
  name: string;
  kind: string;
  appendOnly: boolean;
}

async function tablesOf(...kinds: string[]): Promise<Table[]> {
  const rows = await engine.rows<{ name: string; comment: string | null }>(
    `SELECT c.relname AS name, obj_description(c.oid, 'pg_class') AS comment
       FROM pg_class c
      WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
        AND c.relname <> 'migrations'
      ORDER BY 1`,
  );
  return rows
    .map(({ name, comment }) => {
      const [kind = '', ...more] = (comment ?? '').split(':')[0]?.split(' ') ?? [];
      return { name, kind, appendOnly: more.includes('append-only') };
    })
    .filter(({ kind }) => kinds.length === 0 || kinds.includes(kind));
}

const codeOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof pg.DatabaseError ? error.code : error),
  );

describe('tables', () => {
  it('L11: all say of which kind they are: M, B, D, C or U', async () => {
    const tables = await tablesOf();
    expect(tables.length).toBeGreaterThan(20);
    const others = tables.filter(({ kind }) => !/^[MBDCU]$/.test(kind));
    expect(others).toEqual([]);
    const members = (await tablesOf('M')).map(({ name }) => name);
    expect(members).toEqual(expect.arrayContaining(['accounts', 'entries', 'lots', 'postings']));
  });

  it('L11: every key of a member-owned table starts with bucket and member_id', async () => {
    const members = (await tablesOf('M')).map(({ name }) => name);
    const keys = await engine.rows<{ table: string; name: string; columns: string[] }>(
      `SELECT t.relname AS table, i.relname AS name,
              array(SELECT coalesce(a.attname::text, '(expression)')
                      FROM unnest(x.indkey) WITH ORDINALITY k (attnum, n)
                      LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum
                     ORDER BY k.n) AS columns
         FROM pg_index x
         JOIN pg_class i ON i.oid = x.indexrelid
         JOIN pg_class t ON t.oid = x.indrelid
        WHERE (x.indisunique OR x.indisexclusion) AND t.relname = ANY ($1)`,
      [members],
    );
    expect(keys.length).toBeGreaterThanOrEqual(members.length + 2);
    const loose = keys.filter(({ columns }) => columns.slice(0, 2).join() !== 'bucket,member_id');
    expect(loose).toEqual([]);
  });

  it('L11: every member-owned table has a primary key, and bucket and member_id are there', async () => {
    for (const { name } of await tablesOf('M')) {
      const columns = await engine.rows(
        `SELECT a.attname, format_type(a.atttypid, NULL) AS type, a.attnotnull
           FROM pg_attribute a JOIN pg_index x ON x.indrelid = a.attrelid AND x.indisprimary
          WHERE a.attrelid = $1::regclass AND a.attnum = ANY (x.indkey[0:1]::int2[])
          ORDER BY a.attnum`,
        [name],
      );
      expect(columns).toEqual([
        { attname: 'bucket', type: 'smallint', attnotnull: true },
        { attname: 'member_id', type: 'uuid', attnotnull: true },
      ]);
    }
  });

  it('L11: no foreign key touches a member-owned or a directory table', async () => {
    const names = (await tablesOf('M', 'D', 'B')).map(({ name }) => name);
    const found = await engine.rows(
      `SELECT conname FROM pg_constraint
        WHERE contype = 'f' AND (conrelid::regclass::text = ANY ($1)
                                 OR confrelid::regclass::text = ANY ($1))`,
      [names],
    );
    expect(found).toEqual([]);
  });

  it('L11: no constraint is deferrable, and no table of ours has a sequence', async () => {
    expect(await engine.rows('SELECT conname FROM pg_constraint WHERE condeferrable')).toEqual([]);
    const sequences = await engine.rows<{ name: string }>(
      `SELECT relname AS name FROM pg_class
        WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace`,
    );
    // The migration tool numbers its own rows.
    expect(sequences.map(({ name }) => name)).toEqual(['migrations_id_seq']);
  });

  it('L11: no column of a member-owned or directory table fills itself', async () => {
    const names = (await tablesOf('M', 'D', 'B')).map(({ name }) => name);
    const filled = await engine.rows(
      `SELECT a.attrelid::regclass::text AS table, a.attname, a.attidentity, a.attgenerated,
              pg_get_expr(d.adbin, d.adrelid) AS default
         FROM pg_attribute a
         LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE a.attrelid::regclass::text = ANY ($1) AND a.attnum > 0 AND NOT a.attisdropped
          AND (a.attidentity <> '' OR a.attgenerated <> '' OR d.oid IS NOT NULL)`,
      [names],
    );
    expect(filled).toEqual([]);
  });

  it('L11: configuration holds no counters, and triggers only keep what is append-only', async () => {
    const triggers = await engine.rows<{ table: string }>(
      `SELECT DISTINCT tgrelid::regclass::text AS table FROM pg_trigger
        WHERE NOT tgisinternal ORDER BY 1`,
    );
    const kept = (await tablesOf()).filter(({ appendOnly }) => appendOnly);
    expect(triggers.map(({ table }) => table)).toEqual(kept.map(({ name }) => name));
    for (const { name } of await tablesOf('C')) {
      const columns = await engine.rows(
        `SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attname ~ 'used|count'
            AND attname <> 'last_used_at'`,
        [name],
      );
      expect(columns).toEqual([]);
    }
  });
});

describe('append-only tables', () => {
  it('L1: are postings, entries, versions, daily heads, blocks, the audit log and the clock', async () => {
    const kept = (await tablesOf()).filter(({ appendOnly }) => appendOnly);
    expect(kept.map(({ name }) => name)).toEqual([
      ...['accepted_findings', 'audit_log', 'clock_moves', 'daily_heads', 'entries'],
      ...['partner_blocks', 'partner_statements', 'postings'],
      ...['programme_pilot_ends', 'programme_pilots', 'programme_versions'],
      'version_audits',
    ]);
  });

  it('L1: the serving role may read and add, and nothing else; it owns no table', async () => {
    const privileges = [
      'SELECT',
      'INSERT',
      'UPDATE',
      'DELETE',
      'TRUNCATE',
      'REFERENCES',
      'TRIGGER',
    ];
    for (const { name, appendOnly } of await tablesOf()) {
      const [may] = (
        await server.query<{ may: string[]; columns: boolean; owns: boolean }>(
          `SELECT array(SELECT p FROM unnest($2::text[]) p WHERE has_table_privilege($1, p)) AS may,
                  has_any_column_privilege($1, 'UPDATE') AS columns,
                  pg_has_role(relowner, 'MEMBER') AS owns
             FROM pg_class WHERE oid = $1::regclass`,
          [name, privileges],
        )
      ).rows;
      const allowed = appendOnly ? 2 : 4;
      expect([name, may]).toEqual([
        name,
        { may: privileges.slice(0, allowed), columns: !appendOnly, owns: false },
      ]);
    }
    expect(await codeOf(server.query('CREATE TABLE public.mine ()'))).toBe('42501');
    expect(await codeOf(server.query('SET session_replication_role = replica'))).toBe('42501');
  });

  it('L1: UPDATE, DELETE and TRUNCATE fail for the server, and by trigger for the owner', async () => {
    const member = await engine.enrol();
    await engine.ledger.submit(purchase(member, 3_000));
    await owner.query(`INSERT INTO audit_log
      VALUES ('0a1b2c3d-0000-4000-8000-000000000000', now(), 'a', 'b', 'c', '{}')`);
    await owner.query(`INSERT INTO clock_moves VALUES (1, now(), 'test')`);
    await owner.query(`INSERT INTO partner_blocks
      VALUES ('hertz', 1, 1, 0, now(), 'test', 'key', '')`);
    await owner.query(`INSERT INTO partner_statements
      VALUES ('hertz', '2026-06', now(), 'GBP', 0)`);
    await owner.query(`INSERT INTO programme_versions
      VALUES (1, '{}', '', '2999-01-01', '2026-01-01', 'test')`);
    await owner.query('INSERT INTO programme_pilots VALUES (1, 1, NULL)');
    await owner.query('INSERT INTO version_audits VALUES (1, gen_random_uuid())');
    await owner.query(`INSERT INTO accepted_findings VALUES (gen_random_uuid(), 'STACK-1', 0,
      gen_random_uuid(), 'a', '2999-01-01', '2026-01-01', 'test')`);
    await owner.query(`INSERT INTO programme_pilot_ends
      VALUES (1, 'withdrawn', '2999-01-01', '2026-01-01', 'test')`);
    await owner.query(`INSERT INTO daily_heads VALUES (0, '2026-01-01', '', '', 0, '', '')`);
    try {
      for (const { name } of (await tablesOf()).filter(({ appendOnly }) => appendOnly)) {
        const [column] = await engine.rows<{ attname: string }>(
          'SELECT attname FROM pg_attribute WHERE attrelid = $1::regclass AND attnum = 1',
          [name],
        );
        const first = column?.attname ?? '';
        const statements = [
          `UPDATE ${name} SET ${first} = ${first}`,
          `DELETE FROM ${name}`,
          `TRUNCATE ${name}`,
        ];
        for (const statement of statements) {
          const codes = [server, owner].map((role) => codeOf(role.query(statement)));
          expect([statement, ...(await Promise.all(codes))]).toEqual([statement, '42501', '23001']);
        }
        expect((await engine.rows(`SELECT FROM ${name}`)).length).toBeGreaterThan(0);
      }
    } finally {
      await engine.admin.query(`SET session_replication_role = replica;
        DELETE FROM programme_versions; DELETE FROM programme_pilots;
        DELETE FROM programme_pilot_ends; SET session_replication_role = DEFAULT`);
    }
  });

  it('L2: an entry without an amount, or from an account to itself, cannot be written', async () => {
    const entry = (debit: string, credit: string, amount: number): Promise<unknown> =>
      codeOf(
        server.query(
          `INSERT INTO entries (bucket, member_id, seq, n, debit, credit, amount)
           VALUES (0, '0a1b2c3d-0000-4000-8000-000000000000', 1, 0, $1, $2, $3)`,
          [debit, credit, amount],
        ),
      );
    expect(await entry('issued', 'points', 0)).toBe('23514');
    expect(await entry('issued', 'points', -1)).toBe('23514');
    expect(await entry('points', 'points', 1)).toBe('23514');
  });
});

describe('statements of the write path', () => {
  const naming = (text: string, tables: readonly Table[]): string[] =>
    tables.map(({ name }) => name).filter((name) => new RegExp(`\\b${name}\\b`).test(text));

  it('L11: as sent, bind bucket and member_id wherever they name a member-owned table', async () => {
    const member = await engine.enrol();
    const commands = [
      purchase(member, 60_000, { reference: 'heard' }),
      hold(member),
      capture(member, 2),
      hold(member),
      release(member, 4),
      purchase('0a1b2c3d-0000-4000-8000-00000000000f', 100, { reference: 'nobody' }),
    ];
    await inOneBatch(engine, purchase(member, 100), commands);
    await inOneBatch(engine, purchase(member, 100), commands);
    const tables = await tablesOf('M', 'D');
    const statements = [...heard].filter((text) => naming(text, tables).length > 0);
    expect(statements.length).toBeGreaterThan(15);
    const written = new Set(statements.flatMap((text) => naming(text, tables)));
    for (const table of ['accounts', 'postings', 'entries', 'lots', 'counters', 'redemptions']) {
      expect(written).toContain(table);
    }
    const members = await tablesOf('M');
    const loose = statements
      .filter((text) => naming(text, members).length > 0)
      .filter((text) => !/\bbucket\b/.test(text) || !/\bmember_id\b/.test(text));
    expect(loose).toEqual([]);
  });

  it('L11: insert nothing inside a CTE, draw no chance and read no clock but one', () => {
    for (const text of heard) {
      if (/^\s*WITH\b/i.test(text)) expect(text).not.toMatch(/INSERT/i);
      const drawn = /random\(|gen_random_uuid|nextval|clock_timestamp|(?<!programme_)now\(\)/i;
      expect(text).not.toMatch(drawn);
      if (text.includes('programme_now')) expect(text).toMatch(/^SELECT programme_now\(\) AS now/);
    }
  });

  it('L11: as written in every source file, bind the bucket as well', async () => {
    const folders = [
      'src/ledger/batch',
      'src/ledger/limits',
      'src/accrual',
      'src/redemptions',
      'src/adjustments',
      'src/tiers',
      'src/members',
    ];
    const members = await tablesOf('M');
    const loose: string[] = [];
    let count = 0;
    for (const folder of folders) {
      for (const file of (await readdir(folder)).filter((name) => name.endsWith('.queries.ts'))) {
        const source = await readFile(`${folder}/${file}`, 'utf8');
        for (const [, text = ''] of source.matchAll(
          /`((?:INSERT|SELECT|UPDATE|DELETE|WITH)\b[^`]*)`/g,
        )) {
          if (naming(text, members).length === 0) continue;
          count += 1;
          const whole = text.replaceAll(/\$\{(\w+)\.\w+\}/g, (_, name: string) =>
            declarationOf(source, name),
          );
          if (!/\bbucket\b/.test(whole)) loose.push(`${file}: ${text}`);
        }
      }
    }
    expect(count).toBeGreaterThan(10);
    expect(loose).toEqual([]);
  });
});

/** The columns of a table of rows, as they are written where it is declared. */
function declarationOf(source: string, name: string): string {
  return new RegExp(`const ${name} = rowsOf[^]*?\\}\\);`).exec(source)?.[0] ?? '';
}

describe('migrations', () => {
  const ownerUrl = (): string => engine.database.ownerUrl;

  async function schema(): Promise<unknown[]> {
    return engine.rows(
      `SELECT c.oid, c.relname, c.relacl::text, c.relkind, obj_description(c.oid, 'pg_class'),
              array(SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = c.oid
                     ORDER BY conname) AS constraints
         FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace ORDER BY c.relname`,
    );
  }

  it('L1: run again, change nothing', async () => {
    const { serverUrl } = engine.database;
    const before = await schema();
    expect(await hasPendingMigrations(ownerUrl())).toBe(false);
    const both = [0, 1].map(() => migrate({ ownerUrl: ownerUrl(), serverUrl }));
    expect(await Promise.all(both)).toEqual([[], []]);
    expect(await schema()).toEqual(before);
  });

  it('L11: make the columns that the entities describe, and no others', async () => {
    const { entityMetadatas } = engine.context.get(DataSource);
    expect(entityMetadatas.length).toBeGreaterThan(2);
    for (const { tableName, columns } of entityMetadatas) {
      const made = await engine.rows(
        `SELECT attname AS name, format_type(atttypid, NULL) AS type, NOT attnotnull AS nullable,
                attnum = ANY (indkey::int2[]) AS "isKey"
           FROM pg_attribute
           JOIN pg_index ON indrelid = attrelid AND indisprimary
          WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attname`,
        [tableName],
      );
      const described = columns.map((column) => ({
        name: column.databaseName,
        type: typeName(String(column.type), column.isArray),
        nullable: column.isNullable,
        isKey: column.isPrimary,
      }));
      const byName = (a: { name: string }, b: { name: string }): number =>
        a.name < b.name ? -1 : 1;
      expect([tableName, described.sort(byName)]).toEqual([tableName, made]);
    }
  });

  it('L11: leave nothing that the entities would have the migration tool add or alter', async () => {
    const { driver } = engine.context.get(DataSource);
    const { upQueries } = await driver.createSchemaBuilder().log();
    // Constraints and comments live in migrations alone; entities describe columns.
    const changes = upQueries
      .map(({ query }) => query)
      .filter((query) => !/ DROP CONSTRAINT |^COMMENT ON TABLE /.test(query));
    expect(changes).toEqual([]);
  });
});

function typeName(type: string, isArray: boolean): string {
  const name = type === 'timestamptz' ? 'timestamp with time zone' : type;
  return isArray ? `${name}[]` : name;
}
