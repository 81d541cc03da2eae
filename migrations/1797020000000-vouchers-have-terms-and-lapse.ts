import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A voucher has the terms of the version it was held in, somebody uses it, and where its terms say
 * so the points of one that lapses unused come back.
 */
export class VouchersHaveTermsAndLapse1797020000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE redemptions ADD COLUMN used_by text, ADD COLUMN terms_no integer,
         ADD COLUMN back_at timestamptz`,
    );
    await queryRunner.query(
      `CREATE INDEX lapsing_redemptions ON redemptions (bucket, back_at)
        WHERE back_at IS NOT NULL`,
    );
    await queryRunner.query(
      'CREATE INDEX voucher_codes_by_member ON voucher_codes (bucket, member_id, seq)',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX voucher_codes_by_member');
    await queryRunner.query(
      'ALTER TABLE redemptions DROP COLUMN used_by, DROP COLUMN terms_no, DROP COLUMN back_at',
    );
  }
}
