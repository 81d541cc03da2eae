import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A return is found again by what it is about: the partial index costs nothing to an accrual, which
 * is about nothing. A redemption knows the purchase it was used on, so that a return restores it.
 */
export class ReturnsAndCorrectionsArePostings1764000005000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX posting_by_subject');
    await queryRunner.query('ALTER TABLE redemptions DROP COLUMN purchase_seq');
    await queryRunner.query(
      constraint('redemptions', 'state', ['held', 'captured', 'released', 'expired']),
    );
  }
}

function constraint(table: string, column: string, values: readonly string[]): string {
  const list = values.map((value) => `'${value}'`).join(', ');
  return `ALTER TABLE ${table} DROP CONSTRAINT ${table}_${column}_check,
            ADD CONSTRAINT ${table}_${column}_check CHECK (${column} IN (${list}))`;
}

const kinds = [
  ...['accrue', 'return', 'correct', 'redeem', 'adjust', 'expire', 'transfer', 'merge', 'review'],
  ...['refused', 'hold', 'release'],
];

const statements = [
  constraint('postings', 'kind', kinds),
  constraint('redemptions', 'state', ['held', 'captured', 'released', 'expired', 'returned']),
  'ALTER TABLE redemptions ADD COLUMN purchase_seq integer',
  `CREATE INDEX posting_by_subject ON postings (bucket, member_id, subject_seq)
    WHERE subject_seq IS NOT NULL`,
];
