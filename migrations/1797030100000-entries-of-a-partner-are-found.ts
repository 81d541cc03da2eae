import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A partner's statement reads its entries and no others. Entries that no partner is part of are not
 * in the index and cost nothing more to write.
 */
export class EntriesOfAPartnerAreFound1797030100000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    const partner = `(CASE WHEN debit LIKE 'partner:%' THEN debit
                           WHEN credit LIKE 'partner:%' THEN credit END)`;
    await queryRunner.query(
      `CREATE INDEX partner_entries ON entries (${partner}, bucket, member_id, seq)
        WHERE ${partner} IS NOT NULL`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP INDEX partner_entries');
  }
}
