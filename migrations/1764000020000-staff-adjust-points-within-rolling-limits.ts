import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * Staff adjust points within rolling limits, and above an amount with a second person's approval.
 * The row of a limit is only a lock to queue at; what was used of it is a row per posting, which
 * goes when no window reaches it any more: the posting keeps it for ever.
 */
export class StaffAdjustPointsWithinRollingLimits1764000020000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
    for (const [table, comment] of comments) await describe(queryRunner, table, comment);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const [table] of [...comments].reverse()) {
      await queryRunner.query(`DROP TABLE ${table}`);
    }
  }
}

const member = 'bucket smallint NOT NULL, member_id uuid NOT NULL';

const statements = [
  'CREATE TABLE rolling_limits (limit_id text PRIMARY KEY)',
  // The key's order is that of its one question: what was used of a limit since an instant.
  `CREATE TABLE rolling_uses (
     limit_id text NOT NULL,
     used_at timestamptz NOT NULL,
     ${member},
     seq integer NOT NULL,
     amount bigint NOT NULL CHECK (amount > 0),
     PRIMARY KEY (limit_id, used_at, bucket, member_id, seq))`,
  `CREATE TABLE approvals (${member},
     n integer NOT NULL CHECK (n > 0),
     points bigint NOT NULL CHECK (points <> 0),
     reason text NOT NULL,
     note_digest bytea,
     requester uuid NOT NULL,
     requested_at timestamptz NOT NULL,
     lapses_at timestamptz NOT NULL,
     idem_key text NOT NULL,
     state text NOT NULL CHECK (state IN ('pending', 'approved', 'rejected')),
     decider uuid,
     decided_at timestamptz,
     posting_seq integer,
     PRIMARY KEY (bucket, member_id, n),
     CONSTRAINT approval_decided_by_somebody CHECK ((state = 'pending') = (decider IS NULL)),
     CONSTRAINT approval_not_by_its_requester CHECK (state <> 'approved' OR decider <> requester),
     CONSTRAINT approval_posted_when_approved
       CHECK ((state = 'approved') = (posting_seq IS NOT NULL)))`,
  `CREATE UNIQUE INDEX approval_key_once ON approvals (bucket, member_id, requester, idem_key)`,
  'CREATE INDEX approvals_by_time ON approvals (requested_at, member_id, n)',
  `CREATE TABLE notes (${member},
     digest bytea NOT NULL,
     salt bytea NOT NULL,
     note text NOT NULL,
     PRIMARY KEY (bucket, member_id, digest))`,
];

const comments: [string, string][] = [
  ['rolling_limits', 'U: a row to queue at for each limit on what is used in any window'],
  ['rolling_uses', 'U: what postings used of rolling limits within their windows'],
  ['approvals', 'M: adjustments that wait for a second person, and what became of them'],
  ['notes', 'M: what staff wrote down, erasable; the posting keeps a salted digest'],
];
