import type { MigrationInterface, QueryRunner } from 'typeorm';
import { appendOnly, describe } from './support/table-kinds.js';

/**
 * Audits of documents, from their beginning to what they found; which of them a version was published
 * after; and findings that a named person has taken the responsibility for, until a day.
 */
export class DocumentsAreAuditedBeforeTheyArePublished1797150000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
    await describe(queryRunner, 'programme_audits', 'U: audits of documents, and what they found');
    await describe(queryRunner, 'version_audits', 'C append-only: the audit before a publication');
    await describe(
      queryRunner,
      'accepted_findings',
      'C append-only: findings somebody answers for, until when',
    );
    await appendOnly(queryRunner, ['version_audits', 'accepted_findings']);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE accepted_findings');
    await queryRunner.query('DROP TABLE version_audits');
    await queryRunner.query('DROP TABLE programme_audits');
  }
}

const statements = [
  `CREATE TABLE programme_audits (
     id uuid PRIMARY KEY,
     digest bytea NOT NULL,
     before_no integer NOT NULL,
     started_at timestamptz NOT NULL,
     started_by text NOT NULL,
     heard_at timestamptz NOT NULL,
     state text NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled')),
     done integer NOT NULL,
     parts integer NOT NULL,
     report json,
     CONSTRAINT audit_done_with_its_report CHECK ((state = 'done') = (report IS NOT NULL)))`,
  'CREATE INDEX programme_audits_by_document ON programme_audits (digest, before_no)',
  'CREATE INDEX programme_audits_by_time ON programme_audits (started_at)',
  `CREATE TABLE version_audits (
     version_no integer PRIMARY KEY,
     audit_id uuid NOT NULL)`,
  `CREATE TABLE accepted_findings (
     id uuid PRIMARY KEY,
     finding text NOT NULL,
     gain bigint NOT NULL CHECK (gain >= 0),
     audit_id uuid NOT NULL,
     reason text NOT NULL,
     until timestamptz NOT NULL,
     accepted_at timestamptz NOT NULL,
     accepted_by text NOT NULL,
     CHECK (until > accepted_at))`,
  'CREATE INDEX accepted_findings_by_end ON accepted_findings (until)',
];
