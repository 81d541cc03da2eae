import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * Nobody is written to who has not said so, for each channel by itself. What a mail server answered
 * when it took a notice is kept beside it, without the address.
 */
export class MembersSayHowTheyMayBeTold1797112000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE contact_choices (
         bucket smallint NOT NULL,
         member_id uuid NOT NULL,
         channel text NOT NULL CHECK (channel IN ('email', 'messenger')),
         allowed boolean NOT NULL,
         changed_at timestamptz NOT NULL,
         PRIMARY KEY (bucket, member_id, channel))`,
    );
    await queryRunner.query('ALTER TABLE notices ADD COLUMN receipt text');
    const comment = 'M: over which channels a member lets themselves be told things; erasable';
    await describe(queryRunner, 'contact_choices', comment);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE notices DROP COLUMN receipt');
    await queryRunner.query('DROP TABLE contact_choices');
  }
}
