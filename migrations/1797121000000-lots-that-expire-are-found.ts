import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Notices and expiry ask which points have a date in a stretch of time. Only lots with a date of which
 * something is left are in the index, so that it grows with what is due and not with what is over. It
 * costs a lot one more entry when it is opened, and another when something is taken from it.
 */
export class LotsThatExpireAreFound1797121000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX lots_that_expire ON lots (bucket, expires_at)
        WHERE remaining > 0 AND expires_at IS NOT NULL`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX lots_that_expire');
  }
}
