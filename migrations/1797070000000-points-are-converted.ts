import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * Points that became units of a partner's currency, or wait to, and those that units became. The
 * posting says what was decided; the row by whom, for which partner, and when the member agreed.
 */
export class PointsAreConverted1797070000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
    await describe(
      queryRunner,
      'conversions',
      "M: points turned into a partner's currency, and back",
    );
    await queryRunner.query(addKind);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE conversions');
  }
}

const statements = [
  `CREATE TABLE conversions (
     bucket smallint NOT NULL,
     member_id uuid NOT NULL,
     seq integer NOT NULL,
     way text NOT NULL CHECK (way IN ('out', 'in')),
     currency text NOT NULL,
     partner text NOT NULL,
     retailer text NOT NULL,
     points bigint NOT NULL CHECK (points > 0),
     fee bigint NOT NULL CHECK (fee >= 0),
     units bigint NOT NULL CHECK (units > 0),
     agreed_act text,
     agreed_channel text,
     agreed_at timestamptz,
     made_at timestamptz NOT NULL,
     expires_at timestamptz,
     reference_hmac bytea,
     answer text CHECK (answer IN ('confirmed', 'failed')),
     answer_seq integer,
     PRIMARY KEY (bucket, member_id, seq),
     CONSTRAINT conversion_waits_when_out CHECK ((way = 'out') = (expires_at IS NOT NULL)),
     CONSTRAINT conversion_answer_posted CHECK ((answer IS NULL) = (answer_seq IS NULL)))`,
  // What a retailer lists, newest first: what it asked for, and what is in its currency.
  'CREATE INDEX conversions_by_retailer ON conversions (retailer, made_at, member_id, seq)',
  'CREATE INDEX conversions_by_partner ON conversions (partner, made_at, member_id, seq)',
];

/** Kinds of postings are added to whatever list is there, as other migrations add theirs. */
const addKind = `DO $$
DECLARE kinds text;
BEGIN
  SELECT string_agg(quote_literal(words[1]), ', ') INTO kinds
    FROM pg_constraint c,
         regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''::text', 'g') AS matches (words)
   WHERE c.conrelid = 'postings'::regclass AND c.conname = 'postings_kind_check';
  EXECUTE format('ALTER TABLE postings DROP CONSTRAINT postings_kind_check,
    ADD CONSTRAINT postings_kind_check CHECK (kind IN (%s, %L))', kinds, 'convert');
END $$`;
