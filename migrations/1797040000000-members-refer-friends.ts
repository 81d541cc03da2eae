import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describe } from './support/table-kinds.js';

/**
 * A claim is a row beside the ledger: what was paid for it is a posting, and who referred whom can be
 * erased. Kinds of postings are added to whatever list is there, as other migrations add theirs.
 */
export class MembersReferFriends1797040000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of tables) await queryRunner.query(statement);
    await describe(
      queryRunner,
      'referrals',
      'M: who referred a member, and what became of it; erasable',
    );
    await describe(queryRunner, 'referral_codes', 'D: the member of a referral code; erasable');
    await describe(queryRunner, 'member_signals', 'M: HMACs that tell members apart; erasable');
    await queryRunner.query(addKind('refer'));
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['member_signals', 'referral_codes', 'referrals']) {
      await queryRunner.query(`DROP TABLE ${table}`);
    }
  }
}

const addKind = (kind: string): string => `DO $$
DECLARE kinds text;
BEGIN
  SELECT string_agg(quote_literal(words[1]), ', ') INTO kinds
    FROM pg_constraint c,
         regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''::text', 'g') AS matches (words)
   WHERE c.conrelid = 'postings'::regclass AND c.conname = 'postings_kind_check';
  EXECUTE format('ALTER TABLE postings DROP CONSTRAINT postings_kind_check,
    ADD CONSTRAINT postings_kind_check CHECK (kind IN (%s, %L))', kinds, '${kind}');
END $$`;

const tables = [
  `CREATE TABLE referrals (
     bucket smallint NOT NULL,
     member_id uuid NOT NULL,
     referrer_bucket smallint NOT NULL,
     referrer_id uuid NOT NULL,
     claimed_at timestamptz NOT NULL,
     version_no integer NOT NULL,
     state text NOT NULL CHECK (state IN ('claimed', 'paid', 'kept', 'taken_back', 'ended')),
     reason text,
     seen_version integer NOT NULL,
     due_at timestamptz,
     ends_at timestamptz NOT NULL,
     paid_at timestamptz,
     paid_seq integer,
     paid_points bigint,
     referrer_seq integer,
     referrer_points bigint,
     PRIMARY KEY (bucket, member_id),
     CONSTRAINT nobody_refers_themselves CHECK (referrer_id <> member_id))`,
  `CREATE INDEX open_referrals ON referrals (bucket, member_id)
     WHERE state IN ('claimed', 'paid')`,
  'CREATE INDEX referrals_of_a_member ON referrals (referrer_bucket, referrer_id, claimed_at)',
  `CREATE TABLE referral_codes (
     code text PRIMARY KEY,
     bucket smallint NOT NULL,
     member_id uuid NOT NULL,
     UNIQUE (bucket, member_id))`,
  `CREATE TABLE member_signals (
     bucket smallint NOT NULL,
     member_id uuid NOT NULL,
     kind text NOT NULL CHECK (kind IN ('household', 'device', 'payment')),
     hmac bytea NOT NULL,
     PRIMARY KEY (bucket, member_id, kind, hmac))`,
];
