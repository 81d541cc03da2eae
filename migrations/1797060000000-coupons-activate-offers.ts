import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A batch of coupons is of a kind that gives points, or for an offer, which its coupons activate. */
export class CouponsActivateOffers1797060000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE coupon_batches ALTER COLUMN coupon DROP NOT NULL, ADD COLUMN offer text,
         ADD CONSTRAINT coupons_give_points_or_an_offer CHECK ((coupon IS NULL) <> (offer IS NULL))`,
    );
    // Batches are listed with how many of their coupons are used.
    await queryRunner.query('CREATE INDEX coupon_codes_of_a_batch ON coupon_codes (batch)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX coupon_codes_of_a_batch');
    await queryRunner.query(
      `ALTER TABLE coupon_batches DROP CONSTRAINT coupons_give_points_or_an_offer,
         DROP COLUMN offer, ALTER COLUMN coupon SET NOT NULL`,
    );
  }
}
