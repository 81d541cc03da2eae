import type { QueryRunner } from 'typeorm';

/**
 * Every table's comment starts with its kind: M member-owned, B bucket-owned, D directory,
 * C configuration, U undistributed; "append-only" after it withholds UPDATE, DELETE and TRUNCATE
 * from the server's role. Grants and the catalogue test read these comments.
 */
export async function describe(
  queryRunner: QueryRunner,
  table: string,
  comment: string,
): Promise<void> {
  await queryRunner.query(`COMMENT ON TABLE ${table} IS '${comment.replaceAll("'", "''")}'`);
}

/** A second lock behind the missing grants: even the owner's role is told no by a trigger. */
export async function appendOnly(queryRunner: QueryRunner, tables: string[]): Promise<void> {
  await queryRunner.query(`CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger
    LANGUAGE plpgsql AS $$ BEGIN
      RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
    END $$`);
  for (const table of tables) {
    await queryRunner.query(`CREATE TRIGGER ${table}_are_append_only
      BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION refuse_change()`);
    await queryRunner.query(`CREATE TRIGGER ${table}_are_not_truncated
      BEFORE TRUNCATE ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()`);
  }
}
