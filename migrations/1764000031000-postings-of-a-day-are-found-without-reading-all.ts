import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Postings lie in the order of their recording, so a summary per 64 pages finds a day's postings
 * among years of them. A B-tree would cost an entry per posting on the write path; this costs a
 * look at one summary, and a few kilobytes in all.
 */
export class PostingsOfADayAreFoundWithoutReadingAll1764000031000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'CREATE INDEX posting_days ON postings USING brin (recorded_at) WITH (pages_per_range = 64)',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX posting_days');
  }
}
