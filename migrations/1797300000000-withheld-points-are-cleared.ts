import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Staff let points go that a guard withholds: a kind of postings. */
export class WithheldPointsAreCleared1797300000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(addKind);
  }

  /** Postings of it are there for good, so the list of kinds keeps it. */
  async down(): Promise<void> {
    await Promise.resolve();
  }
}

// It is added to whatever list is there, as other migrations add theirs.
const addKind = `DO $$
   DECLARE kinds text;
   BEGIN
     SELECT string_agg(quote_literal(words[1]), ', ') INTO kinds
       FROM pg_constraint c,
            regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''::text', 'g') AS matches (words)
      WHERE c.conrelid = 'postings'::regclass AND c.conname = 'postings_kind_check';
     EXECUTE format('ALTER TABLE postings DROP CONSTRAINT postings_kind_check,
       ADD CONSTRAINT postings_kind_check CHECK (kind IN (%s, %L))', kinds, 'clear');
   END $$`;
