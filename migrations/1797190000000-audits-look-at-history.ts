import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An audit may be asked to replay what members did as well. What it was asked is kept with it, and how
 * far the replay has come, so that one that was stopped is gone on with when it is asked again.
 */
export class AuditsLookAtHistory1797190000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX programme_audits_by_question');
    await queryRunner.query('ALTER TABLE programme_audits DROP COLUMN kept, DROP COLUMN history');
  }
}

const statements = [
  `ALTER TABLE programme_audits
     ADD COLUMN history json,
     ADD COLUMN kept json,
     ADD CONSTRAINT audit_keeps_what_is_not_done CHECK (state <> 'done' OR kept IS NULL)`,
  `CREATE INDEX programme_audits_by_question ON programme_audits ((kept ->> 'asked'))
    WHERE kept IS NOT NULL`,
];
