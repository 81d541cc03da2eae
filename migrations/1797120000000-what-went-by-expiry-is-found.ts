import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A return asks what has gone by expiry of a member's lots. Entries of anything else are not in the
 * index and cost nothing more to write.
 */
export class WhatWentByExpiryIsFound1797120000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX expired_entries ON entries (bucket, member_id)
        WHERE debit = 'expired' OR credit = 'expired'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX expired_entries');
  }
}
