import type { MigrationInterface, QueryRunner } from 'typeorm';
import { appendOnly, describe } from './support/table-kinds.js';

/**
 * Points that a partner has paid for before anybody earns them, block by block: how many, at what
 * price, who recorded it. What is used of them is counted by the slots of the partner's limit.
 */
export class PartnersPayForPointsInBlocks1797030000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE partner_blocks (
         partner text NOT NULL,
         n integer NOT NULL CHECK (n > 0),
         points bigint NOT NULL CHECK (points > 0),
         price_millionths bigint NOT NULL CHECK (price_millionths >= 0),
         added_at timestamptz NOT NULL,
         added_by text NOT NULL,
         idem_key text NOT NULL,
         body_hash bytea NOT NULL,
         PRIMARY KEY (partner, n),
         CONSTRAINT partner_block_once UNIQUE (partner, added_by, idem_key))`,
    );
    await appendOnly(queryRunner, ['partner_blocks']);
    await describe(
      queryRunner,
      'partner_blocks',
      'U append-only: blocks of points that partners have paid for, earliest consumed first',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE partner_blocks');
  }
}
