import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * Whether a member has activated an offer is none of the ledger's. Staff pause an offer for all
 * members and servers at once: decisions read its pauses behind their locks. A pause that has ended
 * stays, as what happened in it may arrive late.
 */
export class MembersActivateOffersAndStaffPauseThem1797010000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
    for (const [table, comment] of comments) await describe(queryRunner, table, comment);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE offer_pauses, offer_activations');
    await queryRunner.query('DROP INDEX limit_slots_of_a_limit');
  }
}

const statements = [
  `CREATE TABLE offer_activations (
     bucket smallint NOT NULL,
     member_id uuid NOT NULL,
     offer text NOT NULL,
     activated_at timestamptz NOT NULL,
     PRIMARY KEY (bucket, member_id, offer))`,
  `CREATE TABLE offer_pauses (
     offer text NOT NULL,
     n integer NOT NULL CHECK (n > 0),
     paused_at timestamptz NOT NULL,
     paused_by text NOT NULL,
     reason text NOT NULL,
     resumed_at timestamptz,
     resumed_by text,
     PRIMARY KEY (offer, n),
     CONSTRAINT pause_ends_by_somebody CHECK ((resumed_at IS NULL) = (resumed_by IS NULL)))`,
  // What is left of a limit in all slots is asked for by its id alone.
  'CREATE INDEX limit_slots_of_a_limit ON limit_slots (limit_id)',
];

const comments: [string, string][] = [
  ['offer_activations', 'M: since when a member has activated an offer; erasable'],
  ['offer_pauses', 'U: when an offer was paused, why, by whom, and until when'],
];
