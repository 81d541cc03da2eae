import type { MigrationInterface, QueryRunner } from 'typeorm';
import { appendOnly, describe } from './support/table-kinds.js';

/**
 * That the statement of a partner's month can be had, and what it came to: said once, when nothing
 * can come to the month any more. The statement itself is computed whenever it is asked for.
 */
export class StatementsAreAnnounced1797132000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE partner_statements (
         partner text NOT NULL,
         period text NOT NULL,
         made_at timestamptz NOT NULL,
         currency text NOT NULL,
         balance bigint NOT NULL,
         PRIMARY KEY (partner, period))`,
    );
    await appendOnly(queryRunner, ['partner_statements']);
    await describe(
      queryRunner,
      'partner_statements',
      'U append-only: months of partners that are settled, and what is owed',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE partner_statements');
  }
}
