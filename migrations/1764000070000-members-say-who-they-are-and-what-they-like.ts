import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * What a member says of themselves, apart from the ledger, so that one DELETE erases it. Of the
 * birthday only the month, since no rule asks for more. A birth month that is taken back leaves the
 * instant at which it was said, or saying another one every month would be worth a present each time.
 */
export class MembersSayWhoTheyAreAndWhatTheyLike1764000070000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(table);
    await describe(queryRunner, 'profiles', 'M: what a member says of themselves; erasable');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE profiles');
  }
}

const table = `CREATE TABLE profiles (
  bucket smallint NOT NULL,
  member_id uuid NOT NULL,
  persona text,
  birth_month smallint CHECK (birth_month BETWEEN 1 AND 12),
  birth_month_said_at timestamptz,
  preferences text[] NOT NULL,
  PRIMARY KEY (bucket, member_id),
  CONSTRAINT birth_month_was_said_at_a_time
    CHECK (birth_month IS NULL OR birth_month_said_at IS NOT NULL))`;
