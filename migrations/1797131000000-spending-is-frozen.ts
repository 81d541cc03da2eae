import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * Members of whom something stored differs from what was posted spend nothing until staff have
 * looked. `frozen_at` is read with the membership; the row says what differed, and who lifted it.
 */
export class SpendingIsFrozen1797131000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
    await describe(queryRunner, 'spending_freezes', 'M: when a member could not spend, and why');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE spending_freezes');
    await queryRunner.query('ALTER TABLE members DROP COLUMN frozen_at');
  }
}

const statements = [
  'ALTER TABLE members ADD COLUMN frozen_at timestamptz',
  `CREATE TABLE spending_freezes (
     bucket smallint NOT NULL,
     member_id uuid NOT NULL,
     n integer NOT NULL CHECK (n > 0),
     frozen_at timestamptz NOT NULL,
     found json NOT NULL,
     lifted_at timestamptz,
     lifted_by text,
     reason text,
     PRIMARY KEY (bucket, member_id, n),
     CONSTRAINT freeze_lifted_with_its_reason
       CHECK ((lifted_at IS NULL) = (lifted_by IS NULL) AND (lifted_at IS NULL) = (reason IS NULL)))`,
  `CREATE UNIQUE INDEX freeze_open_once ON spending_freezes (bucket, member_id)
    WHERE lifted_at IS NULL`,
];
