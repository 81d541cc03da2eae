import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * An audit looks at days from the start of what it is of, which may be long after it is asked for: one of
 * other days is none of a version that starts then.
 */
export class AuditsSayFromWhenTheyLook1797191000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX accepted_findings_by_audit');
    await queryRunner.query('DROP INDEX version_audits_by_audit');
    await queryRunner.query('ALTER TABLE programme_audits DROP COLUMN looks_from');
  }
}

const statements = [
  'ALTER TABLE programme_audits ADD COLUMN looks_from timestamptz',
  'UPDATE programme_audits SET looks_from = started_at',
  'ALTER TABLE programme_audits ALTER COLUMN looks_from SET NOT NULL',
  // Whoever clears audits asks what refers to them.
  'CREATE INDEX version_audits_by_audit ON version_audits (audit_id)',
  'CREATE INDEX accepted_findings_by_audit ON accepted_findings (audit_id)',
];
