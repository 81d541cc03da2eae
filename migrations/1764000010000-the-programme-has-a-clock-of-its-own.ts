import type { MigrationInterface, QueryRunner } from 'typeorm';
import { appendOnly, describe } from './support/table-kinds.js';

/**
 * Every instant with a business meaning comes from `programme_now()`: the database's clock, to the
 * millisecond, and as far ahead as it was ever moved. Moves are only added and the furthest one
 * counts, so the clock cannot go back, and all replicas agree at once.
 */
export class TheProgrammeHasAClockOfItsOwn1764000010000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(table);
    await describe(
      queryRunner,
      'clock_moves',
      'U append-only: how far the test clock was moved ahead, by whom and when by the real clock',
    );
    await appendOnly(queryRunner, ['clock_moves']);
    await queryRunner.query(programmeNow);
    await queryRunner.query(
      `COMMENT ON FUNCTION programme_now() IS 'now, for everything the programme decides'`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP FUNCTION programme_now()');
    await queryRunner.query('DROP TABLE clock_moves');
  }
}

// At most 50 years ahead: calendars beyond are guesses.
const table = `CREATE TABLE clock_moves (
  ahead_ms bigint PRIMARY KEY,
  moved_at timestamptz NOT NULL,
  moved_by text NOT NULL,
  CONSTRAINT clock_moves_ahead CHECK (ahead_ms BETWEEN 1 AND 1577880000000))`;

// PL/pgSQL keeps its plan for the session; SQL functions did not before PostgreSQL 18.
const programmeNow = `CREATE FUNCTION programme_now() RETURNS timestamptz
  LANGUAGE plpgsql VOLATILE PARALLEL SAFE AS $$ BEGIN
    RETURN date_trunc('milliseconds', clock_timestamp()
      + coalesce((SELECT max(ahead_ms) FROM clock_moves), 0) * interval '1 millisecond');
  END $$`;
