import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When something was last heard of a member: the place of their newest purchase, return or activity.
 * `newest_at` is moved on by reviews and tiers given by hand as well, which whoever comes late must
 * know of, but which end no silence.
 */
export class ASilenceIsNotEndedByAReview1797090000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE accounts ADD COLUMN heard_at timestamptz');
    // Without a review the newest event is the one heard of, and its postings need not be read.
    await queryRunner.query(
      `WITH reviewed AS (SELECT DISTINCT bucket, member_id FROM postings WHERE kind = 'review')
       UPDATE accounts a SET heard_at = a.newest_at
        WHERE a.newest_at IS NOT NULL
          AND NOT EXISTS (SELECT FROM reviewed r
                           WHERE r.bucket = a.bucket AND r.member_id = a.member_id)`,
    );
    await queryRunner.query(
      `WITH heard AS (
         SELECT p.bucket, p.member_id,
                max(CASE WHEN EXISTS (SELECT FROM json_array_elements(p.explanation) AS item
                                       WHERE item->>2 = 'decided_as_of_today')
                         THEN p.recorded_at ELSE p.occurred_at END) AS at
           FROM accounts a
           JOIN postings p ON p.bucket = a.bucket AND p.member_id = a.member_id
          WHERE a.newest_at IS NOT NULL AND a.heard_at IS NULL AND p.kind IN ('accrue', 'return')
          GROUP BY p.bucket, p.member_id)
       UPDATE accounts a SET heard_at = h.at FROM heard h
        WHERE a.bucket = h.bucket AND a.member_id = h.member_id`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE accounts DROP COLUMN heard_at');
  }
}
