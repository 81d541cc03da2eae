import type { MigrationInterface, QueryRunner } from 'typeorm';
import { appendOnly, describe } from './support/table-kinds.js';

/**
 * One row per bucket and UTC day: a Merkle root over the members whose chains grew that day,
 * chained to the day before and signed. All buckets of a day are written in one transaction. The
 * public key stands beside the signature, so that a head outlives a change of keys.
 */
export class EachDayLeavesASignedHead1764000030000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`CREATE TABLE daily_heads (
      bucket smallint NOT NULL,
      day date NOT NULL,
      root bytea NOT NULL,
      previous bytea NOT NULL,
      members integer NOT NULL CHECK (members >= 0),
      public_key bytea NOT NULL,
      signature bytea NOT NULL,
      PRIMARY KEY (bucket, day),
      CONSTRAINT head_bucket_in_range CHECK (bucket BETWEEN 0 AND 63))`);
    await describe(
      queryRunner,
      'daily_heads',
      'B append-only: signed root over the chains that grew on a day, per bucket',
    );
    await appendOnly(queryRunner, ['daily_heads']);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE daily_heads');
  }
}
