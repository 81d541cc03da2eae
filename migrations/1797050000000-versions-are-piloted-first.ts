import type { MigrationInterface, QueryRunner } from 'typeorm';
import { appendOnly, describe } from './support/table-kinds.js';

/**
 * Whom a version is for until its pilot ends, and how it ended. Both are written once: versions never
 * change, and which one decides an event can be told for ever.
 */
export class VersionsArePilotedFirst1797050000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE programme_pilots (
         version_no integer PRIMARY KEY,
         share integer CHECK (share BETWEEN 1 AND 999999),
         locations text[] CHECK (cardinality(locations) BETWEEN 1 AND 500),
         CHECK ((share IS NULL) <> (locations IS NULL)))`,
    );
    await queryRunner.query(
      `CREATE TABLE programme_pilot_ends (
         version_no integer PRIMARY KEY,
         outcome text NOT NULL CHECK (outcome IN ('promoted', 'withdrawn')),
         effective_at timestamptz NOT NULL,
         decided_at timestamptz NOT NULL,
         decided_by text NOT NULL)`,
    );
    await appendOnly(queryRunner, ['programme_pilots', 'programme_pilot_ends']);
    const pilots = 'C append-only: for whom a version is until its pilot ends';
    await describe(queryRunner, 'programme_pilots', pilots);
    const ends = 'C append-only: how and from when the pilot of a version ended';
    await describe(queryRunner, 'programme_pilot_ends', ends);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE programme_pilot_ends');
    await queryRunner.query('DROP TABLE programme_pilots');
  }
}
