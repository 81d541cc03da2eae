import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * The draft of the next version. Its revision outlives discarding and publishing, so that no two
 * states of the draft ever share a number; what changed in each step is in the audit log.
 */
export class OneDraftOfTheProgrammeIsWorkedOn1764000040000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE drafts (
         name text PRIMARY KEY,
         revision integer NOT NULL CHECK (revision >= 0),
         document json,
         base_no integer NOT NULL CHECK (base_no >= 0),
         changed_at timestamptz,
         changed_by text)`,
    );
    await describe(queryRunner, 'drafts', 'U: the unfinished next version of a document');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE drafts');
  }
}
