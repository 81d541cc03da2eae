import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Points that went come back, and others go later: two kinds of postings, which staff ask for as they
 * ask for adjustments. An approval says which of them it is, and the last day that was asked for.
 */
export class PointsAreRenewed1797140000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX approval_key_once');
    await queryRunner.query('ALTER TABLE approvals DROP COLUMN kind, DROP COLUMN last_day');
    await queryRunner.query(
      'CREATE UNIQUE INDEX approval_key_once ON approvals (bucket, member_id, requester, idem_key)',
    );
  }
}

const statements = [
  `ALTER TABLE approvals
     ADD COLUMN kind text NOT NULL DEFAULT 'adjust'
       CONSTRAINT approval_kind_known CHECK (kind IN ('adjust', 'reinstate', 'extend')),
     ADD COLUMN last_day date,
     ADD CONSTRAINT approval_renews_until_a_day CHECK ((kind = 'adjust') = (last_day IS NULL)),
     ADD CONSTRAINT approval_renews_points CHECK (kind = 'adjust' OR points > 0)`,
  // What was asked for before is an adjustment; from now on whoever asks says what it is.
  'ALTER TABLE approvals ALTER COLUMN kind DROP DEFAULT',
  // A key is somebody's for one thing to do.
  'DROP INDEX approval_key_once',
  `CREATE UNIQUE INDEX approval_key_once
     ON approvals (bucket, member_id, requester, idem_key, kind)`,
  // Kinds of postings are added to whatever list is there, as other migrations add theirs.
  `DO $$
   DECLARE kinds text;
   BEGIN
     SELECT string_agg(quote_literal(words[1]), ', ') INTO kinds
       FROM pg_constraint c,
            regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''::text', 'g') AS matches (words)
      WHERE c.conrelid = 'postings'::regclass AND c.conname = 'postings_kind_check';
     EXECUTE format('ALTER TABLE postings DROP CONSTRAINT postings_kind_check,
       ADD CONSTRAINT postings_kind_check CHECK (kind IN (%s, %L, %L))',
       kinds, 'reinstate', 'extend');
   END $$`,
];
