import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * What many members draw from is cut into slots, one per bucket, so that no two batches queue at
 * one row: a posting adds to `used` of its own slot, and only a refill, in a transaction of its
 * own, moves `granted`. As no slot uses more than it was granted, and no more is granted than there
 * is, the whole is kept without anybody adding it up.
 */
export class LimitsAreSharedBySlots1764000050000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
    for (const [table, comment] of comments) await describe(queryRunner, table, comment);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE redemptions DROP COLUMN shared');
    await queryRunner.query('DROP TABLE limit_slots');
    await queryRunner.query('DROP TABLE limits');
  }
}

const statements = [
  // More may be granted than the total only after a version has lowered it below what is used.
  `CREATE TABLE limits (
     limit_id text PRIMARY KEY,
     total bigint NOT NULL CHECK (total >= 0),
     granted bigint NOT NULL CHECK (granted >= 0),
     home smallint CHECK (home BETWEEN 0 AND 63))`,
  `CREATE TABLE limit_slots (
     bucket smallint NOT NULL,
     limit_id text NOT NULL,
     granted bigint NOT NULL,
     used bigint NOT NULL CHECK (used >= 0),
     PRIMARY KEY (bucket, limit_id),
     CONSTRAINT slot_bucket_in_range CHECK (bucket BETWEEN 0 AND 63),
     CONSTRAINT slot_used_within_granted CHECK (used <= granted))`,
  'ALTER TABLE redemptions ADD COLUMN shared json',
];

const comments: [string, string][] = [
  ['limits', 'U: what many members draw from: its total, what slots were granted, its only slot'],
  ['limit_slots', 'B: what a bucket was granted of a shared limit, and what its members use'],
];
