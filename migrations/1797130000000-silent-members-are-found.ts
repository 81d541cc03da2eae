import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Since when a member is silent, beside what their account knows of events: the last redemption,
 * coupon or login (`acted_at`), the stage posted last with the act that its silence began after,
 * and when to look at them again; null = at once. None of it is written by a purchase.
 */
export class SilentMembersAreFound1797130000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE members DROP COLUMN acted_at, DROP COLUMN stage, DROP COLUMN silent_from,
         DROP COLUMN look_at`,
    );
  }
}

const statements = [
  `ALTER TABLE members
     ADD COLUMN acted_at timestamptz,
     ADD COLUMN stage text
       CONSTRAINT member_stage_known CHECK (stage IN ('at_risk', 'dormant', 'closed')),
     ADD COLUMN silent_from timestamptz,
     ADD COLUMN look_at timestamptz,
     ADD CONSTRAINT member_stage_has_its_silence
       CHECK ((stage IS NULL) = (silent_from IS NULL))`,
  `UPDATE members m SET acted_at = acts.at
     FROM (SELECT bucket, member_id, max(recorded_at) AS at FROM postings
            WHERE kind IN ('hold', 'award') GROUP BY bucket, member_id) acts
    WHERE m.bucket = acts.bucket AND m.member_id = acts.member_id`,
  `CREATE INDEX members_to_look_at ON members
     (bucket, coalesce(look_at, timestamptz '1970-01-01T00:00:00Z'), member_id)`,
  // A kind of posting is added to whatever list is there, as other migrations add theirs.
  `DO $$
   DECLARE kinds text;
   BEGIN
     SELECT string_agg(quote_literal(words[1]), ', ') INTO kinds
       FROM pg_constraint c,
            regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''::text', 'g') AS matches (words)
      WHERE c.conrelid = 'postings'::regclass AND c.conname = 'postings_kind_check';
     EXECUTE format('ALTER TABLE postings DROP CONSTRAINT postings_kind_check,
       ADD CONSTRAINT postings_kind_check CHECK (kind IN (%s, %L))', kinds, 'stage');
   END $$`,
];
