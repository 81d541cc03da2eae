import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * What a member is to be told, once: who asks for the same thing (kind and subject) again finds the
 * row. Whoever writes one holds the member's account or membership locked, so that numbers do not
 * clash. How the member is reached is read from where members keep it, when it is sent; nothing of
 * that is here.
 */
export class MembersAreToldAndHowIsKept1797110000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
    await describe(
      queryRunner,
      'notices',
      'M: what a member is to be told, and how we know it was',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE notices');
  }
}

const statements = [
  // due: to be sent at due_at. accepted: a mail server took it, and may still say it bounced.
  // told: there is evidence. unreachable: no channel is left to try. withdrawn: nobody need know.
  `CREATE TABLE notices (
     bucket smallint NOT NULL,
     member_id uuid NOT NULL,
     number integer NOT NULL CHECK (number > 0),
     kind text NOT NULL,
     subject text NOT NULL,
     about json NOT NULL,
     made_at timestamptz NOT NULL,
     due_at timestamptz NOT NULL,
     state text NOT NULL
       CHECK (state IN ('due', 'accepted', 'told', 'unreachable', 'withdrawn')),
     channel text CHECK (channel IN ('email', 'messenger')),
     tries integer NOT NULL,
     next_at timestamptz NOT NULL,
     accepted_at timestamptz,
     problem text,
     evidence text CHECK (evidence IN ('email', 'messenger', 'shown', 'last_resort')),
     evidence_at timestamptz,
     PRIMARY KEY (bucket, member_id, number),
     CONSTRAINT notice_evidence_has_its_time CHECK ((evidence IS NULL) = (evidence_at IS NULL)),
     CONSTRAINT notice_told_by_evidence CHECK (state <> 'told' OR evidence IS NOT NULL))`,
  `CREATE UNIQUE INDEX notice_once ON notices (bucket, member_id, kind, subject)`,
  `CREATE INDEX notices_to_send ON notices (bucket, next_at) WHERE state IN ('due', 'accepted')`,
];
