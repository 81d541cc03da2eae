import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * What a retailer sold under which reference: the posting says how many points, the row for how much.
 * The reference is one of the retailer's, so a purchase and a sale never have the same one.
 */
export class PointsAreSold1797041000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(table);
    await describe(queryRunner, 'point_sales', 'M: points sold by a retailer');
    await queryRunner.query(addKind);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE point_sales');
  }
}

const table = `CREATE TABLE point_sales (
  bucket smallint NOT NULL,
  member_id uuid NOT NULL,
  seq integer NOT NULL,
  retailer text NOT NULL,
  reference_hmac bytea NOT NULL,
  points bigint NOT NULL,
  paid bigint NOT NULL,
  refund_seq integer,
  PRIMARY KEY (bucket, member_id, seq))`;

/** Kinds of postings are added to whatever list is there, as other migrations add theirs. */
const addKind = `DO $$
DECLARE kinds text;
BEGIN
  SELECT string_agg(quote_literal(words[1]), ', ') INTO kinds
    FROM pg_constraint c,
         regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''::text', 'g') AS matches (words)
   WHERE c.conrelid = 'postings'::regclass AND c.conname = 'postings_kind_check';
  EXECUTE format('ALTER TABLE postings DROP CONSTRAINT postings_kind_check,
    ADD CONSTRAINT postings_kind_check CHECK (kind IN (%s, %L))', kinds, 'sell');
END $$`;
