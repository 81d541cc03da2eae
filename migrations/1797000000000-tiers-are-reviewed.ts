import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * How long a member's tier is kept, where it is not for good, and when time alone may change it:
 * the next review, or the end of a tier given by hand. The index finds whoever is due. It holds
 * members with a date only, and accounts are still updated in place, as the date changes seldom.
 */
export class TiersAreReviewed1797000000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE accounts ADD COLUMN review_at timestamptz,
                                                  ADD COLUMN review json`);
    await queryRunner.query(
      `CREATE INDEX accounts_by_review ON accounts (bucket, review_at, member_id)
        WHERE review_at IS NOT NULL`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX accounts_by_review');
    await queryRunner.query(`ALTER TABLE accounts DROP COLUMN review_at, DROP COLUMN review`);
  }
}
