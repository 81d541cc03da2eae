import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * What waits of purchases until their partner has paid, found by partner in the order in which they
 * were made. A row is there while something waits; it follows from the member's postings.
 */
export class PointsWaitForAPartner1797080000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(table);
    await queryRunner.query(
      `CREATE INDEX waiting_points_of_a_partner
           ON waiting_points (partner, since, bucket, member_id, seq)`,
    );
    await describe(queryRunner, 'waiting_points', 'M: points of purchases that wait for a partner');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE waiting_points');
  }
}

const table = `CREATE TABLE waiting_points (
  bucket smallint NOT NULL,
  member_id uuid NOT NULL,
  seq integer NOT NULL,
  partner text NOT NULL,
  since timestamptz NOT NULL,
  billionths bigint NOT NULL CHECK (billionths > 0),
  PRIMARY KEY (bucket, member_id, seq))`;
