import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * What monitors found each night, and what was issued and went on each day, so that a year of it is a
 * sum of days and no night reads a year of postings. `since` is the first day of an alert that stands;
 * examples are ids of members, ten at most.
 */
export class WhatMembersDoIsWatched1797170000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
    for (const [table, comment] of comments) await describe(queryRunner, table, comment);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE monitor_results, monitor_flows');
  }
}

const statements = [
  `CREATE TABLE monitor_results (
     day date NOT NULL,
     monitor text NOT NULL,
     subject text NOT NULL,
     threshold bigint NOT NULL,
     as_of timestamptz NOT NULL,
     made_at timestamptz NOT NULL,
     version_no integer NOT NULL,
     hits bigint NOT NULL,
     total bigint NOT NULL,
     baseline double precision,
     most double precision NOT NULL,
     state text NOT NULL CHECK (state IN ('too_few', 'normal', 'alerting')),
     since date,
     examples uuid[] NOT NULL,
     PRIMARY KEY (day, monitor, subject, threshold),
     CONSTRAINT monitor_hits_within_total CHECK (hits >= 0 AND total >= 0),
     CONSTRAINT monitor_alert_has_a_first_day CHECK ((state = 'alerting') = (since IS NOT NULL)))`,
  'CREATE INDEX monitor_history ON monitor_results (monitor, subject, threshold, day)',
  'CREATE INDEX monitor_alerts_begun ON monitor_results (day) WHERE since = day',
  `CREATE TABLE monitor_flows (
     day date PRIMARY KEY,
     issued bigint NOT NULL,
     expired bigint NOT NULL)`,
];

const comments: [string, string][] = [
  ['monitor_results', 'U: what monitors found each night, by rule, offer or whoever it is about'],
  ['monitor_flows', 'U: points issued, and gone by expiry, on each day'],
];
