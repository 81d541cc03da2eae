import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * What runs by itself: which slot of a job was begun last, its runs, and who holds which part of
 * the work. `fence` grows with every holder, so that one that was paused finds it changed and
 * writes no more.
 */
export class JobsAreLeasedInParts1797100000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE job_runs');
    await queryRunner.query(`CREATE TABLE job_states (
      job text PRIMARY KEY,
      newest_run integer NOT NULL DEFAULT 0,
      slot timestamptz,
      paused_at timestamptz,
      paused_by text)`);
    await queryRunner.query(`CREATE TABLE job_runs (
      job text NOT NULL,
      no integer NOT NULL,
      slot timestamptz,
      as_of timestamptz NOT NULL,
      started_by text NOT NULL,
      started_at timestamptz NOT NULL,
      finished_at timestamptz,
      done integer NOT NULL DEFAULT 0,
      failures integer NOT NULL DEFAULT 0,
      PRIMARY KEY (job, no))`);
    await queryRunner.query(
      'CREATE UNIQUE INDEX job_runs_open ON job_runs (job) WHERE finished_at IS NULL',
    );
    await queryRunner.query(`CREATE TABLE job_parts (
      job text NOT NULL,
      part smallint NOT NULL,
      fence bigint NOT NULL DEFAULT 0,
      finished_run integer NOT NULL DEFAULT 0,
      tries smallint NOT NULL DEFAULT 0,
      owner uuid,
      until timestamptz,
      PRIMARY KEY (job, part))`);
    await describe(queryRunner, 'job_states', 'U: the newest run and slot of each job');
    await describe(queryRunner, 'job_runs', 'U: what jobs did, one row a run; one is open at most');
    await describe(queryRunner, 'job_parts', 'U: who holds which part of a job, and until when');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE job_parts');
    await queryRunner.query('DROP TABLE job_runs');
    await queryRunner.query('DROP TABLE job_states');
    await queryRunner.query(`CREATE TABLE job_runs (
      job text NOT NULL,
      slot timestamptz NOT NULL,
      started_at timestamptz NOT NULL,
      finished_at timestamptz,
      done integer NOT NULL DEFAULT 0,
      PRIMARY KEY (job, slot))`);
    await describe(
      queryRunner,
      'job_runs',
      'U: one row per job and time slot; the insert decides which replica runs it',
    );
  }
}
