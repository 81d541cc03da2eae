import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * A redemption may pay an amount of money, of which a return gives a share back; it may have to be
 * delivered; and it may be a voucher, which is found by the HMAC of its code and used once. Nothing
 * was ever written to the old column of deliveries. A surprise costs no points.
 */
export class RedemptionsPayAreDeliveredAndUsed1764000050100 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
    await describe(queryRunner, 'voucher_codes', 'D: HMAC of a voucher code -> its redemption');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE voucher_codes');
    await queryRunner.query(
      `ALTER TABLE redemptions DROP COLUMN amount, DROP COLUMN back, DROP COLUMN usable_until,
         DROP CONSTRAINT redemptions_delivery_check, ALTER COLUMN delivery TYPE json USING NULL,
         DROP CONSTRAINT redemptions_points_check, ADD CONSTRAINT redemptions_points_check
           CHECK (points > 0)`,
    );
    await queryRunner.query(stateOf(['held', 'captured', 'released', 'expired', 'returned']));
  }
}

function stateOf(states: readonly string[]): string {
  const list = states.map((state) => `'${state}'`).join(', ');
  return `ALTER TABLE redemptions DROP CONSTRAINT redemptions_state_check,
            ADD CONSTRAINT redemptions_state_check CHECK (state IN (${list}))`;
}

const statements = [
  `ALTER TABLE redemptions
     ADD COLUMN amount bigint CHECK (amount > 0),
     ADD COLUMN back bigint CHECK (back > 0),
     ADD COLUMN usable_until timestamptz,
     ALTER COLUMN delivery TYPE text USING NULL,
     ADD CONSTRAINT redemptions_delivery_check
       CHECK (delivery IN ('pending', 'sent', 'delivered', 'failed')),
     DROP CONSTRAINT redemptions_points_check,
     ADD CONSTRAINT redemptions_points_check CHECK (points >= 0)`,
  stateOf(['held', 'captured', 'released', 'expired', 'returned', 'used']),
  `CREATE TABLE voucher_codes (
     hmac bytea PRIMARY KEY,
     bucket smallint NOT NULL,
     member_id uuid NOT NULL,
     seq integer NOT NULL)`,
];
