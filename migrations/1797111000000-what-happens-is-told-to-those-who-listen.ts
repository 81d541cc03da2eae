import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * The outbox is filled while somebody reads it: until now nobody did, and its rows only grew. What
 * leaves it becomes one delivery for each endpoint that wants it. Within a stream (a member, as a
 * rule) deliveries are due one after another, so that order is kept for whoever listens.
 */
export class WhatHappensIsToldToThoseWhoListen1797111000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
    for (const [table, comment] of comments) await describe(queryRunner, table, comment);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE outbox_readers, webhook_endpoints, deliveries,
      event_leases, event_senders, announcements`);
  }
}

const statements = [
  'TRUNCATE outbox',
  'CREATE TABLE outbox_readers (reader text PRIMARY KEY, since timestamptz NOT NULL)',
  // The secrets are sealed with a key that the database does not have.
  `CREATE TABLE webhook_endpoints (
     id uuid PRIMARY KEY,
     url text NOT NULL,
     description text NOT NULL,
     types text[] NOT NULL,
     state text NOT NULL CHECK (state IN ('enabled', 'disabled', 'removed')),
     disabled_because text CHECK (disabled_because IN ('staff', 'gone', 'failing')),
     secret bytea NOT NULL,
     old_secret bytea,
     old_secret_until timestamptz,
     created_at timestamptz NOT NULL,
     created_by text NOT NULL,
     failures integer NOT NULL,
     failing_since timestamptz,
     last_success_at timestamptz,
     last_failure_at timestamptz,
     last_problem text,
     rests_until timestamptz,
     CONSTRAINT endpoint_disabled_for_a_reason
       CHECK ((state = 'enabled') = (disabled_because IS NULL)))`,
  `CREATE TABLE deliveries (
     bucket smallint NOT NULL,
     endpoint uuid NOT NULL,
     stream text NOT NULL,
     seq integer NOT NULL,
     n smallint NOT NULL,
     event text NOT NULL,
     type text NOT NULL,
     state text NOT NULL CHECK (state IN ('waiting', 'due', 'delivered', 'given_up')),
     tries integer NOT NULL,
     made_at timestamptz NOT NULL,
     next_at timestamptz NOT NULL,
     ended_at timestamptz,
     attempts json NOT NULL,
     PRIMARY KEY (bucket, endpoint, stream, seq, n))`,
  `CREATE INDEX deliveries_open ON deliveries (bucket, endpoint, stream, seq, n)
     WHERE state IN ('waiting', 'due')`,
  `CREATE UNIQUE INDEX delivery_due_one_a_stream ON deliveries (bucket, endpoint, stream)
     WHERE state = 'due'`,
  `CREATE INDEX deliveries_to_send ON deliveries (endpoint, next_at) WHERE state = 'due'`,
  `CREATE INDEX deliveries_by_endpoint ON deliveries (endpoint, made_at, event)`,
  `CREATE INDEX deliveries_ended ON deliveries (bucket, ended_at) WHERE ended_at IS NOT NULL`,
  `CREATE TABLE event_leases (
     bucket smallint PRIMARY KEY,
     fence bigint NOT NULL,
     holder uuid,
     until timestamptz NOT NULL,
     CONSTRAINT lease_bucket_in_range CHECK (bucket BETWEEN 0 AND 63))`,
  `INSERT INTO event_leases SELECT bucket, 0, NULL, 'epoch' FROM generate_series(0, 63) AS bucket`,
  'CREATE TABLE event_senders (holder uuid PRIMARY KEY, seen_at timestamptz NOT NULL)',
  `CREATE TABLE announcements (
     id text PRIMARY KEY,
     type text NOT NULL,
     at timestamptz NOT NULL,
     data json NOT NULL)`,
];

const comments: [string, string][] = [
  ['outbox_readers', 'U: who reads the outbox; it is filled while somebody does'],
  ['webhook_endpoints', 'U: where events are sent, with sealed secrets and how it goes'],
  ['deliveries', 'B: one event on its way to one endpoint; forgotten some time after its end'],
  ['event_leases', 'B: which process sends the events of a bucket, and since which turn'],
  ['event_senders', 'U: processes that send events, and when they were seen last'],
  ['announcements', 'U: what happened to the programme and not to a member'],
];
