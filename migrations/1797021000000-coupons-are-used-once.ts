import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * Coupons are made in batches and found by the HMAC of their codes; that one was used is a row, of
 * which there can be one. What they give is a posting of a kind of its own.
 */
export class CouponsAreUsedOnce1797021000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
    await queryRunner.query(kinds(true));
    await describe(queryRunner, 'coupon_batches', 'U: what coupons were made, by whom, until when');
    await describe(queryRunner, 'coupon_codes', 'U: HMAC of a coupon code -> its batch');
    await describe(queryRunner, 'coupon_uses', 'D: HMAC of a coupon code -> who redeemed it');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE coupon_uses');
    await queryRunner.query('DROP TABLE coupon_codes');
    await queryRunner.query('DROP TABLE coupon_batches');
    await queryRunner.query(kinds(false));
  }
}

/** Adds a kind to whatever kinds there are by then, or takes it out of them. */
const kinds = (isThere: boolean): string => `DO $$
  DECLARE listed text;
  BEGIN
    SELECT string_agg(quote_literal(kind), ', ') INTO listed FROM (
      SELECT (regexp_matches(pg_get_constraintdef(oid), '''([a-z]+)''', 'g'))[1] AS kind
        FROM pg_constraint
       WHERE conrelid = 'postings'::regclass AND conname = 'postings_kind_check'
      ${isThere ? "UNION SELECT 'award'" : "EXCEPT SELECT 'award'"}) k;
    EXECUTE 'ALTER TABLE postings DROP CONSTRAINT postings_kind_check,
      ADD CONSTRAINT postings_kind_check CHECK (kind IN (' || listed || '))';
  END $$`;

const statements = [
  `CREATE TABLE coupon_batches (
     id uuid PRIMARY KEY,
     reference text NOT NULL UNIQUE,
     coupon text NOT NULL,
     count integer NOT NULL CHECK (count > 0),
     until timestamptz,
     made_at timestamptz NOT NULL,
     made_by text NOT NULL)`,
  `CREATE TABLE coupon_codes (
     hmac bytea PRIMARY KEY,
     batch uuid NOT NULL REFERENCES coupon_batches (id))`,
  `CREATE TABLE coupon_uses (
     hmac bytea PRIMARY KEY,
     bucket smallint NOT NULL,
     member_id uuid NOT NULL,
     seq integer NOT NULL)`,
];
