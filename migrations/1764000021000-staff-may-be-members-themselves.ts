import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A staff user's own membership, so that the engine can keep them from adjusting it. No foreign
 * key: members are spread over buckets, users are not.
 */
export class StaffMayBeMembersThemselves1764000021000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE users ADD COLUMN member_id uuid');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE users DROP COLUMN member_id');
  }
}
