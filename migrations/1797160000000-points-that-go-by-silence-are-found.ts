import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * When to look at members next for points that go by silence; null = nobody has looked yet. A purchase
 * does not write it: whoever acts is looked at again before a silence since then could matter.
 */
export class PointsThatGoBySilenceAreFound1797160000000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE members ADD COLUMN points_look_at timestamptz');
    await queryRunner.query(
      `CREATE INDEX members_whose_points_to_look_at ON members
         (bucket, coalesce(points_look_at, timestamptz '1970-01-01T00:00:00Z'), member_id)`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE members DROP COLUMN points_look_at');
  }
}
