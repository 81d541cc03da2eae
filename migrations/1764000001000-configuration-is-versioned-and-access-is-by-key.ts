import type { MigrationInterface, QueryRunner } from 'typeorm';
import { appendOnly, describe } from './support/table-kinds.js';

/** Configuration holds no counters and published versions never change; keys are kept as digests. */
export class ConfigurationIsVersionedAndAccessIsByKey1764000001000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
    for (const [table, comment] of comments) await describe(queryRunner, table, comment);
    await appendOnly(queryRunner, ['programme_versions', 'audit_log']);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [table] of [...comments].reverse()) {
      await queryRunner.query(`DROP TABLE ${table}`);
    }
  }
}

const statements = [
  `CREATE TABLE programme_versions (
     no integer PRIMARY KEY CHECK (no > 0),
     document json NOT NULL,
     digest bytea NOT NULL,
     effective_at timestamptz NOT NULL UNIQUE,
     published_at timestamptz NOT NULL,
     published_by text NOT NULL)`,
  `CREATE TABLE retailers (
     code text PRIMARY KEY CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,31}$'),
     name text NOT NULL,
     kind text NOT NULL CHECK (kind IN ('own', 'franchise', 'partner', 'agent')),
     created_at timestamptz NOT NULL)`,
  `CREATE TABLE api_keys (
     id text PRIMARY KEY,
     retailer text NOT NULL REFERENCES retailers (code),
     digest bytea NOT NULL,
     scopes text[] NOT NULL,
     created_at timestamptz NOT NULL,
     created_by text NOT NULL,
     expires_at timestamptz,
     revoked_at timestamptz,
     last_used_at timestamptz)`,
  `CREATE TABLE users (
     id uuid PRIMARY KEY,
     name text NOT NULL UNIQUE,
     role text NOT NULL,
     token_digest bytea NOT NULL UNIQUE,
     created_at timestamptz NOT NULL,
     disabled_at timestamptz)`,
  `CREATE TABLE audit_log (
     id uuid PRIMARY KEY,
     at timestamptz NOT NULL,
     actor text NOT NULL,
     action text NOT NULL,
     subject text NOT NULL,
     details json NOT NULL)`,
  `CREATE TABLE job_runs (
     job text NOT NULL,
     slot timestamptz NOT NULL,
     started_at timestamptz NOT NULL,
     finished_at timestamptz,
     done integer NOT NULL DEFAULT 0,
     PRIMARY KEY (job, slot))`,
];

const comments: [string, string][] = [
  ['programme_versions', 'C append-only: immutable published programme documents'],
  ['retailers', 'C: businesses that post purchases'],
  ['api_keys', 'C: SHA-256 digests of retailer keys with their scopes'],
  ['users', 'C: staff with a role and the digest of their bearer token'],
  ['audit_log', 'U append-only: who changed configuration and access, and when'],
  ['job_runs', 'U: one row per job and time slot; the insert decides which replica runs it'],
];
