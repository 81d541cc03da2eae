import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * A row per approval that waits, by who asked for it: whoever asks for one more is counted under
 * the lock of their limit, in one place whatever the members' buckets. What waits now gets its row.
 */
export class WhatWaitsOfAStaffUserIsCounted1796800000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE approvals_waiting (
         requester uuid NOT NULL,
         lapses_at timestamptz NOT NULL,
         bucket smallint NOT NULL,
         member_id uuid NOT NULL,
         n integer NOT NULL,
         PRIMARY KEY (requester, lapses_at, bucket, member_id, n))`,
    );
    await queryRunner.query(
      `INSERT INTO approvals_waiting
       SELECT requester, lapses_at, bucket, member_id, n FROM approvals WHERE state = 'pending'`,
    );
    await describe(
      queryRunner,
      'approvals_waiting',
      'U: approvals that wait, by who asked for them; gone when decided, or lapsed and in the way',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE approvals_waiting');
  }
}
